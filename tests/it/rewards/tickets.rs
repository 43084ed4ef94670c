//! The ledger of tickets: earned once, taken back with the reason, and closed for good.

use serde_json::json;

use super::draws::Stage;
use crate::support::build::text;

use api::base::platform;
use api::rewards::tickets::{
    Ticket, TicketChange, TicketPool, TicketSource, TicketsBy, close, earn, of_pool, take_back,
};

const BY: TicketsBy<'_> = TicketsBy { by: "clockwork", source: TicketSource::Run };

#[test]
fn a_ticket_is_earned_once_taken_back_with_the_reason_and_not_touched_once_the_pool_is_closed() {
    let stage = Stage::sandbox(3);
    let id = |number: i32| number.to_string().parse().unwrap();
    let [ada, ben, cai] = [0, 1, 2].map(|at| stage.pupils[at].to_string().parse().unwrap());
    let pool = TicketPool {
        school_id: id(stage.school),
        draw: "the termly prize".to_owned(),
        period: "2026/term-1".to_owned(),
    };
    let week = |pupil_id, number: u32| Ticket {
        pupil_id,
        policy_row: "S-06".to_owned(),
        period: format!("2026/2026-W{number}"),
    };
    let scopes = platform::every_trust(&stage.app.app.db).unwrap();
    let scope = scopes
        .into_iter()
        .find(|scope| scope.trust() == stage.trust.to_string().parse().unwrap())
        .unwrap();
    let db = &stage.app.app.db;
    let made = |number: usize| vec![TicketChange::Made; number];
    db.run_job(&scope, |tx| {
        let three = [week(ada, 40), week(ada, 41), week(ben, 40)];
        assert_eq!(earn(tx, &pool, &three, BY)?, made(3));
        assert_eq!(earn(tx, &pool, &three, BY)?, vec![TicketChange::Stood; 3]);
        let back =
            [(week(ben, 40), "absent on Friday".to_owned()), (week(cai, 40), "x".to_owned())];
        let came = take_back(tx, &pool, &back, BY)?;
        assert_eq!(came, [TicketChange::Made, TicketChange::Stood]);
        let held: Vec<u64> = of_pool(tx, &pool)?.iter().map(|entry| entry.tickets).collect();
        assert_eq!(held, [2]);
        Ok(())
    })
    .unwrap();
    let taken =
        stage.lead.get(&format!("/v1/tickets?pupil_id={}&state=taken%20back", stage.pupils[1]));
    let taken = taken.expect(200);
    assert_eq!(text(&taken["items"][0], "reason"), "absent on Friday");
    let list = format!("/v1/classes/{}/tickets?period=2026/2026-W41&on=2026-11-18", stage.class);
    let list = stage.lead.get(&list).expect(200);
    let named = [("surname", "Surname1"), ("draw", "the termly prize")];
    assert_eq!(list["earned"].as_array().unwrap().len(), 1, "nobody is listed as having none");
    assert!(named.iter().all(|(name, is)| list["earned"][0][name] == *is), "{list}");
    assert_eq!(list["earned"][0]["tickets"], json!(2));
    db.run_job(&scope, |tx| {
        assert_eq!(close(tx, &pool, id(stage.school).to_string().parse().unwrap(), BY)?.len(), 1);
        let late = [week(ada, 42)];
        assert_eq!(earn(tx, &pool, &late, BY)?, [TicketChange::TooLate]);
        let back = [(week(ada, 40), "amended".to_owned())];
        assert_eq!(take_back(tx, &pool, &back, BY)?, [TicketChange::TooLate]);
        assert_eq!(of_pool(tx, &pool)?.len(), 1);
        Ok(())
    })
    .unwrap();
}

//! Children on no roll, and days that pass while nothing runs.

use serde_json::json;

use super::{NEW_ADDRESS, OLD_ADDRESS, REFUSED, Story, mother, tells_nothing_later};
use crate::support::app::Client;
use crate::support::roll::enrolment_of;
use crate::support::sql::Sql;

#[test]
fn the_last_school_keeps_a_leaver_until_the_destination_is_confirmed() {
    let story = Story::begin();
    let Story { ada, mother: parent, app, trust, .. } = &story;
    let admin = &story.admin();
    let stay = enrolment_of(admin, *ada);
    let days = json!({ "first_day": "2026-09-02", "last_day": "2026-09-30" });
    admin.put(&format!("/v1/enrolments/{stay}/days"), &days).expect(200);
    app.clock.set("2026-11-18T10:00:00Z");
    let office = story.before("school_office");
    let destination = format!("/v1/enrolments/{stay}/destination");
    let writes = |value: &str| {
        let mut person = mother(OLD_ADDRESS);
        person["contacts"][0]["value"] = json!(value);
        office.put(&format!("/v1/parents/{parent}"), &person)
    };
    // Taught at home, missing: the record stays with the last school.
    for (number, kept) in [(1, "home_education"), (2, "unknown")] {
        let gone = json!({ "destination": kept, "says": "As the mother wrote" });
        let page = office.put(&destination, &gone).expect(200);
        assert_eq!(page["destination"]["destination"], kept);
        writes(&format!("07700 90012{number}")).expect(200);
    }
    // Another school has confirmed that it has her.
    let gone = json!({
        "destination": "another_school", "place": "Fernhill School", "says": "Their office rang",
    });
    let page = office.put(&destination, &gone).expect(200);
    let recorded = &page["destination"];
    assert_eq!(recorded["place"], "Fernhill School");
    assert!(recorded["recorded_by"].is_string() && recorded["recorded_at"].is_string());
    assert_eq!(writes("07700 900129").problem(403), REFUSED);
    let corrected = json!({ "surname": "Changed", "reason": "Adoption" });
    let corrections = format!("/v1/pupils/{ada}/corrections");
    assert_eq!(office.post(&corrections, &corrected).problem(403), REFUSED);
    let kept_by = format!("SELECT count(*) FROM pupil WHERE pupil_id = {ada} AND kept_by = '{{}}'");
    assert_eq!(Sql::of(&app.database).number(&kept_by), 1);
    // It reads what it knew, and nothing later: the trust writes.
    admin.post(&corrections, &corrected).expect(201);
    admin.put(&format!("/v1/parents/{parent}"), &mother(NEW_ADDRESS)).expect(200);
    let read = office.get(&format!("/v1/pupils/{ada}")).expect(200);
    assert_eq!(read["surname"], "Surname1");
    tells_nothing_later(&office.get(&format!("/v1/parents/{parent}")));
    // It was a mistake: she is missing. The school goes on from where the record stands.
    let gone = json!({ "destination": "unknown", "says": "The school there has never seen her" });
    office.put(&destination, &gone).expect(200);
    assert_eq!(office.get(&format!("/v1/pupils/{ada}")).expect(200)["surname"], "Changed");
    writes("07700 900129").expect(200);
    // Another school of the trust has its say about its own enrolments alone.
    let elsewhere = app.school_client("school_lead", *trust, &story.schools[1..]);
    elsewhere.put(&destination, &gone).problem(404);
}

#[test]
fn first_and_last_days_pass_while_nothing_runs() {
    let story = Story::begin();
    let Story { app, ada, mother: parent, schools, .. } = &story;
    story.moves("2026-11-02");
    let stay = enrolment_of(&story.now("school_office"), *ada);
    let days = json!({ "first_day": "2026-11-02", "last_day": "2027-02-12" });
    story.admin().put(&format!("/v1/enrolments/{stay}/days"), &days).expect(200);
    let place = format!("/v1/parents/{parent}");
    let writes = |client: &Client, address: &str| client.put(&place, &mother(address));
    let address = |client: &Client| {
        client.get(&place).expect(200)["parent"]["person"]["contacts"][1]["value"].clone()
    };
    let kept_by = || {
        let mut sql = Sql::of(&app.database);
        let of = |table: &str, key: &str, id: i32| {
            format!("SELECT kept_by::text FROM {table} WHERE {key} = {id}")
        };
        let pupil = sql.texts(&of("pupil", "pupil_id", *ada)).concat();
        (pupil, sql.texts(&of("parent", "parent_id", *parent)).concat())
    };
    let by = |school: i32| (format!("{{{school}}}"), format!("{{{school}}}"));
    let days = [
        // The last day here, the first day there, the day after the last there, and much later.
        ("2026-11-01T23:30:00Z", 0, "1 Last Day, Larkrise, LR1 1AA"),
        ("2026-11-02T00:30:00Z", 1, "2 First Day, Candleford, CF9 9ZZ"),
        ("2027-02-13T00:30:00Z", 1, "3 Day After, Candleford, CF9 9ZZ"),
        ("2027-06-30T12:00:00Z", 1, "4 Much Later, Candleford, CF9 9ZZ"),
    ];
    for (now, keeper, new) in days {
        app.clock.set(now);
        let clients = [story.before("school_office"), story.now("school_office")];
        assert_eq!(writes(&clients[1 - keeper], "9 Nobody").problem(403), REFUSED, "{now}");
        writes(&clients[keeper], new).expect(200);
        assert_eq!(kept_by(), by(schools[keeper]), "{now}");
        assert_eq!(address(&clients[keeper]), *new, "{now}");
        let told = if keeper == 0 { new } else { days[0].2 };
        assert_eq!(address(&clients[0]), *told, "{now}");
    }
}

#[test]
fn a_child_who_is_on_no_roll_is_the_last_schools() {
    let story = Story::begin();
    let Story { ada, mother: parent, app, .. } = &story;
    let admin = &story.admin();
    let stay = enrolment_of(admin, *ada);
    let days = json!({ "first_day": "2026-09-02", "last_day": "2026-09-30" });
    admin.put(&format!("/v1/enrolments/{stay}/days"), &days).expect(200);
    app.clock.set("2026-11-18T10:00:00Z");
    let (office, lead) = (story.before("school_office"), story.before("safeguarding_lead"));
    office.put(&format!("/v1/parents/{parent}"), &mother(NEW_ADDRESS)).expect(200);
    let corrected = json!({ "surname": "Missing", "reason": "As the police have it" });
    office.post(&format!("/v1/pupils/{ada}/corrections"), &corrected).expect(201);
    lead.put(&story.safeguards(), &json!({ "reason": "Discharged" })).expect(200);
}

//! Reminding whoever has a child, or had the child last, to release what a court has ordered to the next school.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::{Date, Integer, Text};

use super::SAFEGUARDING_LEAD;
use crate::actions::{self, ActionSubject};
use base::prelude::*;
use roll::parents;
use roll::visibility::{self, Act};

/// What the reminder is for, in the place of a policy's rule.
const RULE: &str = "order-release";

/// For so many days after the first day somebody is reminded who was not before.
const LATE: i64 = 14;

/// Somebody to be reminded.
pub struct Reminder {
    school_id: SchoolId,
    pupil_id: PupilId,
}

#[derive(QueryableByName)]
struct Goes {
    #[diesel(sql_type = Integer)]
    pupil_id: PupilId,
    #[diesel(sql_type = Integer)]
    to_school: SchoolId,
}

/// The schools to be reminded today, each of a pupil who goes to another school of the trust, or has gone there within two
/// weeks, with something that has to be respected about a parent and that nobody has released. The caller looks with the
/// eyes of the whole trust.
pub fn to_remind(tx: &mut Tx) -> Result<Vec<Reminder>> {
    let today = tx.clock().today();
    let going: Vec<Goes> = diesel::sql_query(
        "SELECT DISTINCT s.pupil_id, e.school_id AS to_school \
         FROM (SELECT DISTINCT pupil_id FROM parent_safeguard \
               WHERE trust_id = $1 AND (court_order IS NOT NULL OR no_contact IS NOT NULL)) s \
         JOIN LATERAL (SELECT school_id FROM enrolment_now \
               WHERE trust_id = $1 AND pupil_id = s.pupil_id AND first_day >= $2) e ON true \
         WHERE NOT EXISTS (SELECT FROM order_release r WHERE r.trust_id = $1 AND r.pupil_id = s.pupil_id \
                   AND r.to_school = e.school_id) \
           AND NOT EXISTS (SELECT FROM action a WHERE a.trust_id = $1 AND a.pupil_id = s.pupil_id AND a.rule = $3 \
                   AND a.opened_on >= $2) \
         ORDER BY s.pupil_id",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Date, _>(today - TimeDelta::days(LATE))
    .bind::<Text, _>(RULE)
    .load(tx.conn)?;
    let pupils: BTreeSet<PupilId> = going.iter().map(|one| one.pupil_id).collect();
    let pupils: Vec<PupilId> = pupils.into_iter().collect();
    let ties = parents::ties_of_pupils(tx, &pupils)?;
    let stand =
        |pupil_id| ties.iter().any(|tie| tie.pupil_id == pupil_id && tie.safeguards.stand(today));
    let who = visibility::schools_that_may(tx, &pupils, Act::ReleaseOrders)?;
    let mut reminders = Vec::new();
    for Goes { pupil_id, to_school } in going.into_iter().filter(|one| stand(one.pupil_id)) {
        let schools = who.get(&pupil_id).into_iter().flatten().copied();
        let others = schools.filter(|school| *school != to_school);
        reminders.extend(others.map(|school_id| Reminder { school_id, pupil_id }));
    }
    Ok(reminders)
}

/// Reminds one of them, as a task of the safeguarding lead. It says neither what there is nor where the pupil goes.
pub fn remind(tx: &mut Tx, reminder: &Reminder) -> Result<()> {
    let Reminder { school_id, pupil_id } = *reminder;
    let says = format!(
        "the pupil goes to another school of the trust: release what has to be respected about a parent to its \
         safeguarding lead, POST /v1/pupils/{pupil_id}/orders/release"
    );
    let about =
        ActionSubject { school_id, pupil_id: Some(pupil_id), case_id: None, review_id: None };
    actions::tell(tx, about, RULE, &says, (Some(SAFEGUARDING_LEAD), tx.clock().today()))
}

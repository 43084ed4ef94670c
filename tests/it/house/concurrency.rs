//! Many who write at once: nobody is lost, nobody is counted twice, and nobody waits for ever.

use std::collections::BTreeMap;
use std::sync::Barrier;

use serde_json::{Value, json};

use crate::support::app::{Answer, Client};
use crate::support::build::{class, id, marks, pupil, school, unenrolled, upn};
use crate::support::one_school::one_trust;
use crate::support::roll::{enrol, pupil_body};
use crate::support::sql::Sql;

/// What so many threads are answered who ask as close together as can be.
fn together<T: Send>(ask: impl Fn(usize) -> T + Sync, threads: usize) -> Vec<T> {
    let ready = Barrier::new(threads);
    let (ask, ready) = (&ask, &ready);
    std::thread::scope(|scope| {
        let asking = (0..threads).map(|number| {
            scope.spawn(move || {
                ready.wait();
                ask(number)
            })
        });
        let asking: Vec<_> = asking.collect();
        asking.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn of_two_teachers_who_save_on_the_same_reading_exactly_one_is_heard() {
    let (app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let class = class(&admin, school, "6A");
    let ada = pupil(&admin, school, class, 1);
    for day in ["2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12", "2026-11-18"] {
        let place = format!("/v1/classes/{class}/registers/{day}/AM");
        let tag = admin.get(&place).etag();
        let wishes = ["I", "L"];
        let save = |who: usize| {
            let condition = [("if-match", tag.as_str())];
            admin.json("PUT", &place, &condition, &marks(&[(ada, wishes[who])])).status
        };
        let winner = match together(save, 2)[..] {
            [200, 412] => "I",
            [412, 200] => "L",
            ref other => panic!("{other:?}"),
        };
        assert_eq!(admin.get(&place).expect(200)["marks"][0]["mark"], winner, "{day}");
    }
    assert_eq!(Sql::of(&app.database).number("SELECT count(*) FROM mark_event"), 5);
}

#[test]
fn requests_with_one_key_do_the_work_once() {
    let (app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    for number in 1..=5 {
        let (body, key) = (pupil_body(school, number, "Lind", "Ada"), format!("pupil-{number}"));
        let send = |_| admin.json("POST", "/v1/pupils", &[("idempotency-key", &key)], &body);
        let answers: Vec<Answer> = together(send, 4);
        let alike = |answer: &Answer| answer.status == 201 && answer.text == answers[0].text;
        assert!(answers.iter().all(alike), "{answers:?}");
        let replayed = |answer: &&Answer| answer.header("idempotent-replayed").is_some();
        assert_eq!(answers.iter().filter(replayed).count(), 3);
    }
    assert_eq!(Sql::of(&app.database).number("SELECT count(*) FROM pupil"), 5);
}

#[test]
fn a_pupil_whom_two_clerks_enrol_is_enrolled_once() {
    let (_app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let class = class(&admin, school, "6A");
    for number in 1..=5 {
        let pupil = unenrolled(&admin, school, number, "2015-01-01");
        let days = [("2026-09-02", None), ("2026-10-05", Some("2026-11-13"))];
        let mut statuses = together(|who| enrol(&admin, pupil, class, days[who]).status, 2);
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    }
}

#[test]
fn a_class_that_somebody_else_is_just_adding_is_there_once() {
    let (app, trust, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let body = json!({ "school_id": school, "year": 2026, "name": "7A" });
    let mut other = Sql::of(&app.database);
    other.run(&format!(
        "BEGIN; INSERT INTO class (trust_id, school_id, year, name, created_at, created_by) \
         VALUES ({trust}, {school}, 2026, '7A', now(), 'other')"
    ));
    let late = std::thread::scope(|scope| {
        let late = scope.spawn(|| admin.post("/v1/classes", &body));
        Sql::of(&app.database).wait_for_waiting(1);
        other.run("COMMIT");
        late.join().unwrap()
    });
    assert_eq!(late.problem(409), "already-exists");
    assert_eq!(late.body["errors"][0]["pointer"], "/name");
}

/// The half days of three days.
fn half_days(
    days: [&'static str; 3],
) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    days.into_iter().flat_map(|day| [(day, "AM", "/"), (day, "PM", "\\")])
}

const REGISTERS: [&str; 3] = ["2026-11-02", "2026-11-03", "2026-11-04"];
const FILES: [&str; 3] = ["2026-11-09", "2026-11-10", "2026-11-11"];
const AMENDED: &str = "2026-10-05";

#[test]
fn a_whole_school_saves_while_files_and_amendments_come_in() {
    let (app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let classes: Vec<(i32, [(i32, u32); 2])> = (0..8)
        .map(|number| {
            let class = class(&admin, school, &format!("Class {number}"));
            (class, [100 + number, 200 + number].map(|n| (pupil(&admin, school, class, n), n)))
        })
        .collect();
    let pupils: Vec<(i32, u32)> = classes.iter().flat_map(|(_, pupils)| *pupils).collect();
    std::thread::scope(|scope| {
        for (class, pupils) in &classes {
            scope.spawn(|| take_registers(&admin, *class, pupils));
        }
        scope.spawn(|| import_files(&admin, school, &pupils));
        scope.spawn(|| {
            let change = json!({ "date": AMENDED, "session": "AM", "mark": "M" });
            let body = json!({ "reason": "Letter seen", "changes": [change] });
            for (pupil, _) in &pupils {
                let place = format!("/v1/pupils/{pupil}/marks/amendments");
                admin.post(&place, &body).expect(201);
            }
        });
    });
    let mut expected = BTreeMap::new();
    for (pupil, _) in pupils {
        let taken = half_days(REGISTERS).map(|(day, session, mark)| ((pupil, day, session), mark));
        expected.extend(taken);
        expected.extend(FILES.map(|day| ((pupil, day, "AM"), "I")));
        expected.insert((pupil, AMENDED, "AM"), "M");
    }
    let line = |((pupil, day, session), mark)| format!("{pupil} {day} {session} {mark}");
    let found = Sql::of(&app.database).texts(
        "SELECT concat_ws(' ', pupil_id, date, session, code) FROM mark \
         ORDER BY pupil_id, date, session",
    );
    assert_eq!(found, expected.into_iter().map(line).collect::<Vec<_>>());
    assert_eq!(Sql::of(&app.database).number("SELECT count(*) FROM enrolment"), 16 + 3);
}

#[test]
fn of_a_merge_and_an_enrolment_at_once_no_stay_is_left_with_the_record_that_went() {
    let (app, _, admin) = one_trust();
    let (one, two) = (school(&admin, 1, "primary"), school(&admin, 2, "primary"));
    let (here, there) = (class(&admin, one, "6A"), class(&admin, two, "6A"));
    for number in 1..=6 {
        let ada = pupil(&admin, one, here, 2 * number);
        let again = unenrolled(&admin, one, 2 * number + 1, "2015-03-14");
        let merge = json!({ "into": ada, "reason": "Entered twice" });
        let answers = together(
            |who| match who {
                0 => admin.post(&format!("/v1/pupils/{again}/merge"), &merge),
                _ => enrol(&admin, again, there, ("2026-11-02", None)),
            },
            2,
        );
        // Whoever comes second hears of it: merged already, or a school more than there was.
        match [answers[0].status, answers[1].status] {
            [200, 409] => assert_eq!(answers[1].problem(409), "merged"),
            [200, 201] => {}
            [503, 201] => assert_eq!(answers[0].problem(503), "unavailable"),
            other => panic!("{other:?}"),
        }
    }
    let left_behind = "SELECT count(*) FROM enrolment e JOIN pupil p USING (trust_id, pupil_id) \
                       WHERE p.merged_into IS NOT NULL";
    assert_eq!(Sql::of(&app.database).number(left_behind), 0);
}

fn take_registers(teacher: &Client, class: i32, pupils: &[(i32, u32); 2]) {
    for (day, session, mark) in half_days(REGISTERS) {
        let place = format!("/v1/classes/{class}/registers/{day}/{session}");
        teacher.put(&place, &marks(&pupils.map(|(pupil, _)| (pupil, mark)))).expect(200);
    }
}

/// A file of marks, then one of a new pupil, and so on.
fn import_files(admin: &Client, school: i32, pupils: &[(i32, u32)]) {
    for (number, day) in (900..).zip(FILES) {
        let rows = pupils.iter().map(|(_, number)| format!("{},{day},AM,I\n", upn(*number)));
        let file = format!("upn,date,session,mark\n{}", rows.collect::<String>());
        done(&admin.import(&format!("kind=marks&school_id={school}"), file.as_bytes()));
        let file = format!(
            "upn,surname,forename,birth_date,class,year_group,first_day\n\
             {},New,Child,2015-01-01,6Z,6,2026-09-02\n",
            upn(number)
        );
        done(&admin.import(&format!("kind=pupils&school_id={school}"), file.as_bytes()));
    }
}

#[track_caller]
fn done(import: &Value) {
    assert_eq!(import["job"]["state"], "done", "{import:#}");
    assert!(id(import, "import_id") > 0);
}

//! Two instances on one database: what one writes the other knows, does, and tells of.

use serde_json::json;

use crate::support::app::{Start, TestApp};
use crate::support::build::{id, marks, upn};
use crate::support::figures::{counted, possible_and_absent};
use crate::support::one_school::OneSchool;
use crate::support::redis::fresh_redis;
use crate::support::run::Stream;
use crate::support::sql::Sql;

#[test]
fn a_register_saved_on_one_instance_is_in_the_trend_of_the_other() {
    for redis_url in [None, Some(fresh_redis())] {
        let start = || Start { redis_url: redis_url.clone(), workers: 0, ..Start::default() };
        let OneSchool { app: first, trust, admin, class, pupils, .. } =
            OneSchool::on(TestApp::start_with(start()), 3);
        let second = first.another(start());
        let clients = [admin, second.client("trust_admin", trust)];
        let mut sql = Sql::of(&first.database);
        let days =
            ["2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13", "2026-11-16"];
        for (round, day) in days.into_iter().enumerate() {
            let (writer, reader) = (&clients[round % 2], &clients[(round + 1) % 2]);
            let mark = |pupil: i32| if pupil as usize % 3 == round % 3 { "I" } else { "/" };
            let saved: Vec<(i32, &str)> =
                pupils.iter().map(|pupil| (*pupil, mark(*pupil))).collect();
            let place = format!("/v1/classes/{class}/registers/{day}/AM");
            writer.put(&place, &marks(&saved)).expect(200);
            let expected = counted(&mut sql, trust);
            assert_eq!(expected.0, 3 * (round as i64 + 1), "the story goes on");
            for window in ["week", "half_term", "term", "year_to_date"] {
                let query = format!("window={window}&by=school");
                assert_eq!(possible_and_absent(reader, &query), expected, "{day} {window}");
                assert_eq!(possible_and_absent(writer, &query), expected, "{day} {window}");
            }
        }
    }
}

#[test]
fn a_file_sent_to_one_instance_is_imported_by_another() {
    let first = OneSchool::on(TestApp::without_workers(), 3);
    let rows = [1, 2, 3].map(|number| format!("{},2026-11-10,AM,I\n", upn(number)));
    let file = format!("upn,date,session,mark\n{}", rows.concat());
    let place = format!("/v1/imports?kind=marks&school_id={}", first.school);
    let sent = first.admin.upload(&place, file.as_bytes()).expect(202);
    assert_eq!(sent["job"]["state"], "queued");
    let _worker = first.app.another(Start::default());
    let done = first.admin.wait_for_import(sent["import_id"].as_i64().unwrap());
    assert_eq!(
        (&done["job"]["state"], &done["result"]["counts"]["marks_added"]),
        (&"done".into(), &3.into()),
        "{done:#}"
    );
    assert_eq!(counted(&mut Sql::of(&first.app.database), first.trust), (3, 3));
}

#[test]
fn an_instance_tells_as_it_goes_of_the_work_of_another() {
    let OneSchool { app, trust, admin, school, class, pupils, .. } =
        OneSchool::on(TestApp::without_workers(), 1);
    let schools = api::base::db::Schools::Only(vec![api::base::id::SchoolId::new(school)]);
    let token = app.token("school_office", trust, schools);
    let place = format!("/v1/classes/{class}/registers/2026-11-18/AM");
    admin.put(&place, &marks(&[(pupils[0], "/")])).expect(200);
    let worker = app.another(Start::default());
    // The run stops before its first item.
    let mut holder = Sql::of(&app.database);
    holder.run("BEGIN; LOCK TABLE run_item IN SHARE MODE");
    app.clock.set("2026-11-20T18:00:00Z");
    Sql::of(&app.database).wait_for_waiting(1);
    let run = id(&admin.get("/v1/runs").expect(200)["items"][0], "run_id");

    // Both instances tell the same, and the first event comes while the work stands still.
    for base in [&app.base, &worker.base] {
        let mut stream = Stream::open(base, &token, &format!("/v1/runs/{run}/events"));
        let (name, first) = stream.next().unwrap();
        assert_eq!((name.as_str(), &first["job"]["state"]), ("progress", &json!("running")));
        assert_eq!((&first["job"]["done"], &first["job"]["total"]), (&0.into(), &1.into()));
    }
    let mut stream = Stream::open(&app.base, &token, &format!("/v1/runs/{run}/events"));
    let mut events = vec![stream.next().unwrap()];
    holder.run("COMMIT");
    while let Some(event) = stream.next() {
        events.push(event);
    }
    let done: Vec<i64> =
        events.iter().map(|(_, run)| run["job"]["done"].as_i64().unwrap()).collect();
    assert!(done.is_sorted() && done.last() == Some(&1), "{events:#?}");
    let (last, before) = events.split_last().unwrap();
    assert_eq!((last.0.as_str(), &last.1["job"]["state"]), ("end", &json!("done")));
    assert!(before.iter().all(|(name, _)| name == "progress"), "{events:#?}");

    // What has ended is told at once, of a run and of its job, and the stream is over.
    for path in [format!("/v1/runs/{run}/events"), format!("/v1/jobs/{run}/events")] {
        let mut stream = Stream::open(&app.base, &token, &path);
        assert_eq!(stream.next().unwrap().0, "end");
        assert_eq!(stream.next(), None);
    }
    assert_eq!(admin.get("/v1/runs/4711/events").problem(404), "not-found");
}

//! Ways around the table, each tried over HTTP: what a school may not do in one way it may not do in another.

use serde_json::{Value, json};

use super::{NEW_ADDRESS, OLD_ADDRESS, REFUSED, Story, link, mother, order};
use crate::support::app::{Answer, Client};
use crate::support::build::{class, id, school, unenrolled, upn};
use crate::support::roll::{enrol, enrolment_of, put_fact};
use crate::support::run::wait_until;
use crate::support::sql::Sql;

/// The mother's row in a file of parents.
const MOTHERS: &str =
    "upn,parent surname,parent forename,relationship,mobile,no contact,court order";

impl Story {
    /// Ada at both schools, the second of them the subsidiary one.
    fn at_two_schools() -> (Self, i32) {
        let story = Self::begin();
        let admin = &story.admin();
        let second = enrol(admin, story.ada, story.classes[1], ("2026-09-03", None)).expect(201);
        let second = id(&second, "enrolment_id");
        put_fact(admin, second, "registration", "2026-09-03", json!("subsidiary")).expect(200);
        story.app.clock.set("2026-11-18T10:00:00Z");
        (story, second)
    }

    /// A third school, which has Ada from this day on.
    fn moves_on(&self, first_day: &str) -> i32 {
        let admin = &self.admin();
        let third = school(admin, 3, "primary");
        let class = class(admin, third, "6A");
        let body = json!({
            "from_enrolment": enrolment_of(&self.now("school_office"), self.ada),
            "class_id": class, "first_day": first_day,
        });
        admin.post(&format!("/v1/pupils/{}/move", self.ada), &body).expect(201);
        third
    }

    fn days(&self, client: &Client, stay: i32, days: (&str, Option<&str>)) -> Answer {
        let body = json!({ "first_day": days.0, "last_day": days.1 });
        client.put(&format!("/v1/enrolments/{stay}/days"), &body)
    }

    fn parents(&self) -> String {
        format!("/v1/pupils/{}/parents", self.ada)
    }

    /// What stands about the mother, as the safeguarding lead of the first school reads it.
    fn stands(&self) -> Value {
        let page = self.before("safeguarding_lead").get(&self.parents()).expect(200);
        page["parents"][0]["safeguards"].clone()
    }

    /// The schools that the database lets write about Ada.
    fn kept_by(&self) -> Vec<String> {
        let query =
            format!("SELECT unnest(kept_by)::text FROM pupil WHERE pupil_id = {}", self.ada);
        Sql::of(&self.app.database).texts(&query)
    }
}

#[test]
fn a_file_of_parents_neither_lifts_an_order_nor_puts_it_otherwise() {
    let story = Story::begin();
    let stood = story.stands();
    let lead = story.before("school_lead");
    let query = format!("kind=parents&school_id={}", story.schools[0]);
    let file =
        |order: &str| format!("{MOTHERS}\n{},Okafor,Ngozi,Mother,07700 900123,{order}\n", upn(1));
    let import = lead.import(&query, file("Only by letter,").as_bytes());
    assert_eq!(import["job"]["state"], "done", "{import:#}");
    assert_eq!(story.stands(), stood);
    let told = import["result"]["notices"].to_string();
    assert!(told.contains("safeguards-stay"), "{told}");
    assert!(!told.contains("As before") && !told.contains("Only by letter"), "{told}");
    // What is new beside it is added, and no undo takes it away again.
    let import = lead.import(&query, file(",Prohibited steps").as_bytes());
    assert_eq!(import["result"]["counts"]["safeguards_added"], 1, "{import:#}");
    let stood = story.stands();
    assert_eq!(stood["court_order"]["text"], "Prohibited steps");
    let undo = lead.take_back(&import);
    assert_eq!(story.stands(), stood, "{undo:#}");
    assert_eq!(undo["result"]["left"][0]["what"], "court order or no contact");
    assert!(!undo.to_string().contains("Prohibited"), "{undo:#}");
}

#[test]
fn no_later_last_day_makes_a_former_school_the_keeper_again() {
    let story = Story::begin();
    let Story { app, ada, mother: parent, .. } = &story;
    let admin = &story.admin();
    let stay = enrolment_of(admin, *ada);
    // A file says that she leaves, and she does.
    let query = format!("kind=pupils&school_id={}", story.schools[0]);
    let head = "upn,surname,forename,birth_date,year_group,class,first_day,last_day";
    let row = |last: &str| {
        let row = format!("{},Surname1,Forename1,2015-01-31,6,6A,2026-09-02,{last}", upn(1));
        format!("{head}\n{row}\n")
    };
    let leaves = story.before("school_office").import(&query, row("2026-10-30").as_bytes());
    assert_eq!(leaves["job"]["state"], "done", "{leaves:#}");
    let there = enrol(admin, *ada, story.classes[1], ("2026-11-02", None)).expect(201);
    app.clock.set("2026-11-18T10:00:00Z");
    story.learns();
    story.days(admin, id(&there, "enrolment_id"), ("2026-11-02", Some("2026-11-10"))).expect(200);
    let office = story.before("school_office");
    for last in [Some("2026-11-17"), Some("2026-11-18"), None] {
        let answer = story.days(&office, stay, ("2026-09-02", last));
        assert_eq!(answer.problem(403), REFUSED, "{last:?}");
    }
    // Nor does a file, nor that the file before is taken back.
    for last in ["2026-11-17", ""] {
        let import = office.import(&query, row(last).as_bytes());
        assert_eq!(import["job"]["state"], "refused", "{import:#}");
    }
    let undo = office.take_back(&leaves);
    assert_eq!(undo["result"]["left"][0]["what"], "days on roll", "{undo:#}");
    let read = office.get(&format!("/v1/parents/{parent}"));
    assert!(read.text.contains(OLD_ADDRESS), "{}", read.text);
    super::tells_nothing_later(&read);
    // A day earlier is its own to correct.
    story.days(&office, stay, ("2026-09-02", Some("2026-10-29"))).expect(200);
}

#[test]
fn a_draft_of_a_subsidiary_school_adds_and_renames_nobody() {
    let story = Story::begin();
    let Story { app, ada, schools, .. } = &story;
    let admin = &story.admin();
    let second = enrol(admin, *ada, story.classes[1], ("2026-11-02", None)).expect(201);
    let second = id(&second, "enrolment_id");
    put_fact(admin, second, "registration", "2026-11-02", json!("subsidiary")).expect(200);
    let draft = format!("/v1/schools/{}/joining/{ada}", schools[1]);
    let aunt = json!({
        "person": { "surname": "Aunt", "language": "en" },
        "link": { "relationship": "relative", "priority": 2 },
    });
    let ours = json!({ "surname": "Changed", "new_parents": [aunt] });
    story.now("school_office").put(&draft, &ours).expect(200);
    app.clock.set("2026-11-02T09:00:00Z");
    let live = "SELECT count(*) FROM joining_draft WHERE live";
    wait_until("the draft is live", || Sql::of(&app.database).number(live) == 1);
    let office = story.before("school_office");
    assert_eq!(office.get(&format!("/v1/pupils/{ada}")).expect(200)["surname"], "Surname1");
    assert!(office.get(&story.parents()).text.contains("Aunt"));
}

#[test]
fn a_subsidiary_school_does_not_make_itself_the_main_one() {
    let (story, second) = Story::at_two_schools();
    let office = story.now("school_office");
    for value in [json!("main"), json!("single"), Value::Null] {
        let answer = put_fact(&office, second, "registration", "2026-09-03", value.clone());
        assert_eq!(answer.problem(403), REFUSED, "{value}");
        let answer = put_fact(&office, second, "registration", "2026-11-18", value.clone());
        if !value.is_null() {
            assert_eq!(answer.problem(403), REFUSED, "{value}");
        }
    }
    let file = format!(
        "upn,surname,forename,birth_date,year_group,class,first_day,registration\n\
         {},Surname1,Forename1,2015-01-31,6,6A,2026-09-03,main\n",
        upn(1)
    );
    let query = format!("kind=pupils&school_id={}", story.schools[1]);
    let import = office.import(&query, file.as_bytes());
    assert_eq!(import["job"]["state"], "refused", "{import:#}");
    let place = format!("/v1/parents/{}", story.mother);
    assert_eq!(office.put(&place, &mother(NEW_ADDRESS)).problem(403), REFUSED);
    // Of its own facts it goes on writing, and the main school says which is which.
    put_fact(&office, second, "fsm", "2026-11-18", json!("yes")).expect(200);
    put_fact(&office, second, "registration", "2026-11-18", json!("subsidiary")).expect(200);
    put_fact(&story.admin(), second, "registration", "2026-11-18", json!("main")).expect(200);
    office.put(&place, &mother(NEW_ADDRESS)).expect(200);
}

#[test]
fn a_parent_of_a_child_who_has_left_is_not_linked_to_another_to_see_what_is_new() {
    let story = Story::begin();
    let Story { app, mother: parent, .. } = &story;
    let admin = &story.admin();
    story.moves("2026-11-02");
    app.clock.set("2026-11-18T10:00:00Z");
    let ben = unenrolled(admin, story.schools[0], 2, "2016-01-31");
    enrol(admin, ben, story.classes[0], ("2026-09-02", None)).expect(201);
    let office = story.before("school_office");
    let answer = office.put(&format!("/v1/pupils/{ben}/parents/{parent}"), &link(1));
    assert_eq!(answer.problem(403), REFUSED);
    // A file takes her for somebody new.
    let query = format!("kind=parents&school_id={}", story.schools[0]);
    let file = format!("{MOTHERS}\n{},Okafor,Ngozi,Mother,07700 900123,,\n", upn(2));
    let import = office.import(&query, file.as_bytes());
    assert_eq!(import["result"]["counts"]["parents_added"], 1, "{import:#}");
    story.learns();
    let page = office.get(&format!("/v1/pupils/{ben}/parents"));
    super::tells_nothing_later(&page);
    // The school that has her child links her to another of its own.
    let cat = unenrolled(admin, story.schools[1], 3, "2016-01-31");
    enrol(admin, cat, story.classes[1], ("2026-09-02", None)).expect(201);
    let now = story.now("school_office");
    now.put(&format!("/v1/pupils/{cat}/parents/{parent}"), &link(1)).expect(200);
}

#[test]
fn orders_are_released_by_the_last_school_before_and_it_does_not_learn_where_the_child_is() {
    let story = Story::moved();
    let Story { app, ada, schools, .. } = &story;
    let elsewhere = school(&story.admin(), 4, "primary");
    let third = story.moves_on("2026-11-23");
    app.clock.set("2026-11-24T10:00:00Z");
    let release = format!("/v1/pupils/{ada}/orders/release");
    let to = |school: i32| json!({ "to_school": school });
    let first = story.before("safeguarding_lead");
    for school in [schools[1], third, elsewhere, 99_999] {
        assert_eq!(first.post(&release, &to(school)).problem(403), REFUSED, "{school}");
    }
    // The last school before is answered the same wherever she is.
    let second = story.now("safeguarding_lead");
    for school in [third, elsewhere, schools[0]] {
        second.post(&release, &to(school)).expect(201);
    }
    assert_eq!(second.post(&release, &to(99_999)).problem(404), "not-found");
    let told = |school: i32| {
        let client = app.school_client("safeguarding_lead", story.trust, &[school]);
        let tasks = client.get(&format!("/v1/actions?school_id={school}")).expect(200);
        tasks["items"].as_array().unwrap().iter().filter(|task| task["pupil_id"] == *ada).count()
    };
    assert_eq!([third, elsewhere, schools[0]].map(told), [1, 0, 0]);
}

#[test]
fn before_the_first_day_a_school_has_neither_orders_nor_notices() {
    let story = Story::begin();
    let Story { app, trust, schools, ada, mother: parent, .. } = &story;
    let lead = story.before("school_lead");
    let notice = json!({ "parent_id": parent, "school_id": schools[0], "reason": "Known" });
    let notice = lead.post(&format!("/v1/pupils/{ada}/notices"), &notice).expect(201);
    let notice = format!("/v1/notices/{}", notice["notice_id"]);
    story.moves("2026-11-02");
    let next = story.now("school_lead");
    assert_eq!(next.get(&notice).problem(404), "not-found");
    let list = format!("/v1/pupils/{ada}/notices");
    assert_eq!(next.get(&list).expect(200)["notices"], json!([]));
    let ours = format!("/v1/notices?school_id={}", schools[1]);
    assert_eq!(next.get(&ours).expect(200)["items"], json!([]));
    let mut role = Sql::at(&app.database.url(api::base::migrate::APPLICATION));
    role.run(&format!("SET app.trust_id = '{trust}'; SET app.schools = '{{{}}}'", schools[1]));
    for table in ["parent_safeguard", "penalty_notice", "order_release"] {
        assert_eq!(role.number(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
    // Everybody there is told to ask first all the same.
    let read = story.now("school_office").get(&story.parents()).expect(200);
    assert_eq!(read["parents"][0]["ask_first"], true);
    // From the first minute of the first day on it has them, whether anything has run or not.
    app.clock.set("2026-11-02T00:00:30Z");
    let next = story.now("safeguarding_lead");
    let read = next.get(&story.parents()).expect(200);
    assert_eq!(read["parents"][0]["safeguards"]["no_contact"]["text"], "As before");
    assert_eq!(story.now("school_lead").get(&notice).expect(200)["now"]["pupil_id"], *ada);
    assert_eq!(story.now("school_lead").get(&list).expect(200)["notices"][0]["pupil_id"], *ada);
    // And in the database as soon as the clockwork has come by.
    wait_until("it has come by", || story.kept_by() == [schools[1].to_string()]);
    for table in ["parent_safeguard", "penalty_notice"] {
        assert_eq!(role.number(&format!("SELECT count(*) FROM {table}")), 1, "{table}");
    }
}

#[test]
fn earlier_attendance_of_nobody_is_not_there() {
    let story = Story::begin();
    for client in [story.admin(), story.before("school_lead")] {
        for path in ["/v1/pupils/99999/earlier", "/v1/pupils/99999/earlier/marks"] {
            assert_eq!(client.get(path).problem(404), "not-found", "{path}");
        }
    }
}

#[test]
fn a_draft_about_a_record_that_was_merged_goes_live_under_the_one_that_stays() {
    let story = Story::begin();
    let Story { app, ada, schools, .. } = &story;
    let admin = &story.admin();
    let twin = unenrolled(admin, schools[1], 9, "2015-01-31");
    enrol(admin, twin, story.classes[1], ("2026-11-02", None)).expect(201);
    let draft = format!("/v1/schools/{}/joining/{twin}", schools[1]);
    let aunt = |contacts: Value| {
        let person = json!({ "surname": "Aunt", "language": "en", "contacts": contacts });
        json!({ "person": person, "link": { "relationship": "relative", "priority": 2 } })
    };
    let office = story.now("school_office");
    office.put(&draft, &json!({ "new_parents": [aunt(json!([]))] })).expect(200);
    // A record of the same child, merged before the first day.
    let merge = json!({ "into": ada, "reason": "Entered twice" });
    admin.post(&format!("/v1/pupils/{twin}/merge"), &merge).expect(200);
    app.clock.set("2026-11-02T09:00:00Z");
    let live = "SELECT count(*) FROM joining_draft WHERE live";
    wait_until("the draft is live", || Sql::of(&app.database).number(live) == 1);
    assert!(admin.get(&story.parents()).text.contains("Aunt"));
}

#[test]
fn more_ways_to_reach_a_parent_are_kept_in_a_draft_as_everywhere() {
    let story = Story::begin();
    let Story { ada, schools, mother: parent, .. } = &story;
    story.moves("2026-11-02");
    let draft = format!("/v1/schools/{}/joining/{ada}", schools[1]);
    let office = story.now("school_office");
    let more = |values: &[String]| {
        let contacts: Vec<Value> =
            values.iter().map(|value| json!({ "kind": "mobile", "value": value })).collect();
        json!({ "contacts": [{ "parent_id": parent, "contacts": contacts }] })
    };
    let read = office.put(&draft, &more(&[" 07700 900999 ".to_owned()])).expect(200);
    assert_eq!(read["draft"]["contacts"][0]["contacts"][0]["value"], "07700 900999");
    let many: Vec<String> = (0..21).map(|number| format!("07700 9009{number:02}")).collect();
    let answer = office.put(&draft, &more(&many));
    assert_eq!(answer.pointers(), ["/contacts/0/contacts"]);
}

#[test]
fn nobody_is_left_with_nobody_between_two_schools() {
    let story = Story::begin();
    let Story { app, ada, mother: parent, schools, .. } = &story;
    let admin = &story.admin();
    let stay = enrolment_of(admin, *ada);
    story.days(admin, stay, ("2026-09-02", Some("2026-10-23"))).expect(200);
    let gone = json!({ "destination": "another_school", "says": "She goes to School 2" });
    admin.put(&format!("/v1/enrolments/{stay}/destination"), &gone).expect(200);
    enrol(admin, *ada, story.classes[1], ("2026-12-01", None)).expect(201);
    let place = format!("/v1/parents/{parent}");
    let days = [("2026-11-18T10:00:00Z", 0), ("2026-12-01T08:00:00Z", 1)];
    for (now, keeper) in days {
        app.clock.set(now);
        let clients = [story.before("school_office"), story.now("school_office")];
        let address = format!("{keeper} Between, Larkrise, LR1 1AA");
        clients[keeper].put(&place, &mother(&address)).expect(200);
        assert_eq!(clients[1 - keeper].put(&place, &mother("9 Nobody")).problem(403), REFUSED);
        assert_eq!(story.kept_by(), [schools[keeper].to_string()]);
    }
}

#[test]
fn of_two_schools_that_end_on_one_day_the_main_one_keeps_the_child() {
    let (story, second) = Story::at_two_schools();
    let Story { app, ada, mother: parent, schools, .. } = &story;
    let admin = &story.admin();
    let first = id(
        &admin.get(&format!("/v1/enrolments?pupil_id={ada}&school_id={}", schools[0])).expect(200)
            ["items"][0],
        "enrolment_id",
    );
    for (stay, from) in [(first, "2026-09-02"), (second, "2026-09-03")] {
        story.days(admin, stay, (from, Some("2026-11-18"))).expect(200);
    }
    app.clock.set("2026-11-20T10:00:00Z");
    let place = format!("/v1/parents/{parent}");
    let office = story.now("school_office");
    assert_eq!(office.put(&place, &mother(NEW_ADDRESS)).problem(403), REFUSED);
    story.before("school_office").put(&place, &mother(NEW_ADDRESS)).expect(200);
    // Taught at home: the subsidiary school has nothing to confirm for the other.
    let gone = json!({ "destination": "another_school", "says": "The unit has closed" });
    office.put(&format!("/v1/enrolments/{second}/destination"), &gone).expect(200);
    story.before("school_office").put(&place, &mother(OLD_ADDRESS)).expect(200);
    assert_eq!(story.kept_by(), [schools[0].to_string()]);
}

#[test]
fn letters_to_a_parent_of_a_child_in_care_go_on_only_as_orders_are_lifted() {
    let (story, _) = Story::at_two_schools();
    let main = story.before("safeguarding_lead");
    let with = |letters: Option<bool>, reason: Option<&str>| {
        let mut body = order("As before");
        if let Some(letters) = letters {
            body["letters_in_care"] = json!(letters);
        }
        if let Some(reason) = reason {
            body["reason"] = json!(reason);
        }
        body
    };
    // To ask the social worker first, or to be told no, restrains; to be told yes lifts that.
    story.now("school_lead").put(&story.safeguards(), &with(Some(false), None)).expect(200);
    for letters in [None, Some(true)] {
        let refused = story
            .now("safeguarding_lead")
            .put(&story.safeguards(), &with(letters, Some("The social worker rang")));
        assert_eq!(refused.problem(403), REFUSED);
        assert_eq!(main.put(&story.safeguards(), &with(letters, None)).pointers(), ["/reason"]);
    }
    main.put(&story.safeguards(), &with(Some(true), Some("The social worker rang"))).expect(200);
}

#[test]
fn the_other_school_is_told_of_a_lift_whoever_lifts() {
    let (story, _) = Story::at_two_schools();
    let Story { app, trust, schools, ada, .. } = &story;
    let tasks = |school: i32| {
        let client = app.school_client("safeguarding_lead", *trust, &[school]);
        let tasks = client.get(&format!("/v1/actions?school_id={school}")).expect(200);
        tasks["items"].as_array().unwrap().iter().filter(|task| task["pupil_id"] == *ada).count()
    };
    // A lead of both schools is one person, and the other school has others.
    let both = app.school_client("safeguarding_lead", *trust, schools);
    both.put(&story.safeguards(), &json!({ "reason": "Discharged" })).expect(200);
    assert_eq!([tasks(schools[0]), tasks(schools[1])], [0, 1]);
}

#[test]
fn the_school_before_is_reminded_to_release_what_has_to_be_respected() {
    let story = Story::begin();
    let Story { app, ada, schools, .. } = &story;
    let reminders = || {
        let lead = story.before("safeguarding_lead");
        let tasks = lead.get(&format!("/v1/actions?school_id={}", schools[0])).expect(200);
        let all = tasks["items"].as_array().unwrap().clone();
        let ours = all.into_iter().filter(|task| task["pupil_id"] == *ada);
        ours.map(|task| task["says"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let release = format!("/v1/pupils/{ada}/orders/release");
    story.moves("2026-11-02");
    app.clock.set("2026-10-20T09:00:00Z");
    wait_until("somebody is reminded", || reminders().len() == 1);
    let says = reminders().remove(0);
    assert!(says.contains(&release) && !says.contains("As before"), "{says}");
    // Once, however many days pass.
    app.clock.set("2026-10-21T09:00:00Z");
    story
        .before("safeguarding_lead")
        .post(&release, &json!({ "to_school": schools[1] }))
        .expect(201);
    app.clock.set("2026-11-03T09:00:00Z");
    wait_until("it has come by", || story.kept_by() == [schools[1].to_string()]);
    assert_eq!(reminders().len(), 1);
}

#[test]
fn the_day_list_of_a_past_day_tells_a_former_school_no_name_behind_an_order() {
    let story = Story::begin();
    let Story { app, ada, schools, classes, .. } = &story;
    let office = story.before("school_office");
    let register = format!("/v1/classes/{}/registers/2026-09-03/AM", classes[0]);
    office.put(&register, &crate::support::build::marks(&[(*ada, "N")])).expect(200);
    let list = format!("/v1/schools/{}/contacts/2026-09-03", schools[0]);
    let named = |role: &str| {
        story.before(role).get(&list).expect(200)["missing"][0]["not_to_be_contacted"].clone()
    };
    assert!(named("school_lead").is_array());
    story.moves("2026-11-02");
    app.clock.set("2026-11-18T10:00:00Z");
    assert_eq!(named("school_lead"), Value::Null);
    assert_eq!(named("school_office"), Value::Null);
    assert!(named("safeguarding_lead").is_array());
}

//! Staggered starts: the school is open, and some year groups are not due.

use serde_json::{Value, json};

use crate::support::app::Answer;
use crate::support::build::{class, marks, unenrolled, upn};
use crate::support::two_classes::{TwoClasses, calendar_with};

impl TwoClasses {
    /// Year 5 is not due on the Tuesday, nor on the Wednesday's morning.
    fn stagger(&self) -> Value {
        let not_due = json!([
            { "year_groups": [4, 5], "from": "2026-11-17", "to": "2026-11-17", "note": "Year 6 has the hall" },
            { "year_groups": [5], "from": "2026-11-18", "to": "2026-11-18", "session": "AM" },
        ]);
        let staggered = calendar_with("not_due", not_due);
        self.admin.put(&self.calendar_at(""), &staggered).expect(200);
        staggered
    }

    fn register(&self, class: i32, when: &str) -> Answer {
        self.admin.get(&format!("/v1/classes/{class}/registers/{when}"))
    }

    fn save(&self, class: i32, when: &str, wanted: &[(i32, &str)]) -> Answer {
        self.admin.put(&format!("/v1/classes/{class}/registers/{when}"), &marks(wanted))
    }
}

/// The pupils of a register.
fn pupils(register: &Value) -> Vec<i64> {
    let marks = register["marks"].as_array().unwrap();
    marks.iter().map(|mark| mark["pupil_id"].as_i64().unwrap()).collect()
}

#[test]
fn the_register_of_a_class_that_is_not_due_is_empty_and_is_not_taken() {
    let s = TwoClasses::new();
    let staggered = s.stagger();
    assert_eq!(s.admin.get(&s.calendar_at("")).expect(200)["not_due"], staggered["not_due"]);
    assert_eq!(pupils(&s.register(s.five, "2026-11-17/AM").expect(200)), [] as [i64; 0]);
    for wanted in [&[][..], &[(s.cleo, "/")]] {
        let refused = s.save(s.five, "2026-11-17/AM", wanted);
        assert_eq!(refused.problem(422), "not-due");
        assert_eq!(refused.body["detail"], "No pupil of the class is due on 2026-11-17 AM.");
    }
    s.take("2026-11-17/AM", "/", "/");
    assert_eq!(s.save(s.five, "2026-11-18/AM", &[(s.cleo, "/")]).problem(422), "not-due");
    s.take_five("2026-11-18/PM", "\\");
    assert_eq!(
        s.register(s.five, "2026-11-27/AM").expect(200)["marks"][0]["pupil_id"],
        s.cleo,
        "training"
    );
}

#[test]
fn the_register_of_a_mixed_class_lists_those_who_are_due() {
    let s = TwoClasses::new();
    let mixed = class(&s.admin, s.school, "5/6");
    let [dan, eve] = [(4, 5), (5, 6)].map(|(number, year_group)| {
        let pupil = unenrolled(&s.admin, s.school, number, "2015-03-14");
        let body = json!({ "pupil_id": pupil, "class_id": mixed, "year_group": year_group, "first_day": "2026-09-02" });
        s.admin.post("/v1/enrolments", &body).expect(201);
        pupil
    });
    let whole = s.register(mixed, "2026-11-17/AM");
    s.stagger();
    let due = s.register(mixed, "2026-11-17/AM");
    assert_eq!(pupils(&due.body), [i64::from(eve)]);
    assert_ne!(due.etag(), whole.etag(), "who read the other list is told to read again");
    let refused = s.save(mixed, "2026-11-17/AM", &[(eve, "/"), (dan, "/")]);
    assert_eq!(refused.problem(422), "not-due");
    assert_eq!(refused.body["errors"][0]["pointer"], "/marks/1/pupil_id");
    s.save(mixed, "2026-11-17/AM", &[(eve, "/")]).expect(200);
    assert_eq!([dan, eve].map(|pupil| s.mark(pupil, "2026-11-17", "AM")), ["", "/"]);
}

#[test]
fn nobody_can_be_marked_who_is_not_due() {
    let s = TwoClasses::new();
    s.stagger();
    let amend = |pupil: i32, mark: &str| {
        let body = json!({ "reason": "Found out", "changes": [{ "date": "2026-11-17", "session": "AM", "mark": mark }] });
        s.admin.post(&format!("/v1/pupils/{pupil}/marks/amendments"), &body)
    };
    let refused = amend(s.cleo, "I");
    assert_eq!(refused.problem(422), "not-due");
    assert_eq!(refused.body["errors"][0]["pointer"], "/changes/0/date");
    amend(s.ada, "I").expect(201);

    let query = format!("kind=marks&school_id={}", s.school);
    let file = |mark: &str| format!("upn,date,session,mark\n{},2026-11-17,PM,{mark}\n", upn(3));
    let import = s.admin.import(&query, file("I").as_bytes());
    assert_eq!(import["job"]["state"], "refused");
    let problem = &import["result"]["problems"][0];
    assert_eq!((&problem["line"], &problem["kind"]), (&json!(2), &json!("closed-day")));
    assert!(problem["expected"].as_str().unwrap().contains("year group is due"), "{problem}");
    let import = s.admin.import(&query, file("#").as_bytes());
    assert_eq!(import["job"]["state"], "done", "`#` says what the calendar says");
    assert_eq!(s.mark(s.cleo, "2026-11-17", "PM"), "");
}

#[test]
fn a_session_that_a_year_group_is_not_due_for_is_neither_expected_nor_possible() {
    let s = TwoClasses::new();
    for day in ["2026-11-17", "2026-11-18"] {
        s.take(&format!("{day}/AM"), "/", "N");
        s.take_five(&format!("{day}/AM"), "I");
    }
    // Once the day is over, its marks are expected.
    s.app.clock.set("2026-11-18T16:00:00Z");
    let ((possible, absent), (expected, marked)) = (s.figures(), s.completeness());
    s.stagger();
    // Of Cleo two mornings are not possible any more, and three half days not expected.
    assert_eq!(s.figures(), (possible - 2, absent - 2));
    assert_eq!(s.completeness(), (expected - 3, marked - 2));
    assert_eq!(s.mark(s.cleo, "2026-11-17", "AM"), "I", "the mark stays");
}

#[test]
fn leaving_a_year_group_out_is_previewed_like_any_change() {
    let s = TwoClasses::new();
    s.take_five("2026-11-17/AM", "/");
    let not_due = json!([{ "year_groups": [5], "from": "2026-11-17", "to": "2026-11-17" }]);
    let staggered = calendar_with("not_due", not_due);
    let preview = s.admin.put(&s.calendar_at("?preview=true"), &staggered).expect(200);
    let half_days = preview["half_days"].as_array().unwrap();
    assert_eq!(half_days.len(), 2);
    assert_eq!(half_days[0]["change"], "year_groups");
    assert_eq!(half_days[0]["classes"][0]["class_id"], s.five);
    assert_eq!(preview["marks_that_stop_counting"], 1);
    assert_eq!((&preview["half_days_closing"], &preview["windows"]), (&json!(0), &json!([])));

    s.admin.put(&s.calendar_at(""), &staggered).expect(200);
    let back = s.admin.put(&s.calendar_at("?preview=true"), &calendar_with("not_due", json!([])));
    let back = back.expect(200);
    assert_eq!(
        (&back["marks_that_begin_to_count"], &back["registers_missing"]),
        (&json!(1), &json!(1))
    );
}

#[test]
fn a_year_group_that_there_is_not_is_refused_in_its_place() {
    let s = TwoClasses::new();
    let not_due = json!([{ "year_groups": [5, 15], "from": "2026-11-17", "to": "2026-11-16" }]);
    let refused = s.admin.put(&s.calendar_at(""), &calendar_with("not_due", not_due));
    assert_eq!(refused.problem(422), "invalid");
    let errors = refused.body["errors"].as_array().unwrap();
    let places: Vec<&Value> = errors.iter().map(|error| &error["pointer"]).collect();
    assert_eq!(places, ["/not_due/0/year_groups/1", "/not_due/0/to"]);
}

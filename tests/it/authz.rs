//! Who may call what: every operation of the OpenAPI document, called as everybody.
//!
//! What comes of it is written to `tests/authz.txt`, which is committed so that a change of who may do
//! what is read by people. `make update` writes it anew.

use std::collections::BTreeSet;
use std::fmt::Write;

use api::auth::permission;
use api::openapi::{Document, operations};
use domain::{Level, Role, Roles};
use serde_json::{Value, json};

use crate::support::app::{Answer, Client, TestApp};
use crate::support::build::{self, calendar, id, marks, policy, pupil, unenrolled, upn};
use crate::support::run::a_run;
use crate::support::sql::Sql;
use crate::support::weeks::send_marks;

/// How each operation is called: operation, path with its query, body. Names in braces are things of the
/// prepared world; `{fresh}`, `{urn}`, `{upn}`, `{day}` and `{later}` (a day of this year) are new with every call.
const CALLS: &[(&str, &str, &str)] = &[
    ("healthz", "/healthz", ""),
    ("readyz", "/readyz", ""),
    ("metrics", "/metrics", ""),
    ("openapi_json", "/openapi.json", ""),
    ("jwks", "/.well-known/jwks.json", ""),
    ("read_problem", "/problems/not-found", ""),
    ("list_codes", "/v1/codes", ""),
    ("create_trust", "/v1/trusts", r#"{"name":"Trust {fresh}"}"#),
    ("read_trust", "/v1/trust", ""),
    ("read_clock", "/v1/trust/clock", ""),
    ("put_clock", "/v1/trust/clock", r#"{"now":"2026-11-18T10:00:00Z"}"#),
    ("create_school", "/v1/schools", r#"{"urn":"{urn}","name":"New","phase":"primary"}"#),
    ("list_schools", "/v1/schools", ""),
    ("read_school", "/v1/schools/{school}", ""),
    ("put_calendar", "/v1/schools/{school}/calendar/2026", "{calendar}"),
    ("read_calendar", "/v1/schools/{school}/calendar/2026", ""),
    ("calendar_history", "/v1/schools/{school}/calendar/2026/history", ""),
    (
        "read_term_dates",
        "/v1/schools/{school}/calendar/2026/read",
        r#"{"academic_years":[{"name":"2026-27","dates":[{"date":"2026-09-02"}]}]}"#,
    ),
    (
        "create_closure",
        "/v1/schools/{school}/closures?preview=true",
        r#"{"from":"2026-11-16","to":"2026-11-16","reason":"Snow"}"#,
    ),
    ("list_closures", "/v1/schools/{school}/closures", ""),
    (
        "create_pupil",
        "/v1/pupils",
        r#"{"school_id":{school},"upn":"{upn}","surname":"A","forename":"B","birth_date":"2015-03-14"}"#,
    ),
    ("list_pupils", "/v1/pupils?school_id={school}", ""),
    ("read_pupil", "/v1/pupils/{pupil}", ""),
    ("create_class", "/v1/classes", r#"{"school_id":{school},"year":2026,"name":"C{fresh}"}"#),
    ("list_classes", "/v1/classes?school_id={school}", ""),
    ("read_class", "/v1/classes/{class}", ""),
    (
        "create_enrolment",
        "/v1/enrolments",
        r#"{"pupil_id":{pupil},"class_id":{class},"year_group":1,"first_day":"{day}","last_day":"{day}"}"#,
    ),
    ("list_enrolments", "/v1/enrolments?school_id={school}&pupil_id={pupil}", ""),
    ("read_enrolment", "/v1/enrolments/{enrolment}", ""),
    (
        "put_days",
        "/v1/enrolments/{enrolment}/days",
        r#"{"first_day":"2026-09-02","last_day":null}"#,
    ),
    (
        "place_pupil",
        "/v1/enrolments/{enrolment}/placements",
        r#"{"from_day":"2026-09-02","class_id":{class},"year_group":6}"#,
    ),
    (
        "put_characteristics",
        "/v1/enrolments/{enrolment}/characteristics",
        r#"{"characteristics":[{"kind":"fsm","from_day":"2026-09-02","value":"yes"}]}"#,
    ),
    ("read_characteristics", "/v1/enrolments/{enrolment}/characteristics", ""),
    (
        "move_pupil",
        "/v1/pupils/{pupil}/move",
        r#"{"from_enrolment":{enrolment},"class_id":{annex_class},"first_day":"{later}","last_day":"{later}"}"#,
    ),
    (
        "correct_pupil",
        "/v1/pupils/{pupil}/corrections",
        r#"{"surname":"A{fresh}","reason":"Typed wrong"}"#,
    ),
    ("pupil_history", "/v1/pupils/{pupil}/history", ""),
    ("merge_pupils", "/v1/pupils/{twin}/merge", r#"{"into":{pupil},"reason":"Entered twice"}"#),
    (
        "split_pupil",
        "/v1/pupils/{pupil}/split",
        r#"{"enrolment_ids":[{enrolment}],"back_to":{twin},"reason":"Two children"}"#,
    ),
    ("parents_of_pupil", "/v1/pupils/{pupil}/parents", ""),
    (
        "add_parent",
        "/v1/pupils/{pupil}/parents",
        r#"{"person":{"surname":"A","language":"en"},"link":{"relationship":"mother","priority":1}}"#,
    ),
    (
        "put_link",
        "/v1/pupils/{pupil}/parents/{parent}",
        r#"{"relationship":"mother","priority":1}"#,
    ),
    (
        "put_safeguards",
        "/v1/pupils/{pupil}/parents/{parent}/safeguards",
        r#"{"no_contact":{"text":"Family court","from":"2026-09-02"}}"#,
    ),
    ("list_parents", "/v1/parents", ""),
    ("read_parent", "/v1/parents/{parent}", ""),
    ("parent_history", "/v1/parents/{parent}/history", ""),
    ("put_parent", "/v1/parents/{parent}", r#"{"surname":"A{fresh}","language":"en"}"#),
    ("read_contacts", "/v1/schools/{school}/contacts/2026-11-18", ""),
    (
        "record_attempt",
        "/v1/schools/{school}/contacts/2026-11-18/attempts",
        r#"{"pupil_ids":[{absentee}],"whom":"Aunt","kind":"call","reached":false}"#,
    ),
    (
        "give_reason",
        "/v1/schools/{school}/contacts/2026-11-18/reasons",
        r#"{"pupil_ids":[{absentee}],"code":"I","reason":"A cold"}"#,
    ),
    (
        "report_absence",
        "/v1/schools/{school}/reported-absences",
        r#"{"pupil_id":{absentee},"first_day":"2026-11-18","reason":"A cold","reported_by":"Mother"}"#,
    ),
    (
        "withdraw_report",
        "/v1/reported-absences/{report}/withdrawal",
        r#"{"reason":"Another pupil"}"#,
    ),
    (
        "request_leave",
        "/v1/schools/{school}/leave-requests",
        r#"{"pupil_id":{absentee},"first_day":"2026-11-19","last_day":"2026-11-19","reason":"A wedding","requested_by":"Father"}"#,
    ),
    ("list_leave", "/v1/schools/{school}/leave-requests", ""),
    ("decide_leave", "/v1/leave-requests/{leave}/decision", r#"{"granted":true,"code":"C"}"#),
    ("create_staff", "/v1/staff", r#"{"person":{"name":"Jo"},"school_ids":[{school}]}"#),
    ("list_staff", "/v1/staff?school_id={school}", ""),
    ("read_staff", "/v1/staff/{staff}", ""),
    ("put_staff", "/v1/staff/{staff}", r#"{"name":"Jo {fresh}"}"#),
    (
        "put_duties",
        "/v1/staff/{staff}/duties",
        r#"{"duties":[{"school_id":{school},"duty":"EWO","role":"la_partner","from_day":"2026-09-02"}]}"#,
    ),
    ("pupil_double_marks", "/v1/pupils/{pupil}/double-marks", ""),
    ("school_double_marks", "/v1/schools/{school}/double-marks", ""),
    (
        "take_register",
        "/v1/classes/{class}/registers/2026-11-18/AM",
        r#"{"marks":[{"pupil_id":{pupil},"mark":"/"}]}"#,
    ),
    ("read_register", "/v1/classes/{class}/registers/2026-11-18/AM", ""),
    ("read_marks", "/v1/pupils/{pupil}/marks", ""),
    (
        "amend_marks",
        "/v1/pupils/{pupil}/marks/amendments",
        r#"{"reason":"Letter seen","school_id":{school},"changes":[{"date":"2026-11-17","session":"PM","mark":"M"}]}"#,
    ),
    ("mark_history", "/v1/pupils/{pupil}/marks/2026-11-18/AM/history", ""),
    ("create_import", "/v1/imports?kind=pupils&school_id={school}&dry_run=true", "UPN\n"),
    ("list_imports", "/v1/imports", ""),
    ("read_import", "/v1/imports/{import}", ""),
    ("begin_upload", "/v1/uploads?school_id={school}", ""),
    ("put_part", "/v1/uploads/{upload}/parts/1", "UPN\n"),
    ("read_upload", "/v1/uploads/{upload}", ""),
    ("undo_import", "/v1/imports/{import}/undo", ""),
    ("read_undo", "/v1/imports/{import}/undo", ""),
    ("read_job", "/v1/jobs/{import}", ""),
    ("list_policies", "/v1/policies", ""),
    ("check_policy", "/v1/policies/ours/check", r#"{"policy":""}"#),
    ("put_policy", "/v1/policies/p{fresh}", "{policy}"),
    ("read_policy", "/v1/policies/one-page", ""),
    ("read_book", "/v1/policies/one-page/book", ""),
    ("assign_policy", "/v1/schools/{school}/policy/pathway/{day}", r#"{"policy":"one-page"}"#),
    ("read_school_policy", "/v1/schools/{school}/policy", ""),
    ("open_review", "/v1/schools/{school}/reviews/{day}", ""),
    ("list_reviews", "/v1/reviews?school_id={school}", ""),
    ("read_review", "/v1/reviews/{review}", ""),
    ("list_items", "/v1/reviews/{review}/items", ""),
    ("give_feedback", "/v1/reviews/{review}/feedback", r#"{"pupil_id":{pupil},"says":"Tired"}"#),
    (
        "decide_items",
        "/v1/reviews/{review}/decisions",
        r#"{"decisions":[{"item":1,"decide":"hold","reason":"Later"}]}"#,
    ),
    ("list_cases", "/v1/cases?school_id={school}", ""),
    ("read_case", "/v1/cases/{case}", ""),
    (
        "record_outcome",
        "/v1/cases/{case}/outcomes",
        r#"{"outcome":"a person decides otherwise","to":"Stage 3","reason":"Known"}"#,
    ),
    ("list_mitigations", "/v1/pupils/{pupil}/mitigations", ""),
    ("list_targets", "/v1/targets?school_id={school}", ""),
    ("read_target", "/v1/cases/{case}/target", ""),
    ("list_meetings", "/v1/meetings?school_id={school}", ""),
    (
        "offer_meeting",
        "/v1/meetings",
        r#"{"about":{"school_id":{school},"pupil_id":{pupil}},"kind":"informal","offer":{"day":"2026-11-18","at":"15:30:00","place":"Hall"}}"#,
    ),
    ("read_meeting", "/v1/meetings/{meeting}", ""),
    (
        "rearrange_meeting",
        "/v1/meetings/{meeting}/arrangement",
        r#"{"offer":{"day":"2026-11-18","at":"15:30:00","place":"Hall"},"reason":"Ill"}"#,
    ),
    ("record_attendance", "/v1/meetings/{meeting}/attendance", r#"{"others":["Head"]}"#),
    ("note_meeting", "/v1/meetings/{meeting}/notes", r#"{"said":{"notes":"Calm"}}"#),
    ("list_plans", "/v1/plans?school_id={school}", ""),
    (
        "make_plan",
        "/v1/plans",
        r#"{"about":{"school_id":{school},"pupil_id":{pupil}},"kind":"action_plan","basis":{"sent_anyway":true},"items":[{"what":"Bus","who":"Jo"}]}"#,
    ),
    ("read_plan", "/v1/plans/{plan}", ""),
    ("deliver_plan", "/v1/plans/{plan}/delivery", r#"{"day":"2026-11-18","how":"By hand"}"#),
    ("review_plan", "/v1/plans/{plan}/reviews", r#"{"says":"On time","done":[0]}"#),
    ("list_visits", "/v1/visits?school_id={school}", ""),
    (
        "record_visit",
        "/v1/visits",
        r#"{"about":{"school_id":{school},"pupil_id":{pupil}},"day":"2026-11-18","visit":{"made":false,"says":"They moved"}}"#,
    ),
    ("read_visit", "/v1/visits/{visit}", ""),
    ("list_monitoring_periods", "/v1/monitoring-periods?school_id={school}", ""),
    (
        "request_period",
        "/v1/monitoring-periods",
        r#"{"about":{"school_id":{school},"pupil_id":{pupil}},"asked":"LAAO","why":"Agreed"}"#,
    ),
    ("read_period", "/v1/monitoring-periods/{period}", ""),
    ("answer_period", "/v1/monitoring-periods/{period}/answer", r#"{"gaps":["visits"]}"#),
    ("read_readiness", "/v1/cases/{case}/readiness", ""),
    ("list_referrals", "/v1/referrals?school_id={school}", ""),
    (
        "prepare_referral",
        "/v1/referrals",
        r#"{"about":{"school_id":{school},"pupil_id":{pupil}},"to":"ewo","name":"Mrs Day","why":"Agreed"}"#,
    ),
    ("read_referral", "/v1/referrals/{referral}", ""),
    (
        "progress_referral",
        "/v1/referrals/{referral}/progress",
        r#"{"state":"sent","day":"2026-11-18","says":"By post"}"#,
    ),
    ("notices_of_pupil", "/v1/pupils/{pupil}/notices", ""),
    (
        "propose_notice",
        "/v1/pupils/{pupil}/notices",
        r#"{"parent_id":{parent},"school_id":{school},"reason":"Known"}"#,
    ),
    ("list_notices", "/v1/notices?school_id={school}", ""),
    ("read_notice", "/v1/notices/{notice}", ""),
    (
        "decide_notice",
        "/v1/notices/{notice}/decision",
        r#"{"state":"waived","day":"2026-11-18","says":"Support first"}"#,
    ),
    ("list_letters", "/v1/letters?school_id={school}", ""),
    ("read_letter", "/v1/letters/{letter}", ""),
    ("record_sent", "/v1/letters/{letter}/sent", r#"{"on":"2026-11-18","how":"By post"}"#),
    ("decide_letter", "/v1/letters/{letter}/decision", r#"{"decide":"withdraw","reason":"Known"}"#),
    ("stop_letters", "/v1/pupils/{pupil}/letters/stop", r#"{"stopped":true,"reason":"Known"}"#),
    ("list_actions", "/v1/actions?school_id={school}", ""),
    (
        "reassign_actions",
        "/v1/actions/reassignments",
        r#"{"school_id":{school},"from":{"role":"Nobody"},"to":{"role":"Somebody"},"reason":"Ill"}"#,
    ),
    ("read_action", "/v1/actions/{action}", ""),
    ("give_evidence", "/v1/actions/{action}/evidence", r#"{"says":"Rang","done":true}"#),
    ("pupil_broken_weeks", "/v1/pupils/{pupil}/broken-weeks", ""),
    ("school_broken_weeks", "/v1/schools/{school}/reports/broken-weeks?review_id={review}", ""),
    ("at_risk", "/v1/schools/{school}/reports/at-risk", ""),
    ("declined", "/v1/schools/{school}/reports/declined", ""),
    ("slt_list", "/v1/schools/{school}/reports/slt", ""),
    ("safeguarding_list", "/v1/schools/{school}/reports/safeguarding", ""),
    ("governors_summary", "/v1/schools/{school}/reports/governors", ""),
    ("class_figures", "/v1/schools/{school}/reports/classes", ""),
    ("log_export", "/v1/schools/{school}/reports/log", ""),
    ("attendance_return", "/v1/schools/{school}/returns/attendance", ""),
    ("sickness_return", "/v1/schools/{school}/returns/sickness", ""),
    ("new_pupil_return", "/v1/schools/{school}/returns/new-pupils", ""),
    ("deletion_return", "/v1/schools/{school}/returns/deletions", ""),
    ("job_events", "/v1/jobs/{import}/events", ""),
    ("list_schedules", "/v1/schedules?school_id={school}", ""),
    ("list_runs", "/v1/runs?school_id={school}", ""),
    ("read_run", "/v1/runs/{run}", ""),
    ("run_events", "/v1/runs/{run}/events", ""),
    ("retry_run", "/v1/runs/{run}/retry", ""),
    ("trend", "/v1/analytics/trend?schools={school}&classes={class}", ""),
    ("compare", "/v1/analytics/compare?schools={school}", ""),
    ("completeness", "/v1/analytics/completeness?schools={school}&classes={class}", ""),
    ("explain", "/v1/analytics/explain?schools={school}&classes={class}", ""),
];

/// The things of a prepared world that a call can name: the schools first. `annex` is a second school to move to, `twin`
/// a second record of the pupil; `absentee` a pupil with a case.
const THINGS: [&str; 25] = [
    "school",
    "annex",
    "class",
    "annex_class",
    "pupil",
    "twin",
    "absentee",
    "enrolment",
    "parent",
    "report",
    "leave",
    "staff",
    "import",
    "upload",
    "run",
    "review",
    "case",
    "letter",
    "action",
    "meeting",
    "plan",
    "visit",
    "period",
    "referral",
    "notice",
];

/// A school and its annex, with one of everything.
pub struct World {
    urn: String,
    ids: [i32; THINGS.len()],
}

impl World {
    pub fn prepare(app: &TestApp, trust: i32, number: u32) -> Self {
        let admin = &app.client("trust_admin", trust);
        let school = build::school(admin, number, "primary");
        let annex = build::school(admin, number + 50, "primary");
        let class = build::class(admin, school, "6A");
        let annex_class = build::class(admin, annex, "6A");
        let pupil = pupil(admin, school, class, number);
        let twin = unenrolled(admin, school, number + 500, "2015-03-14");
        let enrolments = admin.get(&format!("/v1/enrolments?pupil_id={pupil}")).expect(200);
        let enrolment = id(&enrolments["items"][0], "enrolment_id");
        let register = format!("/v1/classes/{class}/registers/2026-11-18/AM");
        admin.put(&register, &marks(&[(pupil, "/")])).expect(200);
        let urn = format!("9{number:05}");
        let query = format!("kind=pupils&school_id={school}&file_name={urn}.csv");
        // It says what is known already.
        let row =
            format!("{},Surname{number},Forename{number},2015-03-14,6,6A,2026-09-02", upn(number));
        let file = format!("upn,surname,forename,birth_date,year_group,class,first_day\n{row}\n");
        let import = admin.import(&query, file.as_bytes());
        admin.take_back(&import);
        let import = id(&import, "import_id");
        let begun = admin.send("POST", &format!("/v1/uploads?school_id={school}"), &[], None);
        let upload = id(&begun.expect(201), "upload_id");
        let run = a_run(&app.database, trust, school, "failed").try_into().unwrap();
        let [absentee, review, case, letter, action] = case(admin, school, number);
        let parent = json!({ "person": { "surname": "A", "language": "en" }, "link": { "relationship": "father", "priority": 2 } });
        let parent = admin.post(&format!("/v1/pupils/{pupil}/parents"), &parent).expect(201);
        let parent = id(&parent, "parent_id");
        let [meeting, plan, visit, period, referral, notice] =
            beside_a_case(admin, school, pupil, parent);
        let [report, leave] = told(admin, school, absentee);
        let staff = json!({ "person": { "name": "Jo" }, "school_ids": [school] });
        let staff = id(&admin.post("/v1/staff", &staff).expect(201), "staff_id");
        let ids = [
            school,
            annex,
            class,
            annex_class,
            pupil,
            twin,
            absentee,
            enrolment,
            parent,
            report,
            leave,
            staff,
            import,
            upload,
            run,
            review,
            case,
            letter,
            action,
            meeting,
            plan,
            visit,
            period,
            referral,
            notice,
        ];
        Self { urn, ids }
    }

    /// The schools of a token for this world's schools alone.
    fn school(&self) -> &[i32] {
        &self.ids[..2]
    }

    /// This world, but for one thing, which is the other world's.
    fn with_foreign(&self, other: &World, thing: usize) -> World {
        let mut ids = self.ids;
        ids[thing] = other.ids[thing];
        World { urn: self.urn.clone(), ids }
    }
}

/// An absence that was reported, and leave that was asked for.
fn told(admin: &Client, school: i32, pupil: i32) -> [i32; 2] {
    let report = json!({ "pupil_id": pupil, "first_day": "2026-11-18", "reason": "A cold", "reported_by": "Mother" });
    let report =
        admin.post(&format!("/v1/schools/{school}/reported-absences"), &report).expect(201);
    let leave = json!({
        "pupil_id": pupil, "first_day": "2026-11-19", "last_day": "2026-11-19", "reason": "A wedding", "requested_by": "Father",
    });
    let leave = admin.post(&format!("/v1/schools/{school}/leave-requests"), &leave).expect(201);
    [id(&report, "report_id"), id(&leave, "leave_id")]
}

/// A review of the school, the case of a pupil that it opened, and a letter and an action that came of it.
fn case(admin: &Client, school: i32, number: u32) -> [i32; 5] {
    let policy = json!({ "policy": "improvement-process" });
    admin.put(&format!("/v1/schools/{school}/policy/pathway/2000-01-01"), &policy).expect(200);
    let number = number + 500_000;
    let other = build::class(admin, school, "6Z");
    let absentee = pupil(admin, school, other, number);
    send_marks(admin, school, &[number], ("2026-09-02", "2026-10-23"), |_, _| Some("O"));
    let review = admin.post(&format!("/v1/schools/{school}/reviews/2026-10-23"), &json!({}));
    let review = id(&review.expect(201), "review_id");
    let items = admin.get(&format!("/v1/reviews/{review}/items?state=proposed")).expect(200);
    let body = json!({ "decisions": [{ "item": items["items"][0]["item"], "decide": "send" }] });
    admin.post(&format!("/v1/reviews/{review}/decisions"), &body).expect(207);
    let cases = admin.get(&format!("/v1/cases?school_id={school}")).expect(200);
    let case = id(&cases["items"][0], "case_id");
    // The parents came to the meeting of Stage 3, so that a target runs.
    let body = json!({ "outcome": "a person decides otherwise", "to": "Stage 3, meeting", "reason": "Known" });
    admin.post(&format!("/v1/cases/{case}/outcomes"), &body).expect(200);
    let body = json!({ "outcome": "attended" });
    admin.post(&format!("/v1/cases/{case}/outcomes"), &body).expect(200);
    let actions = admin.get(&format!("/v1/actions?school_id={school}")).expect(200);
    let letters = admin.get(&format!("/v1/letters?school_id={school}")).expect(200);
    [
        absentee,
        review,
        case,
        id(&letters["items"][0], "letter_id"),
        id(&actions["items"][0], "action_id"),
    ]
}

/// A meeting, a plan, a visit, a monitoring period, a referral and a penalty notice.
fn beside_a_case(admin: &Client, school: i32, pupil: i32, parent: i32) -> [i32; 6] {
    let things =
        ["offer_meeting", "make_plan", "record_visit", "request_period", "prepare_referral"];
    let [meeting, plan, visit, period, referral] = things.map(|operation| {
        let (_, path, body) = CALLS.iter().find(|call| call.0 == operation).expect("a call");
        let body =
            body.replace("{school}", &school.to_string()).replace("{pupil}", &pupil.to_string());
        let body: Value = serde_json::from_str(&body).unwrap();
        let thing = admin.post(path, &body).expect(201);
        id(thing.get("meeting").unwrap_or(&thing), "record_id")
    });
    let notice = json!({ "parent_id": parent, "school_id": school, "reason": "Known" });
    let notice = admin.post(&format!("/v1/pupils/{pupil}/notices"), &notice).expect(201);
    [meeting, plan, visit, period, referral, id(&notice, "notice_id")]
}

/// An operation of the document, and how it is called.
pub struct Operation {
    pub id: String,
    pub method: &'static str,
    pub template: String,
    pub permission: Option<String>,
    path: &'static str,
    body: &'static str,
}

impl Operation {
    /// Whether the call names a thing of the world: only then can it be somebody else's.
    fn names(&self, thing: &str) -> bool {
        let name = format!("{{{thing}}}");
        self.path.contains(&name) || self.body.contains(&name)
    }

    fn names_anything(&self) -> bool {
        THINGS.iter().any(|thing| self.names(thing))
    }

    pub fn call(&self, client: &Client, world: &World, fresh: &mut u32) -> Answer {
        *fresh += 1;
        let day = chrono::NaiveDate::default() + chrono::Days::new((*fresh + 13_000).into());
        // After every mark that a call of another operation makes.
        let later = chrono::NaiveDate::from_ymd_opt(2026, 11, 19).expect("a day");
        let later = later + chrono::Days::new((*fresh % 200).into());
        let fill = |text: &str| {
            let known = THINGS.iter().zip(world.ids);
            known
                .fold(text.to_owned(), |text, (thing, id)| {
                    text.replace(&format!("{{{thing}}}"), &id.to_string())
                })
                .replace("{fresh}", &fresh.to_string())
                .replace("{urn}", &format!("8{fresh:05}"))
                .replace("{upn}", &upn(1000 + *fresh))
                .replace("{day}", &day.to_string())
                .replace("{later}", &later.to_string())
                .replace("{calendar}", &calendar().to_string())
                .replace("{policy}", &policy("one-page").to_string())
        };
        let body = fill(self.body);
        let media = if body.starts_with('{') { "application/json" } else { "text/csv" };
        let body = (!body.is_empty()).then(|| body.into_bytes());
        client.send(self.method, &fill(self.path), &[("content-type", media)], body)
    }
}

/// Every operation of the document, each with its line of [`CALLS`].
pub fn every_operation() -> Vec<Operation> {
    let document = Document::new();
    let mut all = Vec::new();
    for (template, item) in &document.openapi.paths.paths {
        for (method, operation) in operations(item) {
            let id = operation.operation_id.clone().expect("an operation id");
            let call = CALLS.iter().find(|call| call.0 == id);
            let (_, path, body) =
                call.unwrap_or_else(|| panic!("CALLS does not say how to call {id}"));
            let permission = api::openapi::permission(operation);
            all.push(Operation { id, method, template: template.clone(), permission, path, body });
        }
    }
    all
}

/// A role that holds a permission: one of a school if there is one.
pub fn holder<'a>(roles: &'a Roles, permission: &str) -> &'a Role {
    let mut holders: Vec<&Role> =
        roles.roles().iter().filter(|role| role.permissions.contains(permission)).collect();
    holders.sort_by_key(|role| role.level != Level::School);
    holders[0]
}

/// Asserts that a refusal names what is missing, and gives the other answers' success.
fn may(operation: &Operation, answer: &Answer) -> bool {
    if answer.status == 403 {
        assert_eq!(answer.problem(403), "forbidden");
        let missing = operation.permission.clone().map_or(Value::Null, Value::from);
        assert_eq!(answer.body["permission"], missing, "{}", operation.id);
        return false;
    }
    assert!((200..300).contains(&answer.status), "{}: {}", operation.id, answer.text);
    true
}

#[test]
fn the_table_of_calls_names_the_operations_of_the_document_and_no_others() {
    let called: Vec<String> = every_operation().into_iter().map(|operation| operation.id).collect();
    let listed: BTreeSet<&str> = CALLS.iter().map(|call| call.0).collect();
    assert_eq!(listed.len(), CALLS.len(), "an operation stands twice in CALLS");
    let unknown: Vec<_> = listed.iter().filter(|id| !called.iter().any(|c| c == *id)).collect();
    assert!(unknown.is_empty(), "not in the document: {unknown:?}");
}

#[test]
fn the_permissions_that_handlers_ask_for_are_those_of_the_roles() {
    let roles = Roles::built_in().unwrap();
    let described: BTreeSet<&str> = roles.permissions().map(|(name, _)| name).collect();
    assert_eq!(permission::ALL.iter().copied().collect::<BTreeSet<_>>(), described);
    let asked: BTreeSet<String> =
        every_operation().into_iter().filter_map(|operation| operation.permission).collect();
    assert!(asked.iter().all(|name| described.contains(name.as_str())), "{asked:?}");
}

#[test]
fn every_operation_answers_everybody_as_the_roles_say() {
    api::operation::install_metrics();
    let app = TestApp::start();
    let (ours, theirs) = (app.sandbox("Larkrise"), app.trust("Candleford"));
    let world = World::prepare(&app, ours, 1);
    let neighbour = World::prepare(&app, ours, 2);
    let roles = Roles::built_in().unwrap();
    let mut matrix = vec![head(&roles)];
    let mut fresh = 0;
    for operation in every_operation() {
        let mut row = vec![
            operation.method.to_owned(),
            operation.template.clone(),
            operation.permission.clone().unwrap_or_else(|| "(open)".to_owned()),
        ];
        let mut call = |client: &Client| operation.call(client, &world, &mut fresh);
        let nobody = call(&app.client_of(""));
        if operation.permission.is_some() {
            assert_eq!(nobody.problem(401), "unauthenticated", "{}", operation.id);
            assert_eq!(nobody.header("www-authenticate"), Some("Bearer"));
        }
        row.push(yes(nobody.status != 401 && may(&operation, &nobody)));
        for role in roles.roles() {
            let may = may(&operation, &call(&app.client(&role.name, ours)));
            let expected =
                operation.permission.as_ref().is_none_or(|p| roles.allows(&role.name, p));
            assert_eq!(may, expected, "{} as {}", operation.id, role.name);
            row.push(yes(may));
        }
        let holder = operation.permission.as_ref().map(|name| holder(&roles, name));
        match holder.filter(|role| role.level != Level::Platform) {
            None => row.extend(["-".to_owned(), "-".to_owned(), "-".to_owned()]),
            Some(role) => {
                let own = call(&app.school_client(&role.name, ours, world.school()));
                row.push(yes(may(&operation, &own)));
                let other = call(&app.school_client(&role.name, ours, neighbour.school()));
                let foreign = call(&app.client(&role.name, theirs));
                row.extend(
                    [other, foreign].map(|answer| from_outside(&operation, &world, &answer)),
                );
            }
        }
        matrix.push(row);
    }
    compare_with_committed(&text(&matrix));
}

fn yes(may: bool) -> String {
    if may { "yes" } else { "no" }.to_owned()
}

/// What somebody learns whose token does not cover the world. `-`: the operation names nothing in it.
fn from_outside(operation: &Operation, world: &World, answer: &Answer) -> String {
    assert!(!answer.text.contains(&world.urn), "{}: {}", operation.id, answer.text);
    if operation.names_anything() { answer.status.to_string() } else { "-".to_owned() }
}

fn head(roles: &Roles) -> Vec<String> {
    let outside = ["own_school", "other_school", "other_trust"];
    let roles = roles.roles().iter().map(|role| role.name.as_str());
    let columns = ["method", "path", "permission", "nobody"].into_iter().chain(roles);
    columns.chain(outside).map(str::to_owned).collect()
}

/// The matrix with aligned columns.
fn text(matrix: &[Vec<String>]) -> String {
    let width = |column: usize| matrix.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..matrix[0].len()).map(width).collect();
    let mut text = "# Who may call what, as found by calling every operation. `make update` writes this file.\n\
        # A role's column: its token for the whole trust. own_school: a token for those schools alone, of a role\n\
        # that holds the permission; other_school, other_trust: the same without a view of the school, and what\n\
        # it is answered (-: the operation names nothing that could be somebody else's).\n"
        .to_owned();
    for row in matrix {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let _ = writeln!(text, "{}", cells.collect::<Vec<_>>().join(" ").trim_end());
    }
    text
}

fn compare_with_committed(found: &str) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/authz.txt");
    if std::env::var_os("ROLLCALL_UPDATE").is_some() {
        std::fs::write(file, found).unwrap();
    }
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    assert_eq!(found, committed, "if this is meant, write {file} anew with `make update`");
}

#[test]
fn one_id_of_another_trust_or_school_is_not_found_and_nothing_is_written() {
    let app = TestApp::start();
    let (ours, theirs) = (app.trust("Larkrise"), app.trust("Candleford"));
    let world = World::prepare(&app, ours, 1);
    let neighbour = World::prepare(&app, ours, 2);
    let stranger = World::prepare(&app, theirs, 3);
    let roles = Roles::built_in().unwrap();
    let before = Sql::of(&app.database).everything();
    let mut fresh = 0;
    for operation in every_operation() {
        let Some(permission) = &operation.permission else { continue };
        let role = &holder(&roles, permission).name;
        let trust = app.client(role, ours);
        let school = app.school_client(role, ours, world.school());
        for (thing, name) in THINGS.iter().enumerate().filter(|(_, thing)| operation.names(thing)) {
            for (client, other) in
                [(&trust, &stranger), (&school, &stranger), (&school, &neighbour)]
            {
                let world = world.with_foreign(other, thing);
                let answer = operation.call(client, &world, &mut fresh);
                assert_eq!(answer.problem(404), "not-found", "{} {name}", operation.id);
            }
        }
    }
    assert!(fresh > 60, "{fresh} calls");
    assert_eq!(Sql::of(&app.database).everything(), before);
}

#[test]
fn a_token_that_lists_another_trusts_school_sees_nothing_of_it() {
    let app = TestApp::start();
    let (ours, theirs) = (app.trust("Larkrise"), app.trust("Candleford"));
    let stranger = World::prepare(&app, theirs, 1);
    let roles = Roles::built_in().unwrap();
    let mut fresh = 0;
    for operation in every_operation().iter().filter(|operation| operation.names_anything()) {
        let role = holder(&roles, operation.permission.as_deref().unwrap());
        let client = app.school_client(&role.name, ours, stranger.school());
        assert_eq!(operation.call(&client, &stranger, &mut fresh).status, 404, "{}", operation.id);
    }
}

//! A world with one of everything that a call can name.

use serde_json::{Value, json};

use super::calls::CALLS;
use crate::support::app::{Client, TestApp};
use crate::support::build::{self, id, marks, pupil, unenrolled, upn};
use crate::support::run::a_run;
use crate::support::sql::Sql;
use crate::support::weeks::send_marks;

/// The things of a prepared world that a call can name: the schools first. `annex` is a second school to move to, `twin`
/// a second record of the pupil; `absentee` a pupil with a case.
pub const THINGS: [&str; 34] = [
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
    "client",
    "former_client",
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
    "conversation",
    "paper",
    "file",
    "notice",
    "message",
    "draw",
    "award",
    "adjustment",
];

/// A school and its annex, with one of everything.
pub struct World {
    pub urn: String,
    /// What opens the draw to everybody, and to its governor.
    pub link: String,
    pub invitation: String,
    /// The identifier of the client, and its secret.
    pub comes_in: (String, String),
    pub ids: [i32; THINGS.len()],
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
        let import = import_taken_back(admin, school, number);
        let begun = admin.send("POST", &format!("/v1/uploads?school_id={school}"), &[], None);
        let upload = id(&begun.expect(201), "upload_id");
        let run = a_run(&app.database, trust, school, "failed").try_into().unwrap();
        let [absentee, review, case, letter, action] = case(admin, school, number);
        let parent = json!({ "person": { "surname": "A", "language": "en" }, "link": { "relationship": "father", "priority": 2 } });
        let parent = admin.post(&format!("/v1/pupils/{pupil}/parents"), &parent).expect(201);
        let parent = id(&parent, "parent_id");
        let [meeting, plan, visit, period, referral, conversation, paper, file, notice] =
            beside_a_case(admin, school, pupil, parent);
        let [report, leave, message] = told(admin, school, absentee);
        let staff = json!({ "person": { "name": "Jo" }, "school_ids": [school] });
        let staff = id(&admin.post("/v1/staff", &staff).expect(201), "staff_id");
        let (draw, link, invitation) = draw(admin, school);
        let [award, adjustment] = rewarded(app, admin, (trust, school, pupil));
        let (client, comes_in) = client_of(admin, school);
        let (former_client, _) = client_of(admin, school);
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
            client,
            former_client,
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
            conversation,
            paper,
            file,
            notice,
            message,
            draw,
            award,
            adjustment,
        ];
        Self { urn, link, invitation, comes_in, ids }
    }

    /// The schools of a token for this world's schools alone.
    pub fn school(&self) -> &[i32] {
        &self.ids[..2]
    }

    /// This world, but for one thing, which is the other world's.
    pub fn with_foreign(&self, other: &World, thing: usize) -> World {
        let mut ids = self.ids;
        ids[thing] = other.ids[thing];
        World {
            urn: self.urn.clone(),
            link: self.link.clone(),
            invitation: self.invitation.clone(),
            comes_in: self.comes_in.clone(),
            ids,
        }
    }
}

/// An import that says what is known already, and was taken back.
fn import_taken_back(admin: &Client, school: i32, number: u32) -> i32 {
    let query = format!("kind=pupils&school_id={school}&file_name=9{number:05}.csv");
    let row =
        format!("{},Surname{number},Forename{number},2015-03-14,6,6A,2026-09-02", upn(number));
    let file = format!("upn,surname,forename,birth_date,year_group,class,first_day\n{row}\n");
    let import = admin.import(&query, file.as_bytes());
    admin.take_back(&import);
    id(&import, "import_id")
}

/// A certificate that is earned, and an adjustment of what earns one.
fn rewarded(app: &TestApp, admin: &Client, (trust, school, pupil): (i32, i32, i32)) -> [i32; 2] {
    let mut sql = Sql::of(&app.database);
    sql.run(&format!(
        "INSERT INTO award (trust_id, school_id, policy, policy_version, policy_row, rule, part, period, from_day, to_day, \
             kind, what, pupil_id, attended, possible, recorded_at) \
             VALUES ({trust}, {school}, 'strategy', 1, 'S-13', 'S-13', 0, '2026/term-1', '2026-09-02', '2026-12-15', \
             'certificate', 'certificate for 95% or more', {pupil}, 10, 10, '2026-11-16T09:00:00Z'); \
         INSERT INTO award_event (trust_id, school_id, award_id, seq, state, recorded_at, recorded_by) \
             SELECT trust_id, school_id, award_id, 1, 'earned', recorded_at, 'clockwork' FROM award \
             WHERE trust_id = {trust} AND school_id = {school}"
    ));
    let award = sql.number(&format!(
        "SELECT award_id FROM award WHERE trust_id = {trust} AND school_id = {school}"
    ));
    let body = json!({ "school_id": school, "codes": ["I"], "from": "2026-11-16", "to": "2026-11-17", "reason": "Illness" });
    let made = admin.post(&format!("/v1/pupils/{pupil}/reward-adjustments"), &body).expect(201);
    [award.try_into().unwrap(), id(&made, "adjustment_id")]
}

/// A prize draw by two secrets, what opens it to everybody, and to the governor.
fn draw(admin: &Client, school: i32) -> (i32, String, String) {
    let follows = json!({ "policy": "strategy", "answers": { "target": "96%" } });
    admin.put(&format!("/v1/schools/{school}/policy/rewards/2026-09-01"), &follows).expect(200);
    let new = json!({
        "school_id": school, "prize": "the termly prize", "period": "2026/term-1", "mode": "two secrets",
    });
    let draw = admin.post("/v1/draws", &new).expect(201);
    let invited = format!("/v1/draws/{}/invitation", draw["draw_id"]);
    let invited = admin.post(&invited, &json!({})).expect(201);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (_, link) = draw["receipt_link"].as_str().unwrap().split_once("link=").unwrap();
    (id(&draw, "draw_id"), link.to_owned(), text(&invited["invitation"]))
}

/// A client of the school, with its identifier and its secret.
fn client_of(admin: &Client, school: i32) -> (i32, (String, String)) {
    let (_, path, body) = CALLS.iter().find(|call| call.0 == "create_client").expect("a call");
    let body: Value = serde_json::from_str(&body.replace("{school}", &school.to_string())).unwrap();
    let made = admin.post(path, &body).expect(201);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let comes_in = (text(&made["client"]["identifier"]), text(&made["secret"]));
    (id(&made["client"], "client_id"), comes_in)
}

/// An absence that was reported, leave that was asked for, and a message about a visit in vain.
fn told(admin: &Client, school: i32, pupil: i32) -> [i32; 3] {
    let report = json!({ "pupil_id": pupil, "first_day": "2026-11-18", "reason": "A cold", "reported_by": "Mother" });
    let report =
        admin.post(&format!("/v1/schools/{school}/reported-absences"), &report).expect(201);
    let leave = json!({
        "pupil_id": pupil, "first_day": "2026-11-19", "last_day": "2026-11-19", "reason": "A wedding", "requested_by": "Father",
    });
    let leave = admin.post(&format!("/v1/schools/{school}/leave-requests"), &leave).expect(201);
    let visit = json!({ "pupil_ids": [pupil], "whom": "Aunt", "kind": "visit", "reached": false });
    admin.post(&format!("/v1/schools/{school}/contacts/2026-11-17/attempts"), &visit).expect(201);
    let messages =
        admin.get(&format!("/v1/messages?school_id={school}&kind=safeguarding")).expect(200);
    let message = id(&messages["items"][0], "message_id");
    [id(&report, "report_id"), id(&leave, "leave_id"), message]
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
    // Letters about the absentee are stopped for a while, so that one is held.
    let stop = |stopped: bool| {
        let body = json!({ "stopped": stopped, "reason": "Known" });
        admin.post(&format!("/v1/pupils/{absentee}/letters/stop"), &body).expect(200);
    };
    stop(true);
    let body = json!({ "decisions": [{ "item": items["items"][0]["item"], "decide": "send" }] });
    admin.post(&format!("/v1/reviews/{review}/decisions"), &body).expect(207);
    let cases = admin.get(&format!("/v1/cases?school_id={school}")).expect(200);
    let case = id(&cases["items"][0], "case_id");
    // The parents came to the meeting of Stage 3, so that a target runs.
    let body = json!({ "outcome": "a person decides otherwise", "to": "Stage 3, meeting", "reason": "Known" });
    admin.post(&format!("/v1/cases/{case}/outcomes"), &body).expect(200);
    let body = json!({ "outcome": "attended" });
    admin.post(&format!("/v1/cases/{case}/outcomes"), &body).expect(200);
    stop(false);
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

/// A meeting, a plan, a visit, a monitoring period, a referral, a conversation, what the authority sent, a case file and a
/// penalty notice.
fn beside_a_case(admin: &Client, school: i32, pupil: i32, parent: i32) -> [i32; 9] {
    let things = [
        "offer_meeting",
        "make_plan",
        "record_visit",
        "request_period",
        "prepare_referral",
        "record_conversation",
        "record_received",
        "prepare_case_file",
    ];
    let [meeting, plan, visit, period, referral, conversation, paper, file] =
        things.map(|operation| {
            let (_, path, body) = CALLS.iter().find(|call| call.0 == operation).expect("a call");
            let body = body
                .replace("{school}", &school.to_string())
                .replace("{pupil}", &pupil.to_string());
            let body: Value = serde_json::from_str(&body).unwrap();
            let thing = admin.post(path, &body).expect(201);
            id(thing.get("meeting").unwrap_or(&thing), "record_id")
        });
    let notice = json!({ "parent_id": parent, "school_id": school, "reason": "Known" });
    let notice = admin.post(&format!("/v1/pupils/{pupil}/notices"), &notice).expect(201);
    let notice = id(&notice, "notice_id");
    [meeting, plan, visit, period, referral, conversation, paper, file, notice]
}

//! A term of rewards over HTTP and the clock, held against what plain code finds in the marks.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde_json::{Value, json};

use crate::support::app::{Client, Start};
use crate::support::office::Office;
use crate::support::run::wait_until;
use crate::support::weeks::{send_marks, story_calendar};

/// What stands for a pupil on the school day of that number from 2 September; present when nothing does.
fn mark(pupil: u32, day: usize) -> Option<&'static str> {
    match (pupil, day) {
        // Ill for three days in the second week.
        (2, 4..=6) => Some("I"),
        // At the dentist's, which is neutral.
        (3, 5) => Some("M"),
        // Away now and then, and often.
        (5, day) if day % 9 == 0 => Some("I"),
        (6, day) if day % 4 == 0 => Some("O"),
        // A reason that nobody knows yet.
        (4, 7) => Some("N"),
        _ => None,
    }
}

const PUPILS: [u32; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

/// The school days from 2 September to a day, in order.
fn school_days(to: NaiveDate) -> Vec<NaiveDate> {
    let calendar = story_calendar();
    let days = date("2026-09-02").iter_days().take_while(|day| *day <= to);
    days.filter(|day| calendar.is_school_day(*day)).collect()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The weeks up to a day in which a pupil missed nothing, by their keys.
fn full_weeks(
    pupil: u32,
    to: NaiveDate,
    marked: &dyn Fn(u32, usize) -> Option<&'static str>,
) -> Vec<String> {
    let mut weeks: BTreeMap<NaiveDate, bool> = BTreeMap::new();
    for (number, day) in school_days(to).into_iter().enumerate() {
        let monday = day - Days::new(day.weekday().num_days_from_monday().into());
        let missed = marked(pupil, number).is_some_and(|mark| mark != "M");
        *weeks.entry(monday).or_insert(true) &= !missed;
    }
    let key = |monday: NaiveDate| {
        format!("2026/{}-W{:02}", monday.iso_week().year(), monday.iso_week().week())
    };
    weeks.into_iter().filter(|(_, full)| *full).map(|(monday, _)| key(monday)).collect()
}

struct Term {
    office: Office,
    admin: Client,
}

impl Term {
    /// A school that follows the strategy with its rewards since Friday 11 September, ten o'clock; its marks have come in.
    fn begins() -> Self {
        let answers = json!({ "policy": "strategy", "answers": { "target": "96%" } });
        let office = Office::started(Start::default(), &answers, 8);
        office.on("2026-09-11");
        send_marks(&office.lead, office.school, &PUPILS, ("2026-09-02", "2026-09-11"), mark);
        let admin = office.app.client("trust_admin", 1);
        let place = format!("/v1/schools/{}/policy/rewards/2026-09-01", office.school);
        admin.put(&place, &answers).expect(200);
        Self { office, admin }
    }

    fn all(&self, path: &str) -> Vec<Value> {
        self.office.lead.all(path, "")
    }

    /// Waits until the run of a period is done.
    fn judged(&self, kind: &str, period: &str) {
        let path = format!("/v1/runs?school_id={}", self.office.school);
        wait_until(&format!("{kind} {period}"), || {
            let of = |run: &Value| {
                run["kind"] == kind && run["period"].as_str().unwrap().starts_with(period)
            };
            let runs: Vec<Value> = self.all(&path).into_iter().filter(of).collect();
            !runs.is_empty() && runs.iter().all(|run| run["job"]["state"] == "done")
        });
    }

    /// The weeks for which a pupil has a ticket.
    fn tickets(&self, pupil: u32) -> Vec<String> {
        let id = self.office.pupil(pupil as usize);
        let all = self.all(&format!("/v1/tickets?pupil_id={id}"));
        let of = |one: &&Value| one["policy_row"] == "S-06" && one["state"] == "earned";
        all.iter().filter(of).map(|one| one["period"].as_str().unwrap().to_owned()).collect()
    }

    fn amends(&self, pupil: u32, day: &str, session: &str, mark: &str) {
        let path = format!("/v1/pupils/{}/marks/amendments", self.office.pupil(pupil as usize));
        let change = json!({ "date": day, "session": session, "mark": mark });
        let body = json!({ "school_id": self.office.school, "reason": "Told by the parents", "changes": [change] });
        self.office.lead.post(&path, &body).expect(201);
    }
}

#[test]
fn a_week_earns_tickets_and_what_comes_later_adds_and_takes_back() {
    let it = Term::begins();
    it.office.app.clock.set("2026-09-11T18:30:00Z");
    it.judged("reward", "2026/2026-W37");
    let week = "2026/2026-W37".to_owned();
    for pupil in PUPILS {
        let full = full_weeks(pupil, date("2026-09-11"), &mark).contains(&week);
        // The week before the school went live earns nothing by itself.
        let expected = if full { vec![week.clone()] } else { vec![] };
        assert_eq!(it.tickets(pupil), expected, "pupil {pupil}");
    }
    // A person has the week before judged, once its marks were imported.
    let issue = format!("/v1/schools/{}/rewards/issue", it.office.school);
    it.admin.post(&issue, &json!({ "period": "2026/2026-W36" })).expect(202);
    it.judged("reward", "2026/2026-W36");
    assert_eq!(it.tickets(1), ["2026/2026-W36", "2026/2026-W37"]);
    let early = it.admin.post(&issue, &json!({ "period": "2026/2026-W38" })).expect(409);
    assert!(early["detail"].as_str().unwrap().contains("2026-09-18"), "{early}");
    it.admin.post(&issue, &json!({ "period": "2026/2026-W99" })).expect(404);

    // What holds the fourth pupil is named, and nobody is listed for what they have not earned.
    let path =
        format!("/v1/rewards/eligibility?school_id={}&row=S-06&period=2026-W37", it.office.school);
    let row = it.office.lead.get(&path).expect(200)["schools"][0]["rows"][0].clone();
    assert_eq!(row["held"][0]["pupil_id"], it.office.pupil(4), "{row:#}");
    assert_eq!(row["held"][0]["missing"][0]["why"], "reason_unknown");
    assert_eq!(row["earned_count"], row["earned"].as_array().unwrap().len());
    it.office.lead.get(&path.replace("S-06", "S-99")).expect(404);

    // The reason becomes known, and a mark of the first pupil was wrong.
    let day = school_days(date("2026-09-11"))[7].to_string();
    it.amends(4, &day, "AM", "/");
    it.amends(4, &day, "PM", "\\");
    it.amends(1, "2026-09-10", "AM", "I");
    it.office.app.clock.set("2026-09-14T10:00:00Z");
    it.judged("reward_again", "2026/2026-09-14");
    assert_eq!(it.tickets(4), ["2026/2026-W36", "2026/2026-W37"]);
    assert_eq!(it.tickets(1), ["2026/2026-W36"]);
    let id = it.office.pupil(1);
    let back = it.all(&format!("/v1/tickets?pupil_id={id}&state=taken%20back"));
    assert_eq!(back[0]["period"], "2026/2026-W37", "{back:#?}");
    assert_eq!(back[0]["source"], "amendment");
}

#[test]
fn a_term_is_judged_at_its_cut_off_and_handed_over() {
    let it = Term::begins();
    it.office.on("2026-12-15");
    let to = ("2026-09-14", "2026-12-15");
    let known = |pupil: u32, day: usize| mark(pupil, day).filter(|mark| *mark != "N");
    // The days are numbered from the first of the file.
    send_marks(&it.office.lead, it.office.school, &PUPILS, to, |pupil, day| known(pupil, day + 8));
    it.judged("reward", "2026/");
    it.office.app.clock.set("2026-12-15T18:30:00Z");
    it.judged("reward", "2026/term-1");

    let last = date("2026-12-15");
    let days = school_days(last);
    assert_eq!(last.weekday(), Weekday::Tue, "three school days before the term's last");
    let school = it.office.school;
    let awards = it.all(&format!("/v1/awards?school_id={school}&period=2026/term-1"));
    for pupil in PUPILS {
        let id = it.office.pupil(pupil as usize);
        let counted: Vec<_> =
            (0..days.len()).filter(|day| mark(pupil, *day) != Some("M")).collect();
        let missed = counted.iter().filter(|day| mark(pupil, **day).is_some()).count();
        let (attended, possible) = (counted.len() - missed, counted.len());
        let of = |row: &str, state: &str| {
            let own = awards.iter().filter(|one| one["pupil_id"] == id && one["policy_row"] == row);
            own.filter(|one| one["state"] == state).count() > 0
        };
        let held = pupil == 4;
        assert_eq!(of("S-08", "earned"), missed == 0 && !held, "pupil {pupil}: the bear");
        assert_eq!(
            of("S-13", "earned"),
            attended * 100 >= possible * 95,
            "pupil {pupil}: {attended} of {possible}"
        );
        assert_eq!(of("S-08", "held"), held, "pupil {pupil}");
    }
    // The only class has the best attendance, where no mark is missing: its sentences name nobody.
    let praise = |period: &str| {
        let path = format!("/v1/rewards/praise?school_id={school}&period=2026/{period}");
        it.office.lead.get(&path).expect(200)
    };
    assert_eq!(praise("term-1")["sentences"], json!([]));
    let praise = praise("2026-W40");
    let says = praise["sentences"][0].as_str().unwrap();
    assert!(says.starts_with("6A had the best attendance from"), "{praise}");
    let holders =
        it.office.lead.get(&format!("/v1/rewards/holders?school_id={school}")).expect(200);
    assert!(holders["periods"].as_array().unwrap().len() > 3, "{holders:#}");

    is_handed_over(&it, &awards);
}

/// Everything of the first pupil is handed over in one call; what is held is not.
fn is_handed_over(it: &Term, awards: &[Value]) {
    let (id, school) = (it.office.pupil(1), it.office.school);
    let own = awards.iter().filter(|one| one["pupil_id"] == id || one["state"] == "held");
    let ids: Vec<&Value> = own.map(|one| &one["award_id"]).collect();
    let given = it.office.lead.post("/v1/given-awards", &json!({ "awards": ids })).expect(207);
    for one in given["results"].as_array().unwrap() {
        let expected = if one["now"]["pupil_id"] == id { 200 } else { 409 };
        assert_eq!(one["status"], expected, "{one:#}");
    }
    let letters = it.all(&format!("/v1/letters?school_id={school}"));
    assert!(letters.iter().any(|one| one["name"] == "letter-full"), "{letters:#?}");
    let certificate =
        awards.iter().find(|one| one["pupil_id"] == id && one["kind"] == "certificate").unwrap();
    let path = format!("/v1/awards/{}/certificate", certificate["award_id"]);
    let certificate = it.office.lead.get(&path).expect(200);
    assert!(certificate["text"].as_str().unwrap().contains("to 15 December 2026"), "{certificate}");
    let bear = awards.iter().find(|one| one["kind"] == "bear").unwrap();
    it.office.lead.get(&format!("/v1/awards/{}/certificate", bear["award_id"])).expect(409);
    it.office.lead.get(&format!("/v1/rewards/on-track?school_id={school}")).expect(409);
    it.office.lead.get("/v1/rewards/fairness?policy=nobody&year=2026").expect(404);
    let fair = it.office.lead.get("/v1/rewards/fairness?policy=strategy&year=2026").expect(200);
    // Eight pupils: everybody is told, and no group.
    let rows = fair["rows"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["groups"].as_array().unwrap().is_empty()), "{fair:#}");
}

//! Small files in both forms, files that are wrong in one place each, and files that are nothing at all.

mod stories;

use domain::{AcademicYear, ClosureKind, Session};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::published::{DatesNotice, DatesNoticeKind};
use super::{HoursOverTime, ProposedCalendar, propose, read_ics, read_json};
use base::problem::{Kind, Problem};

fn year(number: i16) -> AcademicYear {
    AcademicYear::new(number).unwrap()
}

fn from_ics(file: &str) -> Result<ProposedCalendar, Problem> {
    propose(year(2026), read_ics(file.as_bytes(), &HoursOverTime::default())?)
}

fn from_json(file: &Value) -> Result<ProposedCalendar, Problem> {
    propose(year(2026), read_json(&serde_json::to_vec(file).unwrap(), year(2026))?)
}

/// An event with its properties, a line each.
fn event(properties: &str) -> String {
    let lines = properties.lines().map(|line| line.trim().to_owned() + "\r\n").collect::<String>();
    format!("BEGIN:VEVENT\r\n{lines}END:VEVENT\r\n")
}

fn file(events: &[String]) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n", events.concat())
}

/// An event of whole days; its end is the day after.
fn days(summary: &str, from: &str, end: &str) -> String {
    event(&format!("SUMMARY:{summary}\nDTSTART;VALUE=DATE:{from}\nDTEND;VALUE=DATE:{end}"))
}

/// The holidays of 2026/27.
fn holidays() -> Vec<String> {
    vec![
        days("Elmshire: Summer holiday", "20260801", "20260901"),
        days("Elmshire: October half-term", "20261024", "20261102"),
        days("Elmshire: Christmas holiday", "20261219", "20270104"),
        days("Elmshire: February half-term", "20270213", "20270222"),
        days("Elmshire: Easter holiday", "20270326", "20270412"),
        days("Elmshire: May half-term", "20270529", "20270607"),
        days("Elmshire: Summer holiday", "20270722", "20270901"),
    ]
}

fn with(more: &[String]) -> String {
    file(&[holidays(), more.to_vec()].concat())
}

/// The same holidays in the other form.
fn published() -> Value {
    let holiday = |start, end, label| json!({ "start": start, "end": end, "label": label });
    json!({
        "school": "Elmshire", "source": "https://elmshire.example", "generated_at": "2026-04-11T13:16:25Z",
        "pd_days": [{ "date": "2026-09-01", "label": "INSET day" }],
        "academic_years": [{
            "name": "2026-27", "provisional": false, "bank_holidays": ["2027-05-03"],
            "school_holidays": [
                holiday("2026-08-01", "2026-08-31", "Summer holiday"),
                holiday("2026-10-24", "2026-11-01", "October half-term"),
                holiday("2026-12-19", "2027-01-03", "Christmas holiday"),
                holiday("2027-02-13", "2027-02-21", "February half-term"),
                holiday("2027-03-26", "2027-04-11", "Easter holiday"),
                holiday("2027-05-29", "2027-06-06", "May half-term"),
                holiday("2027-07-22", "2027-07-31", "Summer holiday"),
            ],
        }],
    })
}

/// The places and texts of the notices of a kind.
fn said(proposed: &ProposedCalendar, kind: DatesNoticeKind) -> Vec<(String, String)> {
    let place = |notice: &DatesNotice| notice.place.clone().unwrap_or_default();
    let of_kind = proposed.notices.iter().filter(|notice| notice.kind == kind);
    of_kind.map(|notice| (place(notice), notice.text.clone())).collect()
}

/// The one thing that was not understood.
#[track_caller]
fn left_out(proposed: &ProposedCalendar) -> (String, String) {
    let mut said = said(proposed, DatesNoticeKind::NotUnderstood);
    assert_eq!(said.len(), 1, "{said:?}");
    said.remove(0)
}

#[test]
fn both_forms_of_the_same_dates_make_the_same_calendar() {
    let ics = from_ics(&with(&[
        days("Elmshire: INSET day", "20260901", "20260902"),
        days("Elmshire: Bank holiday", "20270503", "20270504"),
    ]))
    .unwrap();
    let json = from_json(&published()).unwrap();
    assert_eq!(ics.calendar, json.calendar);
    assert_eq!((ics.notices, json.notices), (vec![], vec![]));

    let terms: Vec<_> = ics
        .calendar
        .terms
        .iter()
        .map(|term| {
            let half_term = term.half_term.unwrap();
            let days = [term.from, half_term.from, half_term.to, term.to];
            (term.name.as_str(), days.map(|day| day.to_string()).join(" "))
        })
        .collect();
    assert_eq!(
        terms,
        [
            ("Autumn term", "2026-09-01 2026-10-26 2026-10-30 2026-12-18".to_owned()),
            ("Spring term", "2027-01-04 2027-02-15 2027-02-19 2027-03-25".to_owned()),
            ("Summer term", "2027-04-12 2027-05-31 2027-06-04 2027-07-21".to_owned()),
        ]
    );
    let [inset] = &ics.calendar.closures[..] else { panic!("{:?}", ics.calendar.closures) };
    assert_eq!((inset.kind, inset.note.as_deref()), (ClosureKind::Inset, Some("INSET day")));
    // The days of each half term, counted on a wall calendar, less the day of training.
    assert_eq!(json.sessions, 2 * (39 + 35 + 30 + 24 + 34 + 33 - 1));
}

#[test]
fn a_list_of_the_days_of_school_alone_makes_it_too_and_says_what_it_took_for_what() {
    let listed: Vec<Value> = {
        let calendar = from_json(&published()).unwrap().calendar;
        let checked = super::super::calendar_of(year(2026), &calendar).unwrap();
        let all = year(2026).first_day().iter_days().take(365);
        let days = all.filter(|day| checked.is_school_day(*day) || day.to_string() == "2026-09-01");
        days.map(|day| json!({ "date": day.to_string(), "week": 1 })).collect()
    };
    let mut file = published();
    file["pd_days"] = json!([]);
    file["academic_years"][0]["school_holidays"] = json!([]);
    file["academic_years"][0]["dates"] = json!(listed);
    let proposed = from_json(&file).unwrap();
    let expected = from_json(&{
        let mut expected = published();
        expected["pd_days"] = json!([]);
        expected
    });
    assert_eq!(proposed.calendar, expected.unwrap().calendar);
    assert_eq!(proposed.sessions, 2 * u32::try_from(listed.len()).unwrap());
    let assumed = said(&proposed, DatesNoticeKind::Assumed);
    assert_eq!(assumed.len(), 5, "{assumed:?}");
    assert!(assumed[0].1.ends_with("to 2026-11-01 is taken for a half-term break."));
    assert!(assumed[1].1.ends_with("to 2027-01-03 is taken for the break between two terms."));

    // A day that is missing is a closure; one that should not be there contradicts the holidays.
    file["academic_years"][0]["dates"].as_array_mut().unwrap().remove(3);
    let proposed = from_json(&file).unwrap();
    let closure = &proposed.calendar.closures[0];
    assert_eq!(
        (closure.from.to_string(), closure.kind),
        ("2026-09-04".to_owned(), ClosureKind::Closure)
    );
    let mut both = published();
    both["academic_years"][0]["dates"] = json!(listed);
    both["pd_days"] = json!([{ "date": "2026-09-02" }]);
    let contradicts = said(&from_json(&both).unwrap(), DatesNoticeKind::Contradicts);
    assert_eq!(contradicts.len(), 1, "{contradicts:?}");
    assert!(contradicts[0].1.starts_with("2026-09-02 is a day of school by the list"));
}

#[test]
fn an_event_may_be_written_in_every_way_that_the_standard_has() {
    let inset = "SUMMARY:INSET day";
    for (when, from, to, session) in [
        ("DTSTART;VALUE=DATE:20261005", "2026-10-05", "2026-10-05", None),
        ("DTSTART:20261005", "2026-10-05", "2026-10-05", None),
        (
            "dtstart;value=date:20261005\ndtend;value=date:20261005",
            "2026-10-05",
            "2026-10-05",
            None,
        ),
        (
            "DTSTART;VALUE=DATE:20261005\nDTEND;VALUE=DATE:20261007",
            "2026-10-05",
            "2026-10-06",
            None,
        ),
        ("DTSTART;VALUE=DATE:20261005\nDURATION:P2D", "2026-10-05", "2026-10-06", None),
        ("DTSTART;VALUE=DATE:20261005\nDURATION:P1W", "2026-10-05", "2026-10-11", None),
        ("DTSTART:20261005T000000\nDTEND:20261006T000000", "2026-10-05", "2026-10-05", None),
        ("DTSTART:20261005T090000\nDTEND:20261005T153000", "2026-10-05", "2026-10-05", None),
        (
            "DTSTART:20261005T130000\nDTEND:20261005T153000",
            "2026-10-05",
            "2026-10-05",
            Some(Session::Pm),
        ),
        (
            "DTSTART:20261005T090000\nDTEND:20261005T120000",
            "2026-10-05",
            "2026-10-05",
            Some(Session::Am),
        ),
        // British Summer Time: midnight in London is eleven in the evening by UTC.
        ("DTSTART:20261004T230000Z\nDTEND:20261005T230000Z", "2026-10-05", "2026-10-05", None),
        (
            "DTSTART;TZID=Europe/London:20261005T130000\nDTEND;TZID=Europe/London:20261005T150000",
            "2026-10-05",
            "2026-10-05",
            Some(Session::Pm),
        ),
        ("DTSTART;TZID=\"GMT Standard Time\":20261005T130000", "2026-10-05", "2026-10-05", None),
        (
            "DTSTART;TZID=America/New_York:20261004T190000\nDTEND;TZID=America/New_York:20261005T190000",
            "2026-10-05",
            "2026-10-05",
            None,
        ),
    ] {
        let proposed = from_ics(&with(&[event(&format!("{inset}\n{when}"))])).unwrap();
        assert_eq!(proposed.notices, [], "{when}");
        let [closure] = &proposed.calendar.closures[..] else { panic!("{when}") };
        let found = (closure.from.to_string(), closure.to.to_string(), closure.session);
        assert_eq!(found, (from.to_owned(), to.to_owned(), session), "{when}");
    }
}

#[test]
fn what_cannot_be_read_is_named_with_its_line_and_the_rest_is_read() {
    // The first event begins on line 3 and each of the seven holidays has five lines.
    let begin = 3 + 7 * 5;
    let named = |place: usize| format!("line {place}");
    for (wrong, line, text) in [
        (
            "SUMMARY:INSET day\nDTSTART;VALUE=DATE:20261005\nRRULE:FREQ=WEEKLY",
            begin + 3,
            "A repeating event (RRULE)",
        ),
        (
            "SUMMARY:INSET day\nDTSTART;VALUE=DATE:20261005\nRDATE:20261012",
            begin + 3,
            "A repeating event (RDATE)",
        ),
        ("SUMMARY:INSET day", begin, "INSET day: a first day (DTSTART)"),
        ("SUMMARY:INSET day\nDTSTART;VALUE=DATE:20261035", begin + 2, "INSET day: a date such as"),
        ("SUMMARY:INSET day\nDTSTART:2026-10-05", begin + 2, "INSET day: a date such as"),
        (
            "SUMMARY:INSET day\nDTSTART;TZID=Mars/Olympus:20261005T090000",
            begin + 2,
            "INSET day: a time zone",
        ),
        (
            "SUMMARY:INSET day\nDTSTART:20261005\nDTEND:20261001",
            begin + 3,
            "INSET day: an end (DTEND)",
        ),
        (
            "SUMMARY:INSET day\nDTSTART:20261005\nDURATION:PT6H",
            begin + 2,
            "INSET day: a duration of whole days",
        ),
        (
            "SUMMARY:Elmshire: Harvest festival\nDTSTART:20261005",
            begin,
            "It cannot be told whether",
        ),
        ("SUMMARY:Term time\nDTSTART:20261218", begin, "It cannot be told whether"),
        ("DTSTART:20261005", begin, "It cannot be told whether"),
        ("SUMMARY:INSET day\nDTSTART:20261005\nSTATUS:CANCELLED", begin, "Cancelled"),
    ] {
        let proposed = from_ics(&with(&[event(wrong)])).unwrap();
        let (place, found) = left_out(&proposed);
        assert_eq!(place, named(line), "{wrong}");
        assert!(found.starts_with(text), "{wrong}: {found}");
        assert_eq!(proposed.calendar.closures, []);
        assert_eq!(proposed.calendar.terms.len(), 3);
    }
    let torn = with(&[]).replace("VERSION:2.0", "VERSION 2.0");
    assert_eq!(left_out(&from_ics(&torn).unwrap()).0, "line 2");
    let endless = with(&[]).replacen("END:VEVENT\r\nEND:VCALENDAR\r\n", "", 1);
    assert!(left_out(&from_ics(&endless).unwrap()).1.contains("END:VEVENT is missing"));
}

#[test]
fn lines_are_folded_or_not_end_in_any_way_and_alarms_are_not_events() {
    let inset = "SUMMARY:Elmshire: INSET \\, and\r\n  a training\r\n\t day\r\nDTSTART;X-NOTE=\"a:b;c\":2026\r\n 1005";
    let alarm = "BEGIN:VALARM\r\nSUMMARY:Half term\r\nDTSTART:20200101\r\nEND:VALARM";
    let whole = with(&[format!("BEGIN:VEVENT\r\n{inset}\r\n{alarm}\r\nEND:VEVENT\r\n")]);
    for file in [
        whole.clone(),
        whole.replace("\r\n", "\n"),
        whole.replace("\r\n", "\r"),
        whole.replace("BEGIN:VEVENT", "\r\n\r\nbegin:vevent"),
        format!("\u{feff}{whole}"),
    ] {
        let proposed = from_ics(&file).unwrap();
        assert_eq!(proposed.notices, []);
        let note = proposed.calendar.closures[0].note.as_deref();
        assert_eq!(note, Some("INSET , and a training day"));
    }
}

#[test]
fn what_is_no_such_file_or_says_nothing_about_the_year_is_refused() {
    for file in ["", "\u{feff}", "hello", "date,label\n2026-10-05,INSET", "BEGIN:VCARD\nEND:VCARD"]
    {
        assert_eq!(
            from_ics(file).err().map(|problem| problem.kind()),
            Some(Kind::BadBody),
            "{file}"
        );
    }
    let empty = from_ics("BEGIN:VCALENDAR\nEND:VCALENDAR").unwrap_err();
    assert_eq!(empty.kind(), Kind::NoTermDates);
    let detail = empty.body().detail.unwrap();
    assert_eq!(
        detail,
        "The file has 0 entries that are understood, and none of them lies in 2026/27."
    );
    let only_training = from_ics(&file(&[days("INSET day", "20260901", "20260902")])).unwrap_err();
    assert!(only_training.body().detail.unwrap().contains("neither holidays nor days of school"));
    let other_year =
        propose(year(2030), read_ics(with(&[]).as_bytes(), &HoursOverTime::default()).unwrap())
            .unwrap_err();
    assert!(other_year.body().detail.unwrap().starts_with("The file has 7 entries"));

    for (member, value, pointer) in [
        ("academic_years", json!("2026"), "/academic_years"),
        ("academic_years", json!([{ "name": 2026 }]), "/academic_years/0/name"),
        ("academic_years", json!([{ "name": "2027-28" }]), "/academic_years"),
        ("pd_days", json!([{ "label": "INSET" }]), "/pd_days/0"),
    ] {
        let mut file = published();
        file[member] = value;
        let problem = from_json(&file).unwrap_err();
        assert_eq!(problem.errors()[0].pointer, pointer);
    }
}

#[test]
fn what_json_has_beyond_the_form_is_named_with_its_pointer() {
    let mut file = published();
    file["staff_days"] = json!([]);
    file["pd_days"] = json!([{ "date": "1 September" }, { "date": "2026-12-25" }]);
    file["academic_years"][0]["provisional"] = json!(true);
    file["academic_years"][0]["school_holidays"][1]["end"] = json!("2026-10-01");
    let proposed = from_json(&file).unwrap();
    let places: Vec<String> = said(&proposed, DatesNoticeKind::NotUnderstood)
        .into_iter()
        .map(|(place, _)| place)
        .collect();
    let expected = [
        "/staff_days",
        "/academic_years/0/provisional",
        "/academic_years/0/school_holidays/1",
        "/pd_days/0",
    ];
    assert_eq!(places, expected);
    assert_eq!(
        said(&proposed, DatesNoticeKind::Assumed)[0].0,
        "/pd_days/1",
        "in the holidays already"
    );
    assert_eq!(proposed.calendar.terms[0].half_term, None);
}

#[test]
fn a_file_of_components_in_components_is_read_to_its_end() {
    let deep = "BEGIN:A\r\n".repeat(200_000);
    let nested = file(&[deep, holidays().concat()]);
    let proposed = from_ics(&nested).unwrap();
    assert_eq!(proposed.calendar.terms.len(), 3, "the end of the outer ones is missing, no more");
    let many = with(&vec!["nonsense\r\n".to_owned(); 1_000]);
    assert_eq!(from_ics(&many).unwrap().notices.len(), 201);
}

/// Pieces of files, put together at random.
const PIECES: [&str; 21] = [
    "BEGIN:VCALENDAR",
    "BEGIN:VEVENT",
    "END:VEVENT",
    "END:VCALENDAR",
    "SUMMARY:Half term",
    "SUMMARY:Elm: INSET",
    "SUMMARY:Term day",
    "SUMMARY:Christmas holiday",
    "DTSTART:20261026",
    "DTSTART:20261219T090000Z",
    "DTEND:20270104",
    "DTEND;TZID=Europe/London:20270328T013000",
    "DTSTART;VALUE=DATE:99991231",
    "DTSTART:00000101",
    "DURATION:P999D",
    "DTEND:99991231T235959",
    " folded",
    "\"",
    ";",
    ":",
    "RRULE:FREQ=DAILY",
];

fn any_line() -> impl Strategy<Value = String> {
    prop_oneof![4 => proptest::sample::select(&PIECES[..]).prop_map(str::to_owned), 1 => ".{0,20}"]
}

proptest! {
    #[test]
    fn no_file_makes_it_panic_and_every_proposal_is_a_calendar(
        lines in proptest::collection::vec(any_line(), 0..60), begun in any::<bool>(),
    ) {
        let begin = if begun { "BEGIN:VCALENDAR\n" } else { "" };
        if let Ok(proposed) = from_ics(&format!("{begin}{}", lines.join("\n"))) {
            prop_assert!(super::super::calendar_of(year(2026), &proposed.calendar).is_ok());
        }
    }

    #[test]
    fn any_days_of_school_come_back_as_the_same_days(
        listed in proptest::collection::btree_set(0..365_u64, 1..200),
    ) {
        let day = |number: &u64| year(2026).first_day() + chrono::Days::new(*number);
        let dates: Vec<Value> = listed.iter().map(|n| json!({ "date": day(n).to_string() })).collect();
        let file = json!({ "academic_years": [{ "name": "2026-27", "dates": dates }] });
        let Ok(proposed) = from_json(&file) else { return Ok(()) };
        let calendar = super::super::calendar_of(year(2026), &proposed.calendar).unwrap();
        let open: Vec<u64> = (0..365).filter(|n| calendar.is_school_day(day(n))).collect();
        let contradicted = proposed.notices.iter().any(|one| one.kind == DatesNoticeKind::Contradicts);
        let weekdays = |n: &&u64| super::published::weekdays(day(n), day(n)).count() == 1;
        let expected: Vec<u64> = listed.iter().filter(weekdays).copied().collect();
        prop_assert!(open == expected || contradicted);
    }
}

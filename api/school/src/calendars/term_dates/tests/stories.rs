//! Calendars as schools keep them: what else they put there, in what words, bytes and time zones.

use domain::{AcademicYear, ClosureKind, Session};

use super::super::published::DatesNoticeKind::{Asked, Contradicts, NotUnderstood};
use super::super::published::{DatesNotice, DatesNoticeKind};
use super::super::{HoursOverTime, ProposedCalendar, propose, read_ics};
use base::problem::{Kind, Problem};

/// Seven holidays of 2026/27, which make 390 sessions.
const HOLIDAYS: [(&str, &str, &str); 7] = [
    ("Summer holiday", "20260801", "20260901"),
    ("Half term", "20261024", "20261102"),
    ("Christmas holiday", "20261219", "20270104"),
    ("Half term", "20270213", "20270222"),
    ("Easter holiday", "20270326", "20270412"),
    ("Half term", "20270529", "20270607"),
    ("Summer holiday", "20270722", "20270901"),
];

/// An event of whole days; its end is the day after.
fn days(summary: &str, from: &str, end: &str) -> String {
    event(summary, &format!("DTSTART;VALUE=DATE:{from}\nDTEND;VALUE=DATE:{end}"))
}

fn day(summary: &str, day: &str) -> String {
    event(summary, &format!("DTSTART;VALUE=DATE:{day}"))
}

fn event(summary: &str, when: &str) -> String {
    format!("BEGIN:VEVENT\nSUMMARY:{summary}\n{when}\nEND:VEVENT\n")
}

fn file(events: &[String]) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{}END:VCALENDAR\n", events.concat())
}

fn with_holidays(more: &[String]) -> String {
    let holidays = HOLIDAYS.map(|(summary, from, end)| days(summary, from, end));
    file(&[&holidays[..], more].concat())
}

fn read(file: &[u8]) -> Result<ProposedCalendar, Problem> {
    propose(AcademicYear::new(2026).unwrap(), read_ics(file, &HoursOverTime::default())?)
}

fn proposed(file: &str) -> ProposedCalendar {
    read(file.as_bytes()).unwrap()
}

fn texts(proposed: &ProposedCalendar, kind: DatesNoticeKind) -> Vec<&str> {
    let of_kind = proposed.notices.iter().filter(|notice| notice.kind == kind);
    of_kind.map(|notice| notice.text.as_str()).collect()
}

/// The closures as `day kind` or `day session kind`.
fn closures(proposed: &ProposedCalendar) -> Vec<String> {
    let closures = proposed.calendar.closures.iter();
    closures
        .map(|one| {
            let session = one.session.map_or("", |session| match session {
                Session::Am => " AM",
                Session::Pm => " PM",
            });
            let days = if one.from == one.to {
                format!("{}", one.from)
            } else {
                format!("{}..{}", one.from, one.to)
            };
            format!("{days}{session} {}", one.kind.text())
        })
        .collect()
}

/// The terms as `from..to`, with what breaks them.
fn terms(proposed: &ProposedCalendar) -> Vec<String> {
    let terms = proposed.calendar.terms.iter();
    terms
        .map(|term| {
            let off = term
                .half_term
                .map_or(String::new(), |off| format!(" less {}..{}", off.from, off.to));
            format!("{}..{}{off}", term.from, term.to)
        })
        .collect()
}

#[test]
fn what_happens_at_school_makes_no_days_of_school() {
    for (summary, from, end, kind) in [
        ("Walk to school week", "20270517", "20270522", NotUnderstood),
        ("Whole school day out", "20270517", "20270518", NotUnderstood),
        ("Year 11 exams - Summer Term", "20270510", "20270522", NotUnderstood),
        ("Last week of Summer term", "20270715", "20270722", NotUnderstood),
        ("School day", "20270517", "20270518", NotUnderstood),
        ("Summer term book fair", "20270517", "20270522", NotUnderstood),
        ("Half term revision", "20270215", "20270220", Asked),
    ] {
        let proposed = proposed(&with_holidays(&[days(summary, from, end)]));
        assert_eq!(proposed.sessions, 390, "{summary}");
        assert_eq!(closures(&proposed), [""; 0], "{summary}");
        let [notice] = &proposed.notices[..] else { panic!("{summary}: {:?}", proposed.notices) };
        assert_eq!(notice.kind, kind, "{summary}: {}", notice.text);
        assert!(notice.text.contains(summary), "{}", notice.text);
    }
}

#[test]
fn midnight_in_any_zone_begins_a_day_of_its_own_there() {
    for when in [
        "DTSTART:20260923T000000Z\nDTEND:20260924T000000Z",
        "DTSTART;VALUE=DATE:20260923T000000Z\nDTEND;VALUE=DATE:20260924T000000Z",
        "DTSTART;TZID=Europe/Berlin:20260923T000000\nDTEND;TZID=Europe/Berlin:20260924T000000",
        "DTSTART;TZID=Europe/London:20260923T000000\nDTEND;TZID=Europe/London:20260923T235959",
        "DTSTART:20260922T230000Z\nDTEND:20260923T230000Z",
        "DTSTART:20260923T000000Z\nDTEND:20260923T235959Z",
        "DTSTART:20260923T000000Z\nDURATION:P1D",
    ] {
        let proposed = proposed(&with_holidays(&[event("INSET day", when)]));
        assert_eq!(closures(&proposed), ["2026-09-23 inset"], "{when}");
        assert_eq!((proposed.sessions, &proposed.notices[..]), (388, &[][..]), "{when}");
    }
}

#[test]
fn what_is_outside_school_hours_closes_nothing_and_is_told() {
    for (summary, from, to, told) in [
        ("Twilight INSET", "160000", "180000", Asked),
        ("INSET", "160000", "180000", NotUnderstood),
        ("Holiday information evening", "180000", "190000", Asked),
        ("Staff training", "074500", "083000", NotUnderstood),
        ("Staff training", "150000", "163000", Asked),
    ] {
        let when = format!(
            "DTSTART;TZID=Europe/London:20260923T{from}\nDTEND;TZID=Europe/London:20260923T{to}"
        );
        let proposed = proposed(&with_holidays(&[event(summary, &when)]));
        assert_eq!((proposed.sessions, closures(&proposed)), (390, vec![]), "{summary} {from}");
        let [notice] = &proposed.notices[..] else { panic!("{summary}: {:?}", proposed.notices) };
        assert_eq!(notice.kind, told, "{summary} {from}");
    }
    let half = event("INSET", "DTSTART:20260923T130000\nDTEND:20260923T163000");
    assert_eq!(closures(&proposed(&with_holidays(&[half]))), ["2026-09-23 PM inset"]);
    // From the end of school before a holiday to its beginning after: the day before is one of school.
    let early = file(&HOLIDAYS.map(|(summary, from, end)| match from {
        "20261024" => event(summary, "DTSTART:20261023T151500\nDTEND:20261102T084500"),
        _ => days(summary, from, end),
    }));
    assert_eq!(proposed(&early).sessions, 390);
}

#[test]
fn part_of_a_school_is_not_due_and_what_is_doubtful_is_asked() {
    let proposed = proposed(&with_holidays(&[
        day("Inset day - Nursery only", "20260914"),
        day("No INSET today", "20260915"),
        day("Break time change", "20260916"),
        day("Years 7-9 INSET", "20260917"),
        day("Training day (football)", "20260918"),
        day("INSET for all but Year 11", "20260921"),
    ]));
    assert_eq!((proposed.sessions, closures(&proposed)), (390, vec![]));
    let parts: Vec<_> = proposed
        .calendar
        .not_due
        .iter()
        .map(|one| (one.from.to_string(), one.year_groups.clone()))
        .collect();
    assert_eq!(
        parts,
        [("2026-09-14".to_owned(), vec![-1]), ("2026-09-17".to_owned(), vec![7, 8, 9])]
    );
    assert_eq!(texts(&proposed, Asked).len(), 6, "{:?}", proposed.notices);
    assert_eq!(proposed.notices.len(), 6);
}

#[test]
fn what_schools_call_their_days_off_is_understood() {
    let proposed = proposed(&with_holidays(&[
        day("Occasional day", "20260914"),
        day("Staff development day", "20260915"),
        day("School closed for polling", "20260916"),
    ]));
    assert_eq!(
        closures(&proposed),
        ["2026-09-14 closure", "2026-09-15 inset", "2026-09-16 closure"]
    );
    let easter = with_holidays(&[]).replace("Easter holiday", "Easter");
    assert_eq!(self::proposed(&easter).sessions, 390);
}

#[test]
fn first_and_last_days_that_a_file_states_are_used() {
    let one_day = [
        ("Staff INSET", "20260901"),
        ("Staff INSET", "20260902"),
        ("Autumn Term first day", "20260903"),
        ("Break up for half term", "20261023"),
        ("Back to school", "20261102"),
        ("Last day of term", "20261218"),
        ("Spring term begins", "20270104"),
        ("School closes for half term", "20270212"),
        ("Pupils return", "20270222"),
        ("End of Spring Term - 1.30pm", "20270325"),
        ("Summer term starts", "20270412"),
        ("Half term begins", "20270531"),
        ("Back to school", "20270607"),
        ("Summer Term ends", "20270721"),
    ];
    let events = one_day.map(|(summary, when)| day(summary, when));
    let proposed = proposed(&file(&events));
    assert_eq!(
        terms(&proposed),
        [
            "2026-09-01..2026-12-18 less 2026-10-26..2026-10-30",
            "2027-01-04..2027-03-25 less 2027-02-15..2027-02-19",
            "2027-04-12..2027-07-21 less 2027-05-31..2027-06-04",
        ]
    );
    assert_eq!(closures(&proposed), ["2026-09-01 inset", "2026-09-02 inset"]);
    assert_eq!((proposed.sessions, texts(&proposed, Asked)), (386, vec![]));

    // Beside holidays they say where these end, if the holidays do not.
    let later =
        with_holidays(&[day("Spring term starts", "20270106"), day("Term ends", "20270720")]);
    let proposed = self::proposed(&later);
    assert_eq!(terms(&proposed)[1], "2027-01-06..2027-03-25 less 2027-02-15..2027-02-19");
    assert_eq!(terms(&proposed)[2], "2027-04-12..2027-07-20 less 2027-05-31..2027-06-04");
    let inside = with_holidays(&[day("Back to school", "20261030")]);
    let proposed = self::proposed(&inside);
    assert_eq!((proposed.sessions, texts(&proposed, Contradicts).len()), (392, 2));
}

#[test]
fn where_a_file_does_not_say_when_the_year_begins_and_ends_it_is_asked() {
    let between: Vec<String> =
        HOLIDAYS[1..6].iter().map(|(summary, from, end)| days(summary, from, end)).collect();
    let proposed = proposed(&file(&between));
    let asked = texts(&proposed, Asked);
    assert!(
        asked.iter().any(|text| text.starts_with("When does the school year begin?")),
        "{asked:?}"
    );
    assert!(
        asked.iter().any(|text| text.starts_with("When does the school year end?")),
        "{asked:?}"
    );
    assert!(
        (370..=400).contains(&proposed.sessions),
        "no school through August: {}",
        proposed.sessions
    );

    let few = with_holidays(&[days("Christmas closure holiday", "20261109", "20261219")]);
    let proposed = self::proposed(&few);
    let DatesNotice { kind, text, .. } = &proposed.notices[0];
    assert!(*kind == Asked && text.contains("330 sessions"), "{text}");
}

#[test]
fn a_calendar_is_read_in_the_bytes_that_it_comes_in() {
    let inset = with_holidays(&[day("INSET caf\u{e9}", "20260925")]);
    let notes = |bytes: &[u8]| {
        let proposed = read(bytes).unwrap();
        proposed.calendar.closures.into_iter().map(|one| one.note.unwrap()).collect::<Vec<_>>()
    };
    let folded: Vec<u8> = {
        let mut bytes = inset.clone().into_bytes();
        let at = bytes.iter().position(|byte| *byte == 0xa9).unwrap();
        bytes.splice(at..at, *b"\r\n ");
        bytes
    };
    let windows: Vec<u8> = inset.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let utf16 = |bytes: fn(u16) -> [u8; 2]| {
        format!("\u{feff}{inset}").encode_utf16().flat_map(bytes).collect::<Vec<u8>>()
    };
    for bytes in [folded, windows, utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)] {
        assert_eq!(notes(&bytes), ["INSET caf\u{e9}"]);
    }
}

#[test]
fn a_file_in_which_nothing_is_understood_is_refused_with_what_it_says() {
    let refused = read(file(&[day("Harvest festival", "20261002")]).as_bytes()).unwrap_err();
    assert_eq!(refused.kind(), Kind::NoTermDates);
    let notices = &refused.body().members["notices"];
    assert_eq!(notices[0]["place"], "line 3");
    assert!(notices[0]["text"].as_str().unwrap().contains("Harvest festival"));
}

#[test]
fn closures_of_a_day_that_two_events_name_are_one() {
    let twice = with_holidays(&[day("INSET day", "20260925"), day("INSET", "20260925")]);
    let proposed = proposed(&twice);
    let kinds: Vec<ClosureKind> = proposed.calendar.closures.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [ClosureKind::Inset]);
}

/// What schools write, and what is made of it: closures, parts of a school, or a question.
#[test]
fn what_is_said_in_other_words_closes_a_school_or_is_asked_and_never_closes_it_in_silence() {
    for (summary, kind) in [
        ("School closed to pupils - INSET", "inset"),
        ("INSET Day 1 of 5", "inset"),
        ("Non-Pupil Day", "inset"),
        ("INSET day (no children in school)", "inset"),
        ("Inset Day - School Closed to all pupils", "inset"),
        ("Teacher Professional Learning Day", "inset"),
        ("School closed - General Election Polling Station", "closure"),
        ("Wellbeing Day - school closed", "closure"),
        ("Diwali - school closed", "closure"),
        ("School Closed (Heating)", "closure"),
        ("Bank Holiday Monday", "bank_holiday"),
    ] {
        let proposed = proposed(&with_holidays(&[day(summary, "20261111")]));
        assert_eq!(closures(&proposed), [format!("2026-11-11 {kind}")], "{summary}");
        assert_eq!(proposed.notices, [], "{summary}");
    }
    for (summary, told) in [
        ("Baker Day", NotUnderstood),
        ("Closure Day", NotUnderstood),
        ("Induction day for new Year 7", NotUnderstood),
        ("Academic Review Day (students attend by appointment only)", NotUnderstood),
        ("Year 11 study leave begins", NotUnderstood),
        ("Open evening - school closes early 1pm", NotUnderstood),
        ("Year 7 and 12 only return to school", NotUnderstood),
        ("Inset day?", Asked),
        ("Inset (TBC)", Asked),
        ("Parents' Consultation Day - school closed to pupils", Asked),
        ("Sports Day (no school transport)", Asked),
        ("Holiday activities and food programme", Asked),
        ("Holiday Club - INSET day", Asked),
        ("First aid training day", Asked),
        ("D of E training day", Asked),
        ("Training Day 3 (Twilight in lieu)", Asked),
        ("Sixth Form INSET Day", Asked),
    ] {
        let proposed = proposed(&with_holidays(&[day(summary, "20261111")]));
        assert_eq!((proposed.sessions, closures(&proposed)), (390, vec![]), "{summary}");
        let [notice] = &proposed.notices[..] else { panic!("{summary}: {:?}", proposed.notices) };
        assert_eq!(notice.kind, told, "{summary}: {}", notice.text);
    }
    for (summary, when, sessions) in [
        ("Children return to school", "20270106", 386),
        ("School resumes", "20270105", 388),
        ("Start of Lent Term", "20270106", 386),
        ("Leavers' assembly - last day of term", "20270720", 388),
        ("End of term 6", "20270720", 388),
        ("Last day of Autumn Term 1", "20261023", 390),
        ("Last day for Year 11", "20270618", 390),
    ] {
        let proposed = proposed(&with_holidays(&[day(summary, when)]));
        assert_eq!((proposed.sessions, closures(&proposed)), (sessions, vec![]), "{summary}");
    }
}

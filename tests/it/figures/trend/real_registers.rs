//! Real registers: what the Department for Education published for a week of September 2024 comes
//! out again, to the last session, when its registers go in as pupils and marks.
//!
//! A register is one local authority's schools of one phase on one day: how many marks of each code,
//! and what was counted of them. Here each such group of schools is one school, whose pupils have
//! between them exactly those marks.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Text};
use serde_json::{Value, json};

use crate::support::app::{Client, TestApp};
use crate::support::build::{id, upn};
use crate::support::real::real;
use crate::support::sql::Sql;

/// The week of the registers.
const WEEK: [&str; 5] = ["2024-09-09", "2024-09-10", "2024-09-11", "2024-09-12", "2024-09-13"];

/// A few of the published registers, so that a clone without the whole file proves the same.
/// Source: Department for Education, Pupil attendance in schools, 2024 week 37, Open Government
/// Licence v3.0; codes without a mark in any of them are left out.
const CARRIED_OVER: &str = r#"la,phase,date,enrolments,unmarked,n_/,n_\,n_L,n_I,n_M,n_S,n_T,n_H,n_E,n_C,n_C2,n_B,n_P,n_V,n_K,n_G,n_U,n_O,n_N,n_D,n_Q,n_Y,n_Y1,n_Y4,n_Y7,n_Z,exp_overall_attendance,exp_approved_educational_activity,exp_overall_absence,exp_authorised_absence,exp_unauthorised_absence,exp_late_sessions,exp_possible_sessions,exp_attendance_perc,exp_overall_absence_perc,exp_authorised_absence_perc,exp_unauthorised_absence_perc,exp_illness_perc,exp_appointments_perc,exp_unauth_hol_perc,exp_unauth_oth_perc,exp_unauth_late_registers_closed_perc,exp_unauth_not_yet_perc
Bracknell Forest,Special,2024-09-12,154,0,147,149,2,4,1,0,0,0,0,3,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2,298,0,8,8,0,2,306,97.3856209150327,2.61437908496732,2.61437908496732,0,1.30718954248366,0.326797385620915,0,0,0,0
Bracknell Forest,Special,2024-09-13,154,0,144,146,2,10,0,0,0,0,0,4,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2,292,0,14,14,0,2,306,95.4248366013072,4.57516339869281,4.57516339869281,0,3.26797385620915,0,0,0,0,0
Cumberland,Special,2024-09-12,437,32,336,343,7,25,6,0,2,0,0,6,0,4,0,0,0,2,0,6,0,0,0,0,0,105,0,0,690,4,47,39,8,7,737,93.6227951153324,6.37720488466757,5.29172320217096,1.08548168249661,3.3921302578019,0.814111261872456,0.271370420624152,0.814111261872456,0,0
Harrow,Special,2024-09-09,341,8,300,297,4,35,4,0,0,2,0,19,0,1,0,2,0,0,2,6,0,0,0,0,0,0,0,2,604,3,68,60,8,6,672,89.8809523809524,10.1190476190476,8.92857142857143,1.19047619047619,5.20833333333333,0.595238095238095,0,0.892857142857143,0.297619047619048,0
Havering,Special,2024-09-11,307,0,282,261,1,9,4,0,0,0,2,7,7,6,1,0,4,4,3,6,2,0,0,0,0,0,13,2,555,11,44,29,15,4,599,92.6544240400668,7.34557595993322,4.84140233722871,2.50417362270451,1.5025041736227,0.667779632721202,0.667779632721202,1.0016694490818,0.500834724540901,0.333889816360601
"Herefordshire, County of",Special,2024-09-11,332,1,295,297,2,10,9,2,0,0,0,7,8,6,0,0,0,0,0,7,0,18,0,2,0,0,0,0,600,6,43,36,7,2,643,93.3125972006221,6.68740279937792,5.59875583203732,1.08864696734059,1.5552099533437,1.39968895800933,0,1.08864696734059,0,0
Newham,Special,2024-09-09,207,1,170,182,9,11,0,0,0,0,0,6,3,6,0,0,0,0,4,14,0,0,6,0,2,0,0,0,367,6,38,20,18,13,405,90.6172839506173,9.38271604938272,4.93827160493827,4.44444444444444,2.71604938271605,0,0,3.45679012345679,0.987654320987654,0
"#;

/// One published register.
struct Register {
    /// Local authority and phase: one school here.
    school: (String, String),
    /// The day, from 0 for Monday.
    day: usize,
    /// Pupils on roll that day.
    enrolments: usize,
    /// Half days of theirs without a mark.
    unmarked: usize,
    /// How many marks of each code.
    marks: BTreeMap<String, usize>,
    /// What was published, by the name of the column.
    published: BTreeMap<String, String>,
}

impl Register {
    fn read_all(text: &str) -> Vec<Self> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows = reader.deserialize::<BTreeMap<String, String>>();
        rows.map(|row| Self::of(row.unwrap())).collect()
    }

    fn of(row: BTreeMap<String, String>) -> Self {
        let count = |name: &str| row[name].parse::<usize>().unwrap();
        let codes = row.keys().filter_map(|name| name.strip_prefix("n_"));
        Self {
            school: (row["la"].clone(), row["phase"].to_lowercase()),
            day: WEEK.iter().position(|day| *day == row["date"]).unwrap(),
            enrolments: count("enrolments"),
            unmarked: count("unmarked"),
            marks: codes.map(|code| (code.to_owned(), count(&format!("n_{code}")))).collect(),
            published: row.iter().map(|(name, text)| (name.clone(), text.clone())).collect(),
        }
    }

    /// The marks of each pupil, morning and afternoon: `/` in mornings, `\` in afternoons, and the
    /// rest wherever there is room, so that nobody has two marks for a half day.
    fn half_days(&self) -> Vec<String> {
        let mut mornings = vec!["/"; self.marks["/"]];
        let mut afternoons = vec!["\\"; self.marks["\\"]];
        let others = self.marks.iter().filter(|(code, _)| *code != "/" && *code != "\\");
        let others = others.flat_map(|(code, count)| std::iter::repeat_n(code.as_str(), *count));
        for mark in others.chain(std::iter::repeat_n("-", self.unmarked)) {
            match mornings.len() < self.enrolments {
                true => mornings.push(mark),
                false => afternoons.push(mark),
            }
        }
        assert_eq!((mornings.len(), afternoons.len()), (self.enrolments, self.enrolments));
        mornings.iter().zip(afternoons).map(|(am, pm)| format!("{am}{pm}")).collect()
    }

    fn published_count(&self, name: &str) -> u64 {
        self.published[&format!("exp_{name}")].parse().unwrap()
    }
}

/// Registers by school and day.
type Schools<'r> = BTreeMap<&'r (String, String), BTreeMap<usize, &'r Register>>;

#[test]
fn a_few_registers_that_were_published_come_out_as_published() {
    prove(&Register::read_all(CARRIED_OVER));
}

#[test]
fn every_register_that_was_published_comes_out_as_published() {
    let Some(path) = real("dfe_registers_2024w37.csv") else { return };
    let registers = Register::read_all(&std::fs::read_to_string(path).unwrap());
    assert_eq!(registers.len(), 624);
    prove(&registers);
}

/// Imports the registers over HTTP and compares what the API counts with what was published.
fn prove(registers: &[Register]) {
    let app = TestApp::start();
    let admin = app.client("trust_admin", app.trust("England"));
    let mut schools = Schools::new();
    for register in registers {
        schools.entry(&register.school).or_default().insert(register.day, register);
    }
    let ids = open_schools(&admin, &schools);
    let (pupils, marks) = files(&schools);
    for (kind, file) in [("pupils", pupils), ("marks", marks)] {
        let import = admin.import(&format!("kind={kind}"), file.as_bytes());
        assert_eq!(import["job"]["state"], "done", "{}", import["result"]["problems"][0]);
    }
    let trend = admin.get("/v1/analytics/trend?year=2024&by=school&window=term").expect(200);
    let codes = marks_by_code(&app);
    for register in registers {
        let school = ids[&register.school];
        let cell = cell(&trend, school, register.day);
        compare_counts(register, cell);
        let stored = codes.get(&(school, register.day)).cloned().unwrap_or_default();
        let sent = register.marks.iter().filter(|(_, count)| **count > 0);
        assert_eq!(stored, sent.map(|(code, count)| (code.clone(), *count as u64)).collect());
        compare_percentages(register, cell, &stored);
    }
    compare_total(&admin, registers);
}

/// A school for each local authority and phase. Figures are asked by term: each day is one.
fn open_schools<'r>(admin: &Client, schools: &Schools<'r>) -> BTreeMap<&'r (String, String), i32> {
    let terms = WEEK.map(|day| json!({ "name": day, "from": day, "to": day }));
    let mut ids = BTreeMap::new();
    for (number, school) in schools.keys().enumerate() {
        let (la, phase) = *school;
        let body = json!({ "urn": urn(number), "name": format!("{la}, {phase}"), "phase": phase });
        let id = id(&admin.post("/v1/schools", &body).expect(201), "school_id");
        let calendar = format!("/v1/schools/{id}/calendar/2024");
        admin.put(&calendar, &json!({ "terms": terms })).expect(200);
        ids.insert(*school, id);
    }
    ids
}

fn urn(number: usize) -> String {
    (900_001 + number).to_string()
}

/// The file of pupils, and that of their marks: a row a pupil. A day with fewer pupils on roll than
/// another has no marks for those beyond its number.
fn files(schools: &Schools<'_>) -> (String, String) {
    let mut pupils = "urn,upn,surname,forename,birth_date,year_group,first_day,class\n".to_owned();
    let mut marks = "urn,upn,week,marks\n".to_owned();
    let mut number = 0;
    for (school, days) in schools.values().enumerate() {
        let urn = urn(school);
        let half_days: Vec<Vec<String>> =
            (0..5).map(|day| days.get(&day).map(|r| r.half_days()).unwrap_or_default()).collect();
        for pupil in 0..half_days.iter().map(Vec::len).max().unwrap_or(0) {
            number += 1;
            let upn = upn(number);
            // 5 to 15 years old on 31 August 2024: those whom the Department counts.
            let age = 5 + pupil % 11;
            let (birth, year_group) = (2024 - age, age - 4);
            pupils.push_str(&format!(
                "{urn},{upn},P,{number},{birth}-08-31,{year_group},2024-09-01,{year_group}\n"
            ));
            let week = half_days.iter().map(|day| day.get(pupil).map_or("--", String::as_str));
            marks.push_str(&format!("{urn},{upn},{},{}\n", WEEK[0], week.collect::<String>()));
        }
    }
    (pupils, marks)
}

fn cell(trend: &Value, school: i32, day: usize) -> &Value {
    assert_eq!(trend["windows"][day]["from"], WEEK[day]);
    let series = trend["series"].as_array().unwrap().iter();
    let key = school.to_string();
    let mut own = series.filter(|series| series["group"]["key"] == key.as_str());
    &own.next().unwrap()["cells"][day]
}

fn compare_counts(register: &Register, cell: &Value) {
    for (ours, published) in [
        ("possible", "possible_sessions"),
        ("absent", "overall_absence"),
        ("authorised", "authorised_absence"),
        ("unauthorised", "unauthorised_absence"),
        ("late", "late_sessions"),
        ("approved_activity", "approved_educational_activity"),
    ] {
        let published = register.published_count(published);
        assert_eq!(cell[ours], published, "{ours} of {:?}", register.school);
    }
    let attended = cell["possible"].as_u64().unwrap() - cell["absent"].as_u64().unwrap();
    assert_eq!(attended, register.published_count("overall_attendance"));
    let marked: usize = register.marks.values().sum();
    assert_eq!(cell["completeness"]["marked"], marked, "no mark was lost on the way");
}

/// The percentages, from our counts: those of the trend, and of reasons for absence by code.
fn compare_percentages(register: &Register, cell: &Value, codes: &BTreeMap<String, u64>) {
    let of = |name: &str| cell[name].as_u64().unwrap();
    let code = |code: &str| codes.get(code).copied().unwrap_or(0);
    for (part, published) in [
        (of("possible") - of("absent"), "attendance"),
        (of("absent"), "overall_absence"),
        (of("authorised"), "authorised_absence"),
        (of("unauthorised"), "unauthorised_absence"),
        (code("I"), "illness"),
        (code("M"), "appointments"),
        (code("G"), "unauth_hol"),
        (code("O"), "unauth_oth"),
        (code("U"), "unauth_late_registers_closed"),
        (code("N"), "unauth_not_yet"),
    ] {
        let text = &register.published[&format!("exp_{published}_perc")];
        assert!(
            is_percentage(text, part, of("possible")),
            "{published} of {:?}: {part} of {} is not {text}%",
            register.school,
            of("possible")
        );
    }
}

/// Whether a published percentage is that of `part` of `whole`, in whole numbers.
///
/// The text has 15 digits from the first that is not 0, with zeros at the end left out. It was
/// printed from a binary fraction, so the last of them may be off by one and no more.
fn is_percentage(text: &str, part: u64, whole: u64) -> bool {
    let (before, after) = text.split_once('.').unwrap_or((text, ""));
    let leading_zeros = match before {
        "0" => after.len() - after.trim_start_matches('0').len(),
        _ => 0,
    };
    let digits = before.trim_start_matches('0').len();
    let decimals = 15 - digits + leading_zeros;
    let printed: i128 = format!("{before}{after:0<decimals$}").parse().unwrap();
    let (part, whole) = (i128::from(part), i128::from(whole));
    let exact_times_whole = 100 * part * 10_i128.pow(u32::try_from(decimals).unwrap());
    let off_by = (printed * whole - exact_times_whole).abs();
    if part == 0 { printed == 0 } else { off_by < whole }
}

/// Over all registers, the trust's figures are the sums.
fn compare_total(admin: &Client, registers: &[Register]) {
    let trend = admin.get("/v1/analytics/trend?year=2024&window=year_to_date").expect(200);
    let cell = &trend["series"][0]["cells"][0];
    let sum = |name| registers.iter().map(|r| r.published_count(name)).sum::<u64>();
    assert_eq!(cell["possible"], sum("possible_sessions"));
    assert_eq!(cell["absent"], sum("overall_absence"));
    assert_eq!(trend["schools_without_calendar"], Value::Null);
    let schools: BTreeSet<_> = registers.iter().map(|register| &register.school).collect();
    assert_eq!(trend["versions"].as_array().unwrap().len(), schools.len());
}

#[derive(QueryableByName)]
struct CodeCount {
    #[diesel(sql_type = Integer)]
    school_id: i32,
    #[diesel(sql_type = Date)]
    date: chrono::NaiveDate,
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = BigInt)]
    marks: i64,
}

/// What stands in the registers now, by school and day: how many marks of each code. (The view
/// `mark` says the same, but reads all 744 half days of a year.)
fn marks_by_code(app: &TestApp) -> BTreeMap<(i32, usize), BTreeMap<String, u64>> {
    let rows: Vec<CodeCount> = diesel::sql_query(
        "SELECT r.school_id, h.date, c.code, count(*) AS marks \
         FROM register_year r \
         CROSS JOIN (SELECT i, date_trunc('week', date '2024-08-01')::date + i / 2 AS date \
                     FROM generate_series(0, 743) i) h \
         JOIN code_period c ON c.number = get_byte(r.marks, h.i) AND h.date BETWEEN c.first_day AND c.last_day \
         WHERE r.year = 2024 AND h.date BETWEEN '2024-09-09' AND '2024-09-13' \
         GROUP BY 1, 2, 3",
    )
    .load(&mut Sql::of(&app.database).0)
    .unwrap();
    let mut counts: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for row in rows {
        let day = WEEK.iter().position(|day| *day == row.date.to_string()).unwrap();
        let marks = u64::try_from(row.marks).unwrap();
        counts.entry((row.school_id, day)).or_default().insert(row.code, marks);
    }
    counts
}

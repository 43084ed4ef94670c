//! The changes that nothing would notice are named, until a scenario stands exactly at the bound.

use std::collections::BTreeMap;

use domain::policy::{Folder, check_folder, unnoticed};

const POLICY: &str = r#"
name = "A small policy"
document = "a page on the wall"
few_sessions = { setting = "few" }
[roles]
"Office" = "school_office"
"Head" = "school_lead"
[[setting]]
name = "few"
asks = "Under how many possible sessions is a pupil only listed?"
value = 20
[[setting]]
name = "bound"
asks = "Which attendance is high?"
value = "95%"
[[band]]
rule = "X-1"
name = "low"
from = "0%"
responsible = "Head"
[[band]]
rule = "X-1"
name = "high"
from = { setting = "bound" }
[[stage]]
name = "watched"
waits = "review"
school_weeks = 4
[[review]]
rule = "X-2"
every = "half term"
decides = "Office"
[[step]]
rule = "X-3"
at = "start"
when = "listed"
band = "low"
then = "watched"
[[step]]
rule = "X-4"
at = "watched"
when = ["improved", "not improved", "no figure", "left the roll", "a new school year"]
then = "closed"
[[step]]
rule = "X-5"
at = "watched"
when = "a person decides otherwise"
then = "where the person says"
"#;

fn scenario(rules: &str, situation: &str, expect: &str) -> String {
    format!(
        "[[scenario]]\nsays = \"A situation.\"\nproves = [{rules}]\n{situation}\nexpect = [{expect}]\n"
    )
}

fn listed(pupil: &str, expect: &str) -> String {
    let situation = format!("day = \"2025-10-24\"\npupil = {{ {pupil} }}");
    scenario("\"X-3\"", &situation, expect)
}

/// The changes of that place which none of the scenarios notices.
fn found(place: &str, scenarios: &[String]) -> Vec<String> {
    let folder = Folder {
        policy: POLICY.to_owned(),
        letters: BTreeMap::new(),
        scenarios: scenarios.concat(),
    };
    // Only the rule in question has its scenarios here.
    let mut problems = check_folder(&folder).problems;
    problems.retain(|problem| !problem.says.starts_with("no scenario proves"));
    assert_eq!(problems, vec![]);
    let found = unnoticed(&folder).into_iter().filter(|found| found.place == place);
    found.map(|found| found.change).collect()
}

const WATCHED: &str = r#""X-3: the case moves to \"watched\"", "X-3: Office decides""#;

#[test]
fn a_number_is_proven_by_what_lies_just_on_each_side_of_it() {
    let setting = r#"setting "few""#;
    let far = listed("year = \"89/100\"", WATCHED);
    let [less, more] = [r#""19" instead of "20""#, r#""21" instead of "20""#];
    assert_eq!(found(setting, std::slice::from_ref(&far)), [less, more]);
    let few = listed("year = \"10/19\"", "");
    assert_eq!(found(setting, &[far.clone(), few.clone()]), [more]);
    let enough = listed("year = \"10/20\"", WATCHED);
    assert!(found(setting, &[far, few, enough]).is_empty());
}

#[test]
fn a_rate_is_proven_by_a_tenth_of_a_point_and_by_the_rate_itself() {
    let setting = r#"setting "bound""#;
    let below = listed("year = \"949/1000\"", WATCHED);
    assert_eq!(found(setting, std::slice::from_ref(&below)), [r#""95.1%" instead of "95%""#]);
    let exact = listed("year = \"950/1000\"", "");
    assert!(found(setting, &[below, exact]).is_empty());
}

#[test]
fn the_weeks_of_a_stage_are_proven_by_the_day_on_which_they_end_and_one_before() {
    let stage = r#"stage "watched""#;
    let weeks = |day: &str, expect: &str| {
        let pupil = r#"{ at = "watched", since_day = "2025-09-01", year = "89/100", last = "80/100", since = "90/100" }"#;
        scenario("\"X-4\"", &format!("day = {day:?}\npupil = {pupil}"), expect)
    };
    let over = weeks("2025-10-03", r#""X-4: the case ends", "X-4: Office decides""#);
    let left = found(stage, std::slice::from_ref(&over));
    assert_eq!(left, ["waits for target", "school_weeks: 3"]);
    let before = weeks("2025-10-02", "");
    assert!(found(stage, &[over, before]).is_empty());
}

#[test]
fn a_row_is_proven_only_by_scenarios_that_name_its_rule() {
    let decides = |rules: &str, expect: &str| {
        scenario(rules, "day = \"2025-10-24\"\npupil = { year = \"89/100\" }", expect)
    };
    let noticed = |scenario: String| {
        let left = found("X-2", &[scenario]);
        ["Head decides", "nothing decides"].map(|change| !left.contains(&change.to_owned()))
    };
    let listed = r#""X-2: listed""#;
    assert_eq!(noticed(decides("\"X-2\"", listed)), [false, false]);
    let expect = format!("{listed}, {WATCHED}");
    assert_eq!(noticed(decides("\"X-2\", \"X-3\"", &expect)), [true, true]);
}

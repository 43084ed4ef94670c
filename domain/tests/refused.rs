//! Broken policies are refused with the line, the rule and a way to a right one.

use std::collections::BTreeMap;

use domain::policy::{Folder, check_folder};

const WHOLE: &str = r#"name = "A small policy"
document = "a page on the wall"

[roles]
"Office" = "school_office"
"Council" = "la_partner"

[[band]]
rule = "X-1"
name = "low"
from = "0%"

[[band]]
rule = "X-1"
name = "high"
from = "95%"

[[stage]]
name = "watched"
waits = "review"

[[review]]
rule = "X-2"
every = "half term"
decides = "Office"

[[step]]
rule = "X-3"
at = "start"
when = "listed"
band = "low"
do = [{ letter = "hello", by = "Office" }]
then = "watched"

[[step]]
rule = "X-4"
at = "watched"
when = ["improved", "not improved"]
then = "closed"

[[step]]
rule = "X-rest"
at = "every stage"
when = ["no figure", "left the roll", "a new school year"]
then = "closed"

[[step]]
rule = "X-otherwise"
at = "every stage"
when = "a person decides otherwise"
then = "where the person says"
"#;

fn problems(policy: &str) -> Vec<String> {
    let letter = "Subject: Hello\n\nDear {parent}, hello.\n".to_owned();
    let folder = Folder {
        policy: policy.to_owned(),
        letters: BTreeMap::from([("hello".to_owned(), letter)]),
        scenarios: String::new(),
    };
    check_folder(&folder).problems.iter().map(ToString::to_string).collect()
}

/// The whole policy with one text replaced, and what is then wrong.
#[track_caller]
fn refused(old: &str, new: &str, expected: &[&str]) {
    assert!(WHOLE.contains(old), "{old}");
    let found = problems(&WHOLE.replacen(old, new, 1));
    assert!(!found.is_empty(), "{new} was accepted");
    for part in expected {
        assert!(found.iter().any(|problem| problem.contains(part)), "{part}: {found:#?}");
    }
}

#[test]
fn a_whole_policy_is_accepted() {
    assert_eq!(problems(WHOLE), Vec::<String>::new());
}

#[test]
fn a_gap_in_the_bands_is_refused() {
    refused(
        "from = \"0%\"",
        "from = \"10%\"",
        &["policy.toml, line 8, X-1: the bands are not whole: the lowest band must start at 0%"],
    );
}

#[test]
fn a_rate_of_101_percent_and_a_number_with_a_point_are_refused() {
    refused("\"95%\"", "\"101%\"", &["line 16, X-1: `from` is \"101%\", but a percentage"]);
    refused("\"95%\"", "95.5", &["line 16, X-1: `from` must be text in quotes; write numbers"]);
    refused("\"95%\"", "95", &["line 16, X-1: `from` is \"95\", but a percentage is written"]);
}

#[test]
fn an_unknown_word_is_refused_with_the_allowed_ones() {
    refused(
        "every = \"half term\"",
        "every = \"month\"",
        &["line 24, X-2: `every` cannot be \"month\"; it must be \"day\", \"week\", "],
    );
    refused(
        "then = \"watched\"",
        "than = \"watched\"",
        &[
            "X-3: \"than\" is not a word for here; expected \"at\", \"band\", \"do\", \"rule\"",
            "X-3: `then` is missing",
        ],
    );
    refused(
        "{ letter = \"hello\"",
        "{ leter = \"hello\"",
        &["X-3: each item of `do` names one thing: \"letter\", \"message\""],
    );
    refused("[[review]]", "[[revue]]", &["\"revue\" is not a word for here"]);
}

#[test]
fn an_outcome_without_an_answer_and_one_with_two_are_refused() {
    refused(
        "when = [\"improved\", \"not improved\"]",
        "when = \"improved\"",
        &[
            "line 18: at \"watched\", when attendance has not improved in the band \"low\": no step answers",
        ],
    );
    refused(
        "[[step]]\nrule = \"X-rest\"",
        "[[step]]\nrule = \"X-5\"\nat = \"watched\"\nwhen = \"improved\"\nthen = \"stay\"\n\n[[step]]\nrule = \"X-rest\"",
        &[
            "X-5: at \"watched\", when attendance has improved in the band \"low\": the step of X-4 in line 35 answers this already",
        ],
    );
    refused("\"left the roll\", ", "", &["when the pupil has left the roll: no step answers this"]);
}

#[test]
fn a_stage_without_a_way_in_or_out_is_refused() {
    refused(
        "at = \"watched\"\nwhen = [\"improved\", \"not improved\"]\nthen = \"closed\"",
        "at = \"watched\"\nwhen = [\"improved\", \"not improved\"]\nthen = \"stay\"",
        &["line 18: no step of its own leads out of the stage \"watched\""],
    );
    refused(
        "then = \"watched\"",
        "then = \"closed\"",
        &["no step leads from the start to the stage \"watched\""],
    );
    refused(
        "then = \"watched\"",
        "then = \"wached\"",
        &["X-3: there is no stage \"wached\"; the stages are \"watched\""],
    );
}

#[test]
fn a_loop_with_no_review_is_refused() {
    refused(
        "[[stage]]\nname = \"watched\"\nwaits = \"review\"",
        "[[stage]]\nname = \"watched\"\nwaits = \"answer\"\nby = \"Office\"\nasks = \"Well?\"\nanswers = [\"improved\", \"not improved\"]\n\n[[step]]\nrule = \"X-9\"\nat = \"watched\"\nwhen = \"not improved\"\nthen = \"stay\"",
        &["from the stage \"watched\" the steps lead back to it without a review or a target"],
    );
}

#[test]
fn a_missing_letter_role_or_band_is_refused() {
    refused(
        "letter = \"hello\"",
        "letter = \"hullo\"",
        &[
            "X-3: there is no letters/hullo.md; the letters are \"hello\"",
            "letters/hello.md: no rule sends this letter",
        ],
    );
    refused(
        "decides = \"Office\"",
        "decides = \"Head\"",
        &["X-2: there is no role \"Head\"; [roles] names \"Council\" or \"Office\""],
    );
    refused("band = \"low\"", "band = \"lower\"", &["X-3: there is no band \"lower\""]);
    refused("\"school_office\"", "\"office\"", &["stands for \"office\"; it must be"]);
}

#[test]
fn entry_into_a_band_is_for_responses_and_rewards_for_each_pupil() {
    let entry = "`every` \"entry into the band\" belongs to responses and rewards for each pupil";
    let review = "every = \"half term\"\ndecides";
    refused(review, "every = \"entry into the band\"\ndecides", &["line 22, X-2", entry]);
    let row = "[[stage]]\nname = \"watched\"";
    let school =
        "[[response]]\nrule = \"X-2\"\nevery = \"entry into the band\"\nfor = \"the school\"\n";
    refused(row, &format!("{school}\n{row}"), &[entry]);
    let draw = "[[draw]]\nrule = \"X-2\"\nevery = [\"entry into the band\", \"term\"]\nprize = \"a book\"\n";
    refused(row, &format!("{draw}\n{row}"), &[entry]);
    let missing = "[[response]]\nrule = \"X-2\"\nevery = [\"now\", \"entry into the band\"]\n";
    refused(row, &format!("{missing}\n{row}"), &["`every` cannot be \"now\"; it must be \"day\""]);
}

#[test]
fn no_band_is_called_every_band_and_only_a_letter_asks_for_unauthorised_absence() {
    refused("name = \"low\"", "name = \"every band\"", &["no band can have the name"]);
    refused("band = \"low\"", "band = [\"every band\", \"low\"]", &["no band \"every band\""]);
    let call = "do = [{ call = \"hello\", unauthorised_at_least = 1 }]";
    let letter = "do = [{ letter = \"hello\", by = \"Office\" }]";
    refused(letter, call, &["\"unauthorised_at_least\" is not a word for here"]);
    let some = "do = [{ letter = \"hello\", unauthorised_at_least = \"some\" }]";
    refused(letter, some, &["`unauthorised_at_least` is \"some\", but must be a whole number"]);
}

#[test]
fn an_authority_can_always_decline() {
    refused(
        "waits = \"review\"",
        "waits = \"answer\"\nby = \"Council\"\nasks = \"Well?\"\nanswers = [\"yes\", \"no\"]",
        &["the local authority answers, so \"declines\" must be among the answers"],
    );
}

#[test]
fn all_problems_come_together_and_text_that_is_not_toml_is_one_of_them() {
    let broken = WHOLE.replace("\"95%\"", "\"101%\"").replace("half term", "month");
    assert!(problems(&broken).len() >= 2);
    assert!(problems("name = ").iter().any(|problem| problem.contains("this is not TOML")));
    assert!(!problems("").is_empty());
}

#[test]
fn a_letter_uses_known_fields_and_cites_the_law_it_speaks_of() {
    let letter = "Subject: Hello\n\nDear {parnet}, you may be prosecuted.\n".to_owned();
    let folder = Folder {
        policy: WHOLE.to_owned(),
        letters: BTreeMap::from([("hello".to_owned(), letter)]),
        scenarios: String::new(),
    };
    let found: Vec<String> =
        check_folder(&folder).problems.iter().map(ToString::to_string).collect();
    assert!(found[0].contains("line 1: the letter says \"prosecut\", so a line \"Law:\""));
    assert!(found[1].contains("line 3: there is no field {parnet}; the fields are \"parent\""));
}

#[test]
fn a_way_into_a_stage_that_waits_for_a_target_sets_one() {
    refused(
        "waits = \"review\"",
        "waits = \"target\"",
        &["X-3: the stage it leads to waits for a target, so `do` must set one"],
    );
}

#[test]
fn a_scenario_is_one_situation_and_everything_in_it_is_heard() {
    let refused = |situation: &str, expected: &str| {
        let scenarios =
            format!("[[scenario]]\nsays = \"?\"\nproves = []\nexpect = []\n{situation}");
        let (_, problems) = domain::policy::scenarios(&scenarios);
        let found: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(found.iter().any(|problem| problem.contains(expected)), "{found:#?}");
    };
    refused("stage = \"watched\"\nband_of = \"1/2\"", "with only one of `happens`, `absent`");
    refused("pupil = { year = \"1/2\" }", "`pupil` needs the `day` of a review or what `happens`");
    refused("day = \"2025-10-24\"\ndecided_by = \"Ms Hill\"", "`decided_by` needs the `day`");
    refused(
        "day = \"2025-10-24\"\nclasses_over = { month = {} }",
        "\"month\" is not a word for here",
    );
}

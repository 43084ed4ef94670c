//! Files of parents, as school systems export them: who is one person for several children, what stands between them and a
//! letter, and who may send that.

use serde_json::{Value, json};

use super::{Office, counts, notices, problems};
use crate::support::app::Client;
use crate::support::build::upn;
use crate::support::sql::Sql;

/// An export as one of the big systems writes it: `Surname` and `Forename` are the pupil's.
const HEADER: &str = "UPN,Surname,Forename,Contact Title,Contact Forename,Contact Surname,Relationship to student,Priority,\
    Parental Responsibility,Lives with student,Mobile,Home Tel,Contact Email,House and Street,Town,Postcode,First Language";

fn named(header: &str, rows: &[&str]) -> String {
    let rows: String = rows.iter().map(|row| format!("{row}\n")).collect();
    format!("{header}\n{rows}")
        .replace("ANN", &upn(1))
        .replace("BEN", &upn(2))
        .replace("CAT", &upn(3))
}

const MOTHER: &str = ",Ali,Ann,Mrs,Ngozi,Okafor,Mother,1,T,T,07700 900123,,n.okafor@example.org,1 High Street,Larkrise,LR1 1AA,Igbo";
const FATHER: &str = ",Ali,Ann,Mr,Piotr,Lind,Father,2,T,F,,020 7946 0123,,,,,POL";

/// Ann, Ben and Cat, and a file in which Ann and Ben have a mother and Ann a father too.
fn family() -> String {
    named(HEADER, &[&format!("ANN{MOTHER}"), &format!("ANN{FATHER}"), &format!("BEN{MOTHER}")])
}

impl Office {
    fn with_three() -> (Self, [i32; 3]) {
        let office = Self::open();
        let three = [1, 2, 3].map(|number| office.pupil(number));
        (office, three)
    }

    fn lead(&self) -> Client {
        self.app.school_client("school_lead", self.trust, &[self.school])
    }
}

fn parents(client: &Client, pupil: i32) -> Vec<Value> {
    let page = client.get(&format!("/v1/pupils/{pupil}/parents")).expect(200);
    page["parents"].as_array().unwrap().clone()
}

fn names(client: &Client, pupil: i32) -> Vec<String> {
    let name = |one: &Value| {
        let (person, link) = (&one["parent"]["person"], &one["link"]);
        format!(
            "{} {} {}",
            person["surname"].as_str().unwrap(),
            link["relationship"].as_str().unwrap(),
            link["priority"]
        )
    };
    parents(client, pupil).iter().map(name).collect()
}

fn texts(import: &Value) -> Vec<&str> {
    let notices = import["result"]["notices"].as_array().unwrap();
    notices.iter().map(|notice| notice["text"].as_str().unwrap()).collect()
}

#[test]
fn a_mother_of_two_is_one_person_and_the_file_is_told_why() {
    let (office, [ann, ben, cat]) = Office::with_three();
    let query = format!("kind=parents&school_id={}&dry_run=true", office.school);
    let dry = office.office.import(&query, family().as_bytes());
    let what = "parent_links_added 3, parents_added 2";
    assert_eq!((counts(&dry).as_str(), names(&office.office, ann)), (what, vec![]));

    let import = office.applied("parents", family());
    assert_eq!(counts(&import), what);
    assert_eq!(
        notices(&import),
        ["4 same-person 1"],
        "and the pupil's own name is no column to wonder at"
    );
    assert_eq!(
        texts(&import)[0],
        "Taken to be the same person, as on line 2: the same name and telephone number."
    );
    assert_eq!(names(&office.office, ann), ["Okafor mother 1", "Lind father 2"]);
    assert_eq!(names(&office.office, ben), ["Okafor mother 1"]);
    let (hers, bens) = (&parents(&office.office, ann)[0], &parents(&office.office, ben)[0]);
    assert_eq!(hers["parent"]["parent_id"], bens["parent"]["parent_id"]);
    assert_eq!(
        hers["parent"]["person"],
        json!({ "title": "Mrs", "forename": "Ngozi", "surname": "Okafor", "language": "ig", "interpreter": false,
            "contacts": [
                { "kind": "mobile", "value": "07700 900123" },
                { "kind": "email", "value": "n.okafor@example.org" },
                { "kind": "address", "value": "1 High Street, Larkrise, LR1 1AA" },
            ] })
    );
    assert_eq!(
        (&hers["link"]["responsibility"], &hers["link"]["lives_with"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(parents(&office.office, ann)[1]["parent"]["person"]["language"], "pl");

    // The same file again changes nothing. A third child's file finds her by her number, written in another way.
    assert_eq!(counts(&office.applied("parents", family())), "");
    let third = named(
        "upn,surname,forename,relationship,mobile",
        &["CAT,OKAFOR,Ngozi,Mum,+44 7700 900123"],
    );
    let import = office.applied("parents", third);
    assert_eq!(notices(&import), ["2 same-person 1"]);
    assert!(texts(&import)[0].contains("as parent"), "{import:#}");
    assert_eq!(counts(&import), "parent_links_added 1, parents_changed 1");
    let cats = &parents(&office.office, cat)[0];
    assert_eq!(cats["parent"]["parent_id"], hers["parent"]["parent_id"]);
    let contacts = cats["parent"]["person"]["contacts"].as_array().unwrap();
    assert_eq!(
        contacts.len(),
        3,
        "a file that names a mobile leaves e-mail and address: {contacts:?}"
    );
}

#[test]
fn a_number_of_the_schools_system_tells_people_of_one_name_apart_and_together() {
    let (office, [ann, ben, cat]) = Office::with_three();
    let file = named(
        "upn;contact id;parent surname;parent forename;relationship;telephone",
        &[
            "ANN;17;Smith;John;Father;020 7946 0123",
            "BEN;18;Smith;John;Grandfather;020 7946 0123",
            "CAT;17;Smith;John;Father;",
        ],
    );
    let import = office.applied("parents", file);
    assert_eq!(
        (counts(&import).as_str(), notices(&import)),
        ("parent_links_added 3, parents_added 2", vec![])
    );
    let id = |pupil| parents(&office.office, pupil)[0]["parent"]["parent_id"].clone();
    assert!(id(ann) == id(cat) && id(ann) != id(ben));
    // Without a number, somebody of the same name and nothing else in common is another person, and told.
    let office = Office::open();
    let [one, two] = [1, 2].map(|number| office.pupil(number));
    let rows = |pupil: &str, phone: &str| {
        named(
            "upn,parent surname,parent forename,relationship,telephone",
            &[&format!("{pupil},Smith,John,Father,{phone}")],
        )
    };
    office.applied("parents", rows("ANN", "020 7946 0123"));
    let import = office.applied("parents", rows("BEN", "020 7946 0999"));
    assert_eq!(notices(&import), ["2 maybe-same-person 1"]);
    assert_ne!(
        parents(&office.office, one)[0]["parent"]["parent_id"],
        parents(&office.office, two)[0]["parent"]["parent_id"]
    );
}

#[test]
fn every_bad_row_has_a_problem_of_its_own_and_nothing_is_applied() {
    let (office, [ann, ..]) = Office::with_three();
    let header = "upn,parent surname,parent forename,relationship,priority,parental responsibility,mobile,email,language";
    let stranger = upn(99);
    let file = named(
        header,
        &[
            "ANN,Okafor,Ngozi,Mother,0,T,07700 900123,,",
            "ANN,Okafor,Ngozi,Lodger,1,T,,,",
            "ANN,Okafor,Ngozi,Mother,1,perhaps,,,",
            "ANN,Okafor,Ngozi,Mother,1,T,call her mother,,",
            "ANN,Okafor,Ngozi,Mother,1,T,,n.okafor@,",
            "ANN,Okafor,Ngozi,Mother,1,T,,,Klingon",
            "ANN,,Ngozi,Mother,1,T,,,",
            &format!("{stranger},Okafor,Ngozi,Mother,1,T,,,"),
            "BEN,Lind,Piotr,Father,1,T,07700 900555,,pl",
            "BEN,Lind,Piotr,Father,2,T,07700 900555,,pl",
            "CAT,Lind,Piotr,Father,1,T,07700 900555,,en",
        ],
    );
    let import = office.refused("parents", file);
    assert_eq!(
        problems(&import),
        [
            "2 priority 0 bad-priority".to_owned(),
            "3 relationship Lodger bad-relationship".to_owned(),
            "4 parental responsibility perhaps bad-yes-no".to_owned(),
            "5 mobile call her mother bad-contact".to_owned(),
            "6 email n.okafor@ bad-contact".to_owned(),
            "7 language Klingon bad-language".to_owned(),
            "8 parent surname  missing-value".to_owned(),
            format!("9 upn {stranger} unknown-pupil"),
            "11 - - rows-disagree".to_owned(),
            "12 language en rows-disagree".to_owned(),
        ]
    );
    assert_eq!(names(&office.office, ann), Vec::<String>::new());
    assert_eq!(Sql::of(&office.app.database).number("SELECT count(*) FROM parent"), 0);
}

#[test]
fn a_neighbour_and_a_childminder_are_kept_to_be_rung_and_a_doctor_is_left_aside() {
    let (office, [ann, ..]) = Office::with_three();
    let header = "upn,parent surname,relationship,parental responsibility,telephone";
    let file = named(
        header,
        &[
            "ANN,Fell,Neighbour,F,020 7946 0123",
            "ANN,Bell,Doctor,,020 7946 0124",
            "ANN,Hill,Family friend,T,020 7946 0125",
            "ANN,Moss,Childminder,,020 7946 0126",
        ],
    );
    let import = office.applied("parents", file);
    assert_eq!(notices(&import), ["3 not-a-parent 1"]);
    assert_eq!(
        names(&office.office, ann),
        ["Fell emergency_contact 1", "Hill other 2", "Moss childminder 3"]
    );
}

const ORDERS: &str = "upn,parent surname,parent forename,relationship,mobile,court order,court order from,no contact";

#[test]
fn what_a_court_has_ordered_is_sent_by_whoever_leads_on_it_and_lifted_by_no_file() {
    let (office, [ann, ..]) = Office::with_three();
    let row =
        |order: &str| named(ORDERS, &[&format!("ANN,Lind,Piotr,Father,07700 900555,{order}")]);
    let file = row("\"Non-molestation order, family court\",2026-10-01,");

    // The office may send parents, but not this; and nobody reads it from the problem.
    let import = office.refused("parents", &file);
    assert_eq!(problems(&import), ["2 court order - needs-safeguarding"]);
    assert!(!import.to_string().contains("molestation"), "{import:#}");
    // Who may not add parents at all is told at once.
    let officer = office.app.client("trust_officer", office.trust);
    let path = format!("/v1/imports?kind=parents&school_id={}", office.school);
    assert_eq!(officer.upload(&path, file.as_bytes()).problem(403), "forbidden");

    let lead = office.lead();
    let query = format!("kind=parents&school_id={}", office.school);
    let import = lead.import(&query, file.as_bytes());
    assert_eq!(counts(&import), "parent_links_added 1, parents_added 1, safeguards_added 1");
    let his = &parents(&lead, ann)[0];
    // What the order does is not in the file: nobody is barred, and whoever leads on safeguarding is asked.
    assert_eq!(his["ask_first"], false);
    assert_eq!(notices(&import), ["2 order-without-effect 1"]);
    assert_eq!(
        his["safeguards"]["court_order"],
        json!({ "text": "Non-molestation order, family court", "from": "2026-10-01" })
    );
    assert_eq!(parents(&office.office, ann)[0]["ask_first"], false);
    assert_eq!(parents(&office.office, ann)[0].get("safeguards"), None);

    // A later file of the office says nothing of it, or that there is none: it stays.
    assert_eq!(counts(&office.applied("parents", row(",,"))), "");
    let import = office.applied("parents", row("N,,N"));
    assert_eq!(
        (counts(&import), notices(&import)),
        (String::new(), vec!["2 safeguards-stay 1".to_owned()])
    );
    // A tick adds what it says, from today on.
    let import = lead.import(&query, row(",,Y").as_bytes());
    assert_eq!(counts(&import), "safeguards_added 1");
    assert_eq!(parents(&office.office, ann)[0]["ask_first"], true, "everybody respects it");
    let barred = parents(&lead, ann)[0]["safeguards"]["no_contact"].clone();
    assert_eq!(barred["from"], "2026-11-18");

    // Days without an order, and a day that is none, are told without what stands there.
    let wrong = office.refused("parents", row(",2026-10-01,"));
    assert_eq!(problems(&wrong), ["2 court order - missing-value"]);
    let wrong = office.refused("parents", row("Y,1st October,"));
    assert_eq!(problems(&wrong), ["2 court order from - bad-date"]);
}

#[test]
fn a_file_says_what_an_order_does_and_adds_to_what_is_on_record() {
    let (office, [ann, ..]) = Office::with_three();
    let header =
        "upn,parent surname,parent forename,relationship,mobile,court order,court order effects";
    let row =
        |order: &str| named(header, &[&format!("ANN,Lind,Piotr,Father,07700 900555,{order}")]);
    let lead = office.lead();
    let query = format!("kind=parents&school_id={}", office.school);
    let effects = || parents(&lead, ann)[0]["safeguards"]["court_order"]["effects"].clone();
    let import = lead.import(&query, row("Y,No information; may-not-collect").as_bytes());
    assert_eq!(notices(&import), Vec::<String>::new(), "nothing is left to be asked");
    assert_eq!(effects(), json!(["no_information", "may_not_collect"]));
    assert_eq!(parents(&office.office, ann)[0]["ask_first"], true);
    lead.import(&query, row("Y,address_hidden").as_bytes());
    assert_eq!(effects(), json!(["no_information", "address_hidden", "may_not_collect"]));
    for (cells, problem) in [
        (",no_information", "2 court order - missing-value"),
        ("Y,no_letters", "2 court order effects - bad-text"),
    ] {
        let refused = lead.import(&query, row(cells).as_bytes());
        assert_eq!(problems(&refused), [problem], "{refused:#}");
        assert!(!refused.to_string().contains("no_letters"), "{refused:#}");
    }
}

#[test]
fn a_file_of_parents_is_taken_back_and_may_come_again() {
    let (office, [ann, ben, _]) = Office::with_three();
    office.applied(
        "parents",
        named(
            "upn,surname,forename,relationship,mobile",
            &["ANN,Okafor,Ngozi,Mother,07700 900123"],
        ),
    );
    let before = parents(&office.office, ann)[0].clone();
    let import = office.applied("parents", family());
    assert_eq!(
        counts(&import),
        "parent_links_added 2, parent_links_changed 1, parents_added 1, parents_changed 1"
    );
    assert_ne!(parents(&office.office, ann)[0]["parent"]["person"], before["parent"]["person"]);

    let undo = office.office.take_back(&import);
    let result = &undo["result"];
    assert_eq!(
        (&result["parent_links_restored"], &result["parents_restored"], &result["left_count"]),
        (&json!(3), &json!(1), &json!(0)),
        "{undo:#}"
    );
    let after = parents(&office.office, ann);
    assert_eq!(
        (after.len(), &after[0]["parent"]["person"], &after[0]["link"]),
        (1, &before["parent"]["person"], &before["link"])
    );
    assert_eq!(parents(&office.office, ben), Vec::<Value>::new());

    // The father stays, and is nobody's: the file may come again and finds him.
    let again = office.applied("parents", family());
    assert_eq!(counts(&again), "parent_links_added 2, parent_links_changed 1, parents_changed 1");
    assert_eq!(names(&office.office, ann), ["Okafor mother 1", "Lind father 2"]);

    // What a person changed since stays, and is listed.
    let father = parents(&office.office, ann)[1]["parent"]["parent_id"].clone();
    let link = json!({ "relationship": "father", "priority": 5 });
    office.office.put(&format!("/v1/pupils/{ann}/parents/{father}"), &link).expect(200);
    let undo = office.office.take_back(&again);
    assert_eq!(
        undo["result"]["left"],
        json!([{ "pupil_id": ann, "what": "parent", "why": "it was changed since" }])
    );
    assert_eq!(names(&office.office, ann), ["Okafor mother 1", "Lind father 5"]);
}

#[test]
fn no_undo_lifts_what_a_court_has_ordered() {
    let (office, [ann, ..]) = Office::with_three();
    let lead = office.lead();
    let file = named(ORDERS, &["ANN,Lind,Piotr,Father,07700 900555,Y,,"]);
    let query = format!("kind=parents&school_id={}", office.school);
    let import = lead.import(&query, file.as_bytes());
    let undo = lead.take_back(&import);
    let why = "only the safeguarding lead of the pupil's main school lifts it, and says why";
    assert_eq!(
        undo["result"]["left"],
        json!([{ "pupil_id": ann, "what": "court order or no contact", "why": why }])
    );
    // With the link the order is out of sight; when he comes again, it is there.
    assert_eq!(parents(&lead, ann), Vec::<Value>::new());
    office.applied(
        "parents",
        named("upn,surname,forename,relationship,mobile", &["ANN,Lind,Piotr,Father,07700 900555"]),
    );
    assert!(parents(&lead, ann)[0]["safeguards"]["court_order"].is_object());
}

//! Lists of schools from Get Information About Schools.

use serde_json::Value;

use super::{counts, notices};
use crate::support::app::{Client, TestApp};
use crate::support::build::{self, upn};
use crate::support::real::real;
use crate::support::sql::Sql;

struct Trust {
    app: TestApp,
    id: i32,
    admin: Client,
}

impl Trust {
    fn new() -> Self {
        let app = TestApp::start();
        let id = app.trust("Larkrise");
        let admin = app.client("trust_admin", id);
        Self { app, id, admin }
    }

    #[track_caller]
    fn applied(&self, query: &str, file: impl AsRef<[u8]>) -> Value {
        let import = self.admin.import(query, file.as_ref());
        assert_eq!(import["job"]["state"], "done", "{import:#}");
        import
    }

    /// The schools in the order of their keys, such as `900001 Elm Bank primary`.
    fn schools(&self) -> Vec<String> {
        let schools = self.admin.get("/v1/schools").expect(200);
        let text = |school: &Value, name: &str| school[name].as_str().unwrap().to_owned();
        let items = schools["items"].as_array().unwrap();
        items.iter().map(|s| ["urn", "name", "phase"].map(|name| text(s, name)).join(" ")).collect()
    }
}

const HEADER: &str = "URN,EstablishmentName,TypeOfEstablishment (code),EstablishmentStatus (code),\
    PhaseOfEducation (code),StatutoryLowAge,StatutoryHighAge,Trusts (code)";

fn file(rows: &[&str]) -> String {
    let rows: String = rows.iter().map(|row| format!("{row}\n")).collect();
    format!("{HEADER}\n{rows}")
}

#[test]
fn the_schools_of_the_trusts_group_are_added_and_kept_right() {
    let trust = Trust::new();
    let rows = [
        "100001,Élm Bank Primary,34,1,2,4,11,2044",
        "100002,Oak Hill,28,1,4,11,18,2044",
        "100003,The Willows,44,3,0,4,19,2044",
        "100004,New Start,42,1,0,11,16,2044",
        "100005,One for All,35,1,7,4,18,2044",
        "100006,Closed Down,34,2,2,4,11,2044",
        "100007,Of Another Trust,34,1,2,4,11,3000",
        "100008,By Its Ages,11,1,0,7,11,2044",
    ];
    // As the service writes it: Windows-1252.
    let bytes: Vec<u8> = file(&rows).chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let import = trust.applied("kind=schools&group_uid=2044", &bytes);
    assert_eq!(counts(&import), "schools_added 6");
    assert_eq!(
        notices(&import),
        ["2 read-as-windows1252 1", "7 closed-schools 1", "8 other-schools 1"]
    );
    let expected = [
        "100001 Élm Bank Primary primary",
        "100002 Oak Hill secondary",
        "100003 The Willows special",
        "100004 New Start alternative_provision",
        "100005 One for All all_through",
        "100008 By Its Ages primary",
    ];
    assert_eq!(trust.schools(), expected);
    assert_eq!(counts(&trust.applied("kind=schools&group_uid=2044", &bytes)), "");

    let renamed =
        file(&["100002,Oak Hill Academy,28,1,7,4,18,2044", "100009,Asked For,34,1,2,4,11,3000"]);
    let import = trust.applied("kind=schools&urn=100009", renamed);
    assert_eq!(counts(&import), "schools_added 1, schools_changed 1");
    assert_eq!(trust.schools()[1], "100002 Oak Hill Academy all_through");
    assert_eq!(trust.schools()[6], "100009 Asked For primary");
}

#[test]
fn the_members_of_a_group_are_added_and_strays_are_told() {
    let trust = Trust::new();
    build::school(&trust.admin, 1, "primary");
    let header = "URN,Group UID,Group Name,EstablishmentName,TypeOfEstablishment (code),PhaseOfEducation (code)";
    let file =
        format!("{header}\n100001,2044,Larkrise,Elm Bank,34,2\n100002,3000,Others,Oak Hill,34,4\n");
    let import = trust.applied("kind=groups&group_uid=2044", file);
    assert_eq!(counts(&import), "schools_added 1");
    assert_eq!(notices(&import), ["1 not-in-group 1", "3 other-schools 1"]);
    assert_eq!(trust.schools(), ["900001 School 1 primary", "100001 Elm Bank primary"]);
    let answer = trust.admin.upload("/v1/imports?kind=groups", b"URN\n");
    assert_eq!(answer.problem(422), "invalid");
    assert_eq!(answer.body["errors"][0]["pointer"], "?group_uid");
}

#[test]
fn a_school_whose_urn_changed_keeps_its_key_and_is_found_under_both() {
    let trust = Trust::new();
    let school = build::school(&trust.admin, 1, "primary");
    let class = build::class(&trust.admin, school, "6A");
    build::pupil(&trust.admin, school, class, 1);
    let links = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n\
        900001,140001,Elm Bank Academy,Successor,01-09-2025\n\
        140001,900001,Elm Bank,Predecessor,01-09-2025\n\
        140001,150001,Elm Bank Again,Successor,01-09-2026\n\
        150001,160001,Merged,Successor - amalgamated,01-09-2026\n\
        777777,888888,Of Others,Successor,01-09-2020\n";
    let import = trust.applied("kind=links", links);
    assert_eq!(
        (counts(&import), notices(&import)),
        ("urns_changed 2".into(), vec!["5 link-left 1".into()])
    );
    assert_eq!(trust.schools(), ["150001 School 1 primary"]);
    assert_eq!(trust.admin.get(&format!("/v1/schools/{school}")).expect(200)["urn"], "150001");
    let history = "SELECT old_urn || ' ' || new_urn || ' ' || changed_on FROM former_urn ORDER BY recorded_at";
    assert_eq!(
        Sql::of(&trust.app.database).texts(history),
        ["900001 140001 2025-09-01", "140001 150001 2026-09-01"]
    );
    assert_eq!(counts(&trust.applied("kind=links", links)), "", "the second time it is known");

    // Files of marks and pupils that still name the school by a URN of before.
    let row = |urn: &str, am: &str| format!("{},2026-11-16,{am},\\,{urn}\n", upn(1));
    for urn in ["900001", "140001", "150001"] {
        let file = format!("upn,date,am,pm,urn\n{}", row(urn, "/"));
        let import = trust.applied("kind=marks", file);
        let told = if urn == "150001" { vec![] } else { vec!["2 former-urn 1".to_owned()] };
        assert_eq!(notices(&import), told, "{urn}");
    }
    let pupils = format!(
        "upn,surname,forename,birth_date,year_group,class,first_day,urn\n\
         {},Surname1,Forename1,2015-03-14,6,6A,2026-09-02,900001\n",
        upn(1)
    );
    assert_eq!(notices(&trust.applied("kind=pupils", pupils)), ["2 former-urn 1"]);
}

#[test]
fn only_who_may_add_schools_may_send_a_file_of_them() {
    let trust = Trust::new();
    let officer = trust.app.client("trust_officer", trust.id);
    let answer = officer.upload("/v1/imports?kind=schools", b"URN\n");
    assert_eq!(answer.problem(403), "forbidden");
    assert_eq!(answer.body["permission"], "school:write");
    let school = build::school(&trust.admin, 1, "primary");
    let answer =
        trust.admin.upload(&format!("/v1/imports?kind=links&school_id={school}"), b"URN\n");
    assert_eq!(answer.body["errors"][0]["pointer"], "?school_id");
}

#[test]
fn the_files_of_the_service_itself_are_read() {
    let Some(folder) = real("gias") else { return };
    let trust = Trust::new();
    let schools = std::fs::read(folder.join("example_schools_data.csv")).unwrap();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(schools.as_slice());
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|h| h == name).unwrap();
    let (urn, status) = (column("URN"), column("EstablishmentStatus (code)"));
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let all: Vec<&str> = rows.iter().map(|row| &row[urn]).collect();
    let open = rows.iter().filter(|row| !["2", "4"].contains(&&row[status])).count();
    let import = trust.applied(&format!("kind=schools&urn={}", all.join(",")), &schools);
    assert_eq!(import["result"]["rows"], rows.len());
    assert_eq!(import["result"]["counts"]["schools_added"], trust.schools().len());
    let left: u64 = import["result"]["notices"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|notice| notice["kind"] == "no-phase")
        .map(|notice| notice["count"].as_u64().unwrap())
        .sum();
    let distinct: std::collections::BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(distinct.len(), all.len());
    assert_eq!(trust.schools().len() + usize::try_from(left).unwrap(), open);
    assert!(
        trust
            .schools()
            .iter()
            .any(|s| s.starts_with("100000 Sir John Cass's Foundation Primary School primary"))
    );

    let members = std::fs::read(folder.join("example_links_data.csv")).unwrap();
    let import = trust.applied("kind=groups&group_uid=2044", members);
    assert!(import["result"]["rows"].as_u64().unwrap() > 1);
}

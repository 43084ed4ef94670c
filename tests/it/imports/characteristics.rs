//! Free school meals, special needs and the like: dated facts that come with the pupils.

use super::{Office, counts, notices, problems};
use crate::support::build::upn;
use crate::support::real::real;
use crate::support::sql::Sql;

/// What is recorded, in the order in which it was.
fn recorded(office: &Office) -> Vec<String> {
    Sql::of(&office.app.database).texts(
        "SELECT kind || ' ' || value || ' from ' || from_day FROM characteristic ORDER BY recorded_at, kind, from_day",
    )
}

fn file(columns: &str, values: &str) -> String {
    format!(
        "upn,surname,forename,birth_date,year_group,class,first_day,{columns}\n\
         {},Ali,Ann,2015-03-14,6,6A,2026-09-02,{values}\n",
        upn(1)
    )
}

#[test]
fn what_a_file_says_first_holds_from_the_first_day_and_what_it_says_later_from_then() {
    let office = Office::open();
    let first = office.applied("pupils", file("fsm,sen,eal", "Y,N,"));
    assert_eq!(
        counts(&first),
        "characteristics_added 2, enrolments_added 1, placements_added 1, pupils_added 1"
    );
    assert_eq!(recorded(&office), ["fsm yes from 2026-09-02", "sen none from 2026-09-02"]);

    let facts = Sql::of(&office.app.database).facts();
    assert_eq!(counts(&office.applied("pupils", file("fsm,sen,eal", "Y,N,"))), "");
    assert_eq!(Sql::of(&office.app.database).facts(), facts, "what is known leaves no version");

    // On 18 November the file says that there is support now: it was not so from the first day on.
    assert_eq!(
        counts(&office.applied("pupils", file("fsm,sen", "Y,K"))),
        "characteristics_added 1"
    );
    assert_eq!(recorded(&office)[2..], ["sen support from 2026-11-18"]);
}

#[test]
fn a_file_may_say_from_which_day() {
    let office = Office::open();
    office.applied("pupils", file("sen", "N"));
    let import = office.applied("pupils", file("sen,from", "E,2026-10-05"));
    assert_eq!(counts(&import), "characteristics_added 1");
    assert_eq!(recorded(&office), ["sen none from 2026-09-02", "sen ehcp from 2026-10-05"]);
}

#[test]
fn the_columns_of_the_big_school_systems_are_known() {
    for (columns, values) in [
        ("FSM Eligible,SEN Status,EAL,In LEA Care,Service Children in Education", "T,K,F,T,F"),
        (
            "Free School Meals,SEN Provision,EAL Status,Looked After,Service Child",
            "Yes,k,No,Yes,No",
        ),
        (
            "Eligible for Free Meals,SEN Code,Additional Language,LAC,Parent in Armed Forces",
            "1,K,0,TRUE,FALSE",
        ),
    ] {
        let office = Office::open();
        let import = office.applied("pupils", file(columns, values));
        assert_eq!(notices(&import), Vec::<String>::new(), "{columns}");
        assert_eq!(
            recorded(&office),
            [
                "eal no from 2026-09-02",
                "fsm yes from 2026-09-02",
                "looked_after yes from 2026-09-02",
                "sen support from 2026-09-02",
                "service_child no from 2026-09-02"
            ]
        );
    }
    let office = Office::open();
    office.applied("pupils", file("CIN,Boarder Status,Enrolment Status", "N,6,M"));
    assert_eq!(
        recorded(&office),
        [
            "boarder yes from 2026-09-02",
            "child_in_need no from 2026-09-02",
            "registration main from 2026-09-02"
        ]
    );
}

#[test]
fn a_value_that_a_characteristic_does_not_have_is_named() {
    let office = Office::open();
    let import = office.refused("pupils", file("FSM,SEN Status", "maybe,Y"));
    assert_eq!(
        problems(&import),
        ["2 FSM maybe bad-characteristic", "2 SEN Status Y bad-characteristic"]
    );
    assert_eq!(recorded(&office), Vec::<String>::new());
}

/// Somebody's synthetic pupils have no numbers, names or dates: those are added, the rest is theirs.
#[test]
fn synthetic_pupils_of_others_come_in_with_what_is_said_of_them() {
    let Some(path) = real("os_students.csv") else { return };
    let office = Office::open();
    let mut file =
        "upn,surname,forename,birth_date,sex,year_group,first_day,eal,lac,sen\n".to_owned();
    let (mut languages, mut in_care, mut plans, mut number) = (0, 0, 0, 0);
    for row in csv::Reader::from_path(path).unwrap().records().take(500) {
        let row = row.unwrap();
        let sen = match (&row[7], &row[8]) {
            (_, "T") => "E",
            ("T", _) => "K",
            _ => "N",
        };
        number += 1;
        let (eal, lac) = (&row[6], &row[9]);
        languages += i64::from(eal == "T");
        in_care += i64::from(lac == "T");
        plans += i64::from(sen == "E");
        file += &format!(
            "{},S{number},F,2013-01-01,{},8,2026-09-02,{eal},{lac},{sen}\n",
            upn(number),
            &row[2]
        );
    }
    let import = office.applied("pupils", file);
    assert_eq!(import["result"]["counts"]["characteristics_added"], 3 * number);
    let mut sql = Sql::of(&office.app.database);
    let mut count = |what: &str| {
        sql.number(&format!(
            "SELECT count(*) FROM characteristic WHERE kind || ' ' || value = '{what}'"
        ))
    };
    assert_eq!(
        (count("eal yes"), count("looked_after yes"), count("sen ehcp")),
        (languages, in_care, plans)
    );
}

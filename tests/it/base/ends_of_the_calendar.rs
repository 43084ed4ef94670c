//! What comes from outside is refused in plain English, whatever it is: never a 500, never a panic.

use serde_json::json;

use crate::support::one_school::OneSchool;

#[test]
fn dates_and_times_that_no_calendar_shows_are_refused_everywhere() {
    let OneSchool { app: _app, admin, school, class, pupils, .. } = OneSchool::with(1);
    let pupil = pupils[0];
    for instant in ["-262143-01-01T00:00:00Z", "%2B262142-12-31T23:59:59Z", "2026-11-18T23:59:60Z"]
    {
        for path in [
            format!("/v1/schools/{school}/calendar/2026?as_known_on={instant}"),
            format!("/v1/enrolments/1/characteristics?as_known_on={instant}"),
            format!("/v1/analytics/trend?as_known_on={instant}"),
            format!("/v1/analytics/completeness?year=2026&as_known_on={instant}"),
        ] {
            let answer = admin.get(&path);
            assert!([400, 422].contains(&answer.status), "{path}: {}", answer.text);
        }
    }
    for date in ["0001-01-01", "1899-12-31", "2201-01-01", "%2B262142-12-31", "-262143-01-01"] {
        for path in [
            format!("/v1/enrolments?pupil_id={pupil}&on={date}"),
            format!("/v1/staff?on={date}"),
            format!("/v1/classes/{class}/registers/{date}/AM"),
        ] {
            let answer = admin.get(&path);
            assert_eq!(answer.problem(422), "invalid", "{path}: {}", answer.text);
        }
        let place = format!("/v1/schools/{school}/policy/pathway/{date}");
        let answer = admin.put(&place, &json!({ "policy": "one-page" }));
        assert_eq!(answer.problem(422), "invalid", "{place}: {}", answer.text);
    }
    let born = json!({ "birth_date": "0001-01-01", "reason": "Typed wrong" });
    let answer = admin.post(&format!("/v1/pupils/{pupil}/corrections"), &born);
    assert_eq!(answer.problem(422), "invalid");
    assert_eq!(answer.body["errors"][0]["pointer"], "/birth_date");
}

#[test]
fn a_nul_in_a_path_names_nothing() {
    let OneSchool { app: _app, admin, .. } = OneSchool::with(0);
    for path in ["/v1/policies/%00", "/v1/policies/a%00b", "/v1/policies/%00/book"] {
        assert_eq!(admin.get(path).problem(404), "not-found", "{path}");
    }
}

#[test]
fn answers_about_children_are_kept_by_nobody_and_the_documentation_is_in_no_frame() {
    let OneSchool { app, admin, .. } = OneSchool::with(1);
    let answer = admin.get("/v1/pupils");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let docs = app.client_of("").get("/docs/");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!((answer.header(name), docs.header(name)), (Some(value), Some(value)));
    }
    assert!(docs.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
}

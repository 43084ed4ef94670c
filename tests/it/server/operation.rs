//! The pages of those who operate the program, and of those who read its document.

use crate::support::app::{TestApp, measured};

#[test]
fn operators_and_readers_have_their_pages() {
    api::server::metrics::install();
    let app = TestApp::start();
    let nobody = app.client_of("");
    assert_eq!(nobody.get("/healthz").status, 200);
    assert_eq!(nobody.get("/readyz").status, 200);
    let docs = nobody.get("/docs/");
    assert_eq!((docs.status, docs.header("content-type")), (200, Some("text/html")));
    assert!(docs.text.contains("swagger-ui"), "{}", docs.text);
    assert_eq!(nobody.get("/docs").status, 200, "also without the slash, by way of a redirection");
    assert_eq!(nobody.get("/docs/swagger-ui-bundle.js").status, 200);
    let document = nobody.get("/openapi.json").expect(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(document["paths"]["/v1/schools"]["post"].is_object());
    assert_eq!(
        nobody.get("/.well-known/jwks.json").expect(200)["keys"].as_array().unwrap().len(),
        1
    );
    assert!(nobody.get("/v1/codes").expect(200).as_array().unwrap().len() > 20);
    assert_eq!(
        nobody.get("/metrics").problem(404),
        "not-found",
        "measurements are not for everybody"
    );
    let measured = measured();
    assert_eq!(measured.status, 200);
    assert!(
        measured
            .text
            .contains(r#"rollcall_requests_total{method="GET",route="/readyz",status="200"}"#),
        "{}",
        measured.text
    );
}

#[test]
fn what_a_client_makes_up_makes_no_new_measurement() {
    api::server::metrics::install();
    let app = TestApp::start();
    let nobody = app.client_of("");
    for method in ["FETCH", "GETTT", "Y".repeat(2000).as_str()] {
        nobody.send(method, "/v1/schools", &[], None);
        nobody.send(method, &format!("/v1/{method}"), &[], None);
    }
    nobody.get("/v1/made-up-4711");
    let measured = measured().text;
    assert!(measured.contains(r#"method="other""#), "{measured}");
    for invented in ["FETCH", "GETTT", "YYY", "made-up"] {
        assert!(!measured.contains(invented), "{invented} in {measured}");
    }
}

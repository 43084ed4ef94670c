//! The shortest story: a register is saved, and it is in the trust's figures.

use crate::support::app::TestApp;
use crate::support::build::{class, marks, pupil, school};

#[test]
fn a_register_saved_is_in_the_trend() {
    let app = TestApp::start();
    let trust = app.trust("Larkrise");
    let admin = app.client("trust_admin", trust);
    let school = school(&admin, 1, "primary");
    let class = class(&admin, school, "6A");
    let (here, away) = (pupil(&admin, school, class, 1), pupil(&admin, school, class, 2));
    let place = format!("/v1/classes/{class}/registers/2026-11-18/AM");
    admin.put(&place, &marks(&[(here, "/"), (away, "I")])).expect(200);
    let trend = admin.get("/v1/analytics/trend?window=year_to_date").expect(200);
    let cell = &trend["series"][0]["cells"][0];
    assert_eq!((&cell["possible"], &cell["absent"]), (&2.into(), &1.into()), "{trend:#}");
}

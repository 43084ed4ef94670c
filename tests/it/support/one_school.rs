//! Where most stories begin: a trust, its administrator, and a school with one class.

use super::app::{Client, TestApp};
use super::build;

/// A trust and its administrator.
pub fn one_trust() -> (TestApp, i32, Client) {
    let app = TestApp::start();
    let trust = app.trust("Larkrise");
    let admin = app.client("trust_admin", trust);
    (app, trust, admin)
}

/// A primary school with class 6A, whose pupils are on roll from 2 September 2026.
pub struct OneSchool {
    pub app: TestApp,
    pub trust: i32,
    /// Who administers the trust.
    pub admin: Client,
    pub school: i32,
    pub class: i32,
    /// By number, from 1.
    pub pupils: Vec<i32>,
}

impl OneSchool {
    /// With so many pupils, on Wednesday 18 November 2026.
    pub fn with(pupils: u32) -> Self {
        let it = Self::on(TestApp::start(), pupils);
        // The facts above were recorded one after the other, some microseconds apart.
        it.app.clock.set("2026-11-18T10:01:00Z");
        it
    }

    /// Without a pupil, at ten o'clock.
    pub fn without_pupils() -> Self {
        Self::on(TestApp::start(), 0)
    }

    /// On an application that the story has started, at the instant that its clock shows.
    pub fn on(app: TestApp, pupils: u32) -> Self {
        let trust = app.trust("Larkrise");
        let admin = app.client("trust_admin", trust);
        let school = build::school(&admin, 1, "primary");
        let class = build::class(&admin, school, "6A");
        let pupils =
            (1..=pupils).map(|number| build::pupil(&admin, school, class, number)).collect();
        Self { app, trust, admin, school, class, pupils }
    }

    /// As [`OneSchool::on`], recorded on the first morning of September.
    pub fn since_september(app: TestApp, pupils: u32) -> Self {
        app.clock.set("2026-09-01T08:00:00Z");
        Self::on(app, pupils)
    }

    /// Somebody of the school.
    pub fn colleague(&self, role: &str) -> Client {
        self.app.school_client(role, self.trust, &[self.school])
    }
}

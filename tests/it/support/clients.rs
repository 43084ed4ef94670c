//! Clients with a secret of their own: added, coming in, with the tokens that they are given.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::app::{Answer, Client};
use super::build::id;

/// A client and its secret.
#[derive(Debug, Clone)]
pub struct ComesIn {
    pub id: i32,
    pub identifier: String,
    pub secret: String,
}

impl ComesIn {
    /// Out of the answer that shows the secret.
    pub fn of(made: &Value) -> Self {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Self {
            id: id(&made["client"], "client_id"),
            identifier: text(&made["client"]["identifier"]),
            secret: text(&made["secret"]),
        }
    }

    /// A new one, of a role at some schools, until the end of 2026.
    #[track_caller]
    pub fn add(admin: &Client, role: &str, schools: &[i32]) -> Self {
        Self::of(&admin.post("/v1/clients", &new_client(role, schools)).expect(201))
    }

    /// Asks for a token at an instance.
    pub fn ask(&self, base: &str) -> Answer {
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            self.identifier, self.secret
        );
        post_form(base, "/oauth/token", &[], &form)
    }

    /// Its token, from an instance.
    #[track_caller]
    pub fn token(&self, base: &str) -> String {
        let answer = self.ask(base).expect(200);
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    /// The header of a client that says so who it is.
    pub fn basic(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:{}", self.identifier, self.secret)))
    }
}

/// What is asked to add a client.
pub fn new_client(role: &str, schools: &[i32]) -> Value {
    json!({ "name": "Register app", "purpose": "Teachers take registers", "acts": "itself", "role": role,
        "school_ids": schools, "expires_at": "2026-12-31T00:00:00Z" })
}

/// Sends a form without a token.
pub fn post_form(base: &str, path: &str, headers: &[(&str, &str)], form: &str) -> Answer {
    let mut headers = headers.to_vec();
    headers.push(("content-type", "application/x-www-form-urlencoded"));
    Client::new(base, "").send("POST", path, &headers, Some(form.as_bytes().to_vec()))
}

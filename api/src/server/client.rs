//! A client of our own API, for the command line: a token, JSON in, JSON out, refusals in plain English.

use std::time::Duration;

use base::prelude::*;

/// What went wrong, in plain English.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The service did not answer.
    #[error("{0} does not answer: {1}")]
    Unreachable(String, String),
    /// The service refused.
    #[error("{status}: {text}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Title, detail and places of the problem.
        text: String,
    },
}

/// A client with a token.
pub struct Client {
    agent: ureq::Agent,
    base: String,
    token: String,
}

impl Client {
    /// For the service at `base`, such as `http://127.0.0.1:8080`.
    pub fn new(base: &str, token: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(120)))
            .build();
        Self {
            agent: config.into(),
            base: base.trim_end_matches('/').to_owned(),
            token: token.to_owned(),
        }
    }

    /// GET.
    pub fn get(&self, path: &str) -> Result<Value, ClientError> {
        let request =
            self.agent.get(format!("{}{path}", self.base)).header("Authorization", self.bearer());
        self.read(request.call())
    }

    /// PUT of JSON.
    pub fn put(&self, path: &str, body: &impl Serialize) -> Result<Value, ClientError> {
        let request =
            self.agent.put(format!("{}{path}", self.base)).header("Authorization", self.bearer());
        self.read(request.send_json(body))
    }

    /// POST of JSON, done once for a key.
    pub fn post(&self, path: &str, key: &str, body: &impl Serialize) -> Result<Value, ClientError> {
        let request =
            self.agent.post(format!("{}{path}", self.base)).header("Authorization", self.bearer());
        self.read(request.header("Idempotency-Key", key).send_json(body))
    }

    /// POST of JSON, whose answer shows a secret and is given once.
    pub fn post_once(&self, path: &str, body: &impl Serialize) -> Result<Value, ClientError> {
        let request =
            self.agent.post(format!("{}{path}", self.base)).header("Authorization", self.bearer());
        self.read(request.send_json(body))
    }

    /// POST of a file, done once for a key.
    pub fn upload(
        &self,
        path: &str,
        key: Option<&str>,
        bytes: &[u8],
    ) -> Result<Value, ClientError> {
        let mut request =
            self.agent.post(format!("{}{path}", self.base)).header("Authorization", self.bearer());
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        self.read(request.content_type("text/csv").send(bytes))
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    fn read(
        &self,
        response: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Value, ClientError> {
        let away =
            |error: ureq::Error| ClientError::Unreachable(self.base.clone(), error.to_string());
        let mut response = response.map_err(away)?;
        let status = response.status().as_u16();
        let body: Value = response.body_mut().read_json().map_err(away)?;
        if (200..300).contains(&status) {
            Ok(body)
        } else {
            Err(ClientError::Refused { status, text: said(&body) })
        }
    }
}

/// A problem as sentences.
fn said(problem: &Value) -> String {
    let text =
        |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut parts = vec![text("title"), text("detail")];
    for error in problem.get("errors").and_then(Value::as_array).into_iter().flatten() {
        let part =
            |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        parts.push(format!("{}: expected {}.", part("pointer"), part("expected")));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

//! `demo.json`: where the demonstration is, a token for each role, and the clients that may come in.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base::prelude::*;

/// What stands in `demo.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Notes {
    /// Where it serves, such as `http://127.0.0.1:8080`.
    pub address: String,
    /// The page with the API's documentation.
    pub docs: String,
    /// The application role's database.
    pub database_url: String,
    /// The demonstration trust.
    pub trust_id: TrustId,
    /// Its schools.
    pub schools: Vec<SchoolNote>,
    /// A token for each role. Roles of a school are for the first one.
    pub tokens: BTreeMap<String, String>,
    /// A client for each program that could come in: two schools' front ends, and an authority's.
    #[serde(default)]
    pub clients: Vec<ClientNote>,
    /// Whether the trust is loaded whole.
    pub loaded: bool,
    /// The size that was asked for, as text.
    #[serde(default)]
    pub size: String,
    /// The day up to which the schools' files were sent.
    #[serde(default)]
    pub sent_to: Option<NaiveDate>,
}

/// A school of the demonstration trust.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SchoolNote {
    /// Its id.
    pub school_id: SchoolId,
    /// Its URN.
    pub urn: String,
    /// Its name.
    pub name: String,
    /// Its phase.
    pub phase: String,
    /// The key of the policy that it follows.
    #[serde(default)]
    pub policy: Option<String>,
}

/// A client of the demonstration trust, with its secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClientNote {
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: String,
    /// What it calls itself at the token endpoint.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
}

impl Notes {
    /// Where it is kept.
    pub fn path(folder: &Path) -> PathBuf {
        folder.join("demo.json")
    }

    /// As it was left by an earlier run.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(Self::path(folder)).ok()?).ok()
    }

    /// Keeps it, readable by its owner alone: it holds tokens. Put in place whole, so a reader never sees half of it.
    /// Errors: the folder cannot be written.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        let fresh = folder.join(".demo.json.new");
        let _ = std::fs::remove_file(&fresh);
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        std::fs::rename(fresh, Self::path(folder))
    }
}

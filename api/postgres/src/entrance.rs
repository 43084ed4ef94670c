//! Who may enter: the user who runs this program, under the names of the roles that it uses, and nobody else on the
//! machine, whoever can reach the socket.

use std::fs;
use std::path::Path;

use super::account::Account;
use super::error::EmbeddedError;

/// The name of the map from users of the machine to roles.
const MAP: &str = "map=rollcall";

/// Writes who may enter the cluster of `data`, also where an earlier start let everybody in. Rules that somebody wrote who
/// has no use for the socket are left alone.
pub(super) fn keep(data: &Path, roles: &[String], account: &Account) -> Result<(), EmbeddedError> {
    let rules = data.join("pg_hba.conf");
    let before = fs::read_to_string(&rules).map_err(EmbeddedError::io("read", &rules))?;
    if lets_in_others(&before) {
        let ours = format!("# Whoever runs Rollcall, and nobody else.\nlocal all all peer {MAP}\n");
        fs::write(&rules, ours).map_err(EmbeddedError::io("write", &rules))?;
    }
    let who = account.own_name();
    let line = |role: &String| format!("rollcall \"{who}\" \"{role}\"\n");
    let (map, lines) = (data.join("pg_ident.conf"), roles.iter().map(line).collect::<String>());
    fs::write(&map, lines).map_err(EmbeddedError::io("write", &map))
}

/// Whether a rule about the socket is another than ours.
pub(super) fn lets_in_others(rules: &str) -> bool {
    rules.lines().any(|line| line.starts_with("local") && !line.contains(MAP))
}

//! A connection that leaves the machine is encrypted, or refused: TLS is never dropped in silence.
//!
//! libpq's own default (`sslmode=prefer`) falls back to plain text without a word when a server offers no TLS.

use percent_encoding::percent_decode_str;

/// The address to connect to: as given when it stays on this machine or names its `sslmode`; otherwise with
/// `sslmode=require`.
///
/// # Errors
/// One sentence: a mode that would fall back in silence.
pub fn secured(url: &str, pghost: Option<&str>) -> Result<String, String> {
    let is_uri = url.starts_with("postgres://") || url.starts_with("postgresql://");
    let parameters = if is_uri { uri_parameters(url) } else { words(url) };
    let mode = parameters.iter().find(|(name, _)| name == "sslmode").map(|(_, mode)| mode.as_str());
    let hosts: Vec<String> = parameters
        .iter()
        .filter(|(name, _)| name == "host" || name == "hostaddr")
        .flat_map(|(_, hosts)| hosts.split(',').map(str::to_owned).collect::<Vec<_>>())
        .filter(|host| !host.is_empty())
        .collect();
    let local = match (hosts.is_empty(), pghost) {
        (true, Some(host)) => is_local(host),
        _ => hosts.iter().all(|host| is_local(host)),
    };
    match mode {
        Some("prefer" | "allow") if !local => Err(
            "the database is on another machine and its address says sslmode=prefer or allow, which would go on without \
             encryption when the server offers none: say sslmode=require or better verify-full"
                .to_owned(),
        ),
        Some(_) => Ok(url.to_owned()),
        None if local => Ok(url.to_owned()),
        None if !is_uri => Ok(format!("{url} sslmode=require")),
        None if url.contains('?') => Ok(format!("{url}&sslmode=require")),
        None => Ok(format!("{url}?sslmode=require")),
    }
}

fn is_local(host: &str) -> bool {
    host.starts_with('/')
        || host == "localhost"
        || host.starts_with("127.")
        || host == "::1"
        || host == "[::1]"
}

/// The hosts and parameters of `postgres://user:password@host:port,host/database?name=value&...`.
fn uri_parameters(url: &str) -> Vec<(String, String)> {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = before.split('/').next().unwrap_or_default();
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    let hosts: Vec<String> = hosts.split(',').map(|host| without_port(&decoded(host))).collect();
    let mut parameters = vec![("host".to_owned(), hosts.join(","))];
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    parameters.extend(pairs.map(|(name, value)| (name.to_owned(), decoded(value))));
    parameters
}

fn without_port(host: &str) -> String {
    if host.starts_with('[') || host.starts_with('/') {
        return host
            .rsplit_once("]:")
            .map_or_else(|| host.to_owned(), |(host, _)| format!("{host}]"));
    }
    host.split(':').next().unwrap_or_default().to_owned()
}

/// `name=value` words, as libpq's keyword strings have them.
fn words(text: &str) -> Vec<(String, String)> {
    text.split_whitespace()
        .filter_map(|word| word.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned()))
        .collect()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::secured;

    #[test]
    fn another_machine_gets_tls() {
        assert_eq!(
            secured("postgres://u:p@db.example/x", None).unwrap(),
            "postgres://u:p@db.example/x?sslmode=require"
        );
        assert_eq!(
            secured("postgres://u@10.0.0.5:5432/x?a=b", None).unwrap(),
            "postgres://u@10.0.0.5:5432/x?a=b&sslmode=require"
        );
        assert_eq!(secured("host=db dbname=x", None).unwrap(), "host=db dbname=x sslmode=require");
        assert_eq!(secured("dbname=x", Some("db.example")).unwrap(), "dbname=x sslmode=require");
        assert_eq!(
            secured("postgres://u@localhost,db.example/x", None).unwrap(),
            "postgres://u@localhost,db.example/x?sslmode=require"
        );
        assert_eq!(
            secured("postgres:///x?host=db.example", None).unwrap(),
            "postgres:///x?host=db.example&sslmode=require"
        );
    }

    #[test]
    fn this_machine_and_explicit_modes_stay_as_they_are() {
        for url in [
            "postgres://u@localhost/x",
            "postgres://u@127.0.0.1:5433/x",
            "postgres://u@[::1]:5433/x",
            "postgres://u@%2Frun%2Fpg/x",
            "postgres:///x?host=/run/pg",
            "host=/run/pg dbname=x",
            "postgres://u@db.example/x?sslmode=verify-full",
            "postgres://u@db.example/x?sslmode=disable",
        ] {
            assert_eq!(secured(url, None).unwrap(), url);
        }
    }

    #[test]
    fn a_mode_that_falls_back_in_silence_is_refused() {
        assert!(
            secured("postgres://u@db.example/x?sslmode=prefer", None)
                .unwrap_err()
                .contains("require")
        );
        assert!(secured("host=db sslmode=allow", None).is_err());
    }
}

//! A connection that leaves the machine is encrypted, or refused: TLS is never dropped in silence.
//!
//! libpq's own default (`sslmode=prefer`) falls back to plain text without a word when a server offers no TLS. What it
//! will use is read as it reads it: the address first, then the variables of the environment; where the address says
//! something twice, libpq takes one of the two and we neither.

use std::collections::BTreeSet;
use std::net::IpAddr;

use percent_encoding::percent_decode_str;

/// A variable of the environment.
pub type Variable<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// The address to connect to: as given when it stays on this machine or names its `sslmode`; otherwise with
/// `sslmode=require`.
///
/// # Errors
/// One sentence: a mode that would fall back in silence, something that is said twice, or that stands in another file.
pub fn secured(url: &str, variable: &Variable<'_>) -> Result<String, String> {
    let is_uri = url.starts_with("postgres://") || url.starts_with("postgresql://");
    let parameters = if is_uri { uri_parameters(url) } else { words(url)? };
    let mut names = BTreeSet::new();
    if let Some((name, _)) = parameters.iter().find(|(name, _)| !names.insert(same(name))) {
        return Err(format!("the address of the database says {name} twice: say it once"));
    }
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let said = |name: &str, variable: &str| {
        let said = parameters.iter().find(|(one, value)| one == name && !value.is_empty());
        said.map(|(_, value)| value.clone()).or_else(|| set(variable))
    };
    if said("service", "PGSERVICE").is_some() {
        return Err("the address of the database is that of a service, which stands in another file: say the address \
                    itself"
            .to_owned());
    }
    // An address in numbers is where libpq goes, whatever the host is called.
    let hosts = said("hostaddr", "PGHOSTADDR").or_else(|| said("host", "PGHOST"));
    let hosts = hosts.unwrap_or_default();
    let local = hosts.split(',').all(|host| host.is_empty() || is_local(host));
    let ssl = parameters.iter().any(|(name, value)| name == "ssl" && value == "true");
    let mode = if ssl { Some("require".to_owned()) } else { said("sslmode", "PGSSLMODE") };
    match mode.as_deref() {
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

/// What two parameters are that say the same: `ssl=true` is a way to write `sslmode`.
fn same(name: &str) -> &str {
    if name == "ssl" || name == "requiressl" { "sslmode" } else { name }
}

fn is_local(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.starts_with(['/', '@'])
        || host == "localhost"
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What `postgres://user:password@host:port,host/database?name=value&...` says.
fn uri_parameters(url: &str) -> Vec<(String, String)> {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    // As libpq does: the first of these two ends the name and password, if there are any.
    let (user, rest) = match rest.find(['@', '/']) {
        Some(at) if rest[at..].starts_with('@') => (&rest[..at], &rest[at + 1..]),
        _ => ("", rest),
    };
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = before.split_once('/').unwrap_or((before, ""));
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let hosts: Vec<&str> = authority.split(',').collect();
    let (hosts, ports): (Vec<_>, Vec<_>) = hosts.into_iter().map(host_and_port).unzip();
    let written = [
        ("host", hosts.join(",")),
        ("port", ports.join(",").trim_matches(',').to_owned()),
        ("user", user.to_owned()),
        ("password", password.to_owned()),
        ("dbname", database.to_owned()),
    ];
    let written = written.into_iter().filter(|(_, value)| !value.is_empty());
    let mut parameters: Vec<(String, String)> =
        written.map(|(name, value)| (name.to_owned(), decoded(&value))).collect();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    parameters.extend(pairs.map(|(name, value)| (decoded(name), decoded(value))));
    parameters
}

fn host_and_port(text: &str) -> (String, String) {
    let at = text.rfind(']').unwrap_or(0);
    match text[at..].find(':') {
        Some(colon) => (text[..at + colon].to_owned(), text[at + colon + 1..].to_owned()),
        None => (text.to_owned(), String::new()),
    }
}

/// `name = value` words, as libpq's keyword strings have them: a value may stand in single quotes, and a backslash
/// before any character.
fn words(text: &str) -> Result<Vec<(String, String)>, String> {
    let wrong = || "the address of the database is neither a URI nor name=value words".to_owned();
    let mut words = Vec::new();
    let mut characters = text.chars().peekable();
    loop {
        while characters.next_if(|c| c.is_whitespace()).is_some() {}
        let mut name = String::new();
        while let Some(c) = characters.next_if(|c| *c != '=' && !c.is_whitespace()) {
            name.push(c);
        }
        while characters.next_if(|c| c.is_whitespace()).is_some() {}
        match characters.next() {
            None if name.is_empty() => return Ok(words),
            Some('=') => {}
            _ => return Err(wrong()),
        }
        while characters.next_if(|c| c.is_whitespace()).is_some() {}
        let quoted = characters.next_if_eq(&'\'').is_some();
        let mut value = String::new();
        loop {
            match characters.next() {
                Some('\\') => value.extend(characters.next()),
                Some('\'') if quoted => break,
                None if quoted => return Err(wrong()),
                None => break,
                Some(c) if c.is_whitespace() && !quoted => break,
                Some(c) => value.push(c),
            }
        }
        words.push((name, value));
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    fn secured(url: &str, variables: &[(&str, &str)]) -> Result<String, String> {
        super::secured(url, &|name| {
            let found = variables.iter().find(|(one, _)| *one == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn another_machine_gets_tls() {
        for (url, variables, expected) in [
            ("postgres://u:p@db.example/x", &[][..], "postgres://u:p@db.example/x?sslmode=require"),
            (
                "postgres://u@10.0.0.5:5432/x?a=b",
                &[],
                "postgres://u@10.0.0.5:5432/x?a=b&sslmode=require",
            ),
            ("host=db dbname=x", &[], "host=db dbname=x sslmode=require"),
            ("dbname=x", &[("PGHOST", "db.example")], "dbname=x sslmode=require"),
            (
                "postgres://u@localhost,db.example/x",
                &[],
                "postgres://u@localhost,db.example/x?sslmode=require",
            ),
            ("postgres:///x?host=db.example", &[], "postgres:///x?host=db.example&sslmode=require"),
            ("host = 'db' dbname=x", &[], "host = 'db' dbname=x sslmode=require"),
            // Where libpq really goes.
            (
                "postgres://u@localhost/x?hostaddr=192.0.2.7",
                &[],
                "postgres://u@localhost/x?hostaddr=192.0.2.7&sslmode=require",
            ),
            (
                "postgres://u@localhost/x",
                &[("PGHOSTADDR", "192.0.2.7")],
                "postgres://u@localhost/x?sslmode=require",
            ),
            (
                "postgres://u@127.example.com/x",
                &[],
                "postgres://u@127.example.com/x?sslmode=require",
            ),
            (
                "postgres://u:p@localhost@db.example/x",
                &[],
                "postgres://u:p@localhost@db.example/x?sslmode=require",
            ),
        ] {
            assert_eq!(secured(url, variables).unwrap(), expected);
        }
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
            "postgres://u:p%40ss@localhost/x",
            "host='/run/pg' password='it\\'s' dbname=x",
            "postgres://u@db.example/x?sslmode=verify-full",
            "postgres://u@db.example/x?sslmode=disable",
            "postgres://u@db.example/x?ssl=true",
        ] {
            assert_eq!(secured(url, &[]).unwrap(), url);
        }
        let strict = "postgres://u@db.example/x";
        assert_eq!(secured(strict, &[("PGSSLMODE", "verify-full")]).unwrap(), strict);
    }

    #[test]
    fn a_mode_that_falls_back_in_silence_is_refused() {
        assert!(
            secured("postgres://u@db.example/x?sslmode=prefer", &[])
                .unwrap_err()
                .contains("require")
        );
        assert!(secured("host=db sslmode=allow", &[]).is_err());
        assert!(secured("host=db", &[("PGSSLMODE", "prefer")]).is_err());
    }

    #[test]
    fn what_is_said_twice_or_stands_elsewhere_is_refused() {
        for url in [
            "postgres://u@db.example/x?sslmode=require&sslmode=prefer",
            "postgres://u@db.example/x?ssl=true&sslmode=disable",
            "postgres://u@db.example/x?sslmode=require&%73slmode=prefer",
            "postgres://u@localhost/x?host=db.example",
            "host=db sslmode=require sslmode=disable",
            "postgres://u@localhost/x?service=elsewhere",
            "service=elsewhere",
            "host='db",
        ] {
            assert!(secured(url, &[]).is_err(), "{url}");
        }
        assert!(secured("postgres://u@localhost/x", &[("PGSERVICE", "elsewhere")]).is_err());
    }
}

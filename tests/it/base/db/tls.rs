//! A database on another machine is reached encrypted, or not at all.
//!
//! The machine is this one by another name: 0.0.0.0 leads here, and nothing about it says so.

use std::fs::{self, Permissions};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::Command;

use api::base::database_url::secured;
use api::base::migrate;
use diesel::{Connection, PgConnection};
use embedded_postgres::{Cluster, Options, SUPERUSER, discard};

use crate::support::folder::Folder;
use crate::support::program::{Running, rollcall, run, said};
use crate::support::sql::Sql;

/// How this session's connection is protected.
const ENCRYPTED: &str = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

/// A server of its own that listens on a port, as a server elsewhere would.
struct Server {
    cluster: Option<Cluster>,
    folder: Folder,
    port: u16,
}

impl Server {
    /// With a certificate for `localhost` that it signed itself, and no way in but an encrypted one.
    fn with_tls() -> Self {
        let server = Self::made();
        certificate(&server.folder, "server");
        server.give("server.crt", 0o644);
        server.give("server.key", 0o600);
        server.started("hostssl", "on")
    }

    /// One that offers no encryption and takes anybody.
    fn without_tls() -> Self {
        Self::made().started("host", "off")
    }

    /// Its files, without a running server.
    fn made() -> Self {
        let folder = Folder::new();
        let made = Cluster::start(&Options::thrown_away(folder.join("cluster")), &mut |_| {});
        made.and_then(Cluster::stop).expect("a database cluster");
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr());
        Self { cluster: None, folder, port: free.expect("a free port").port() }
    }

    /// Moves a file into the data folder, where its owner finds it.
    fn give(&self, name: &str, mode: u32) {
        let data = self.folder.join("cluster/data");
        let (file, owner) = (data.join(name), fs::metadata(&data).unwrap());
        fs::copy(self.folder.join(name), &file).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        chown(&file, Some(owner.uid()), Some(owner.gid())).unwrap();
    }

    fn started(mut self, entrance: &str, ssl: &str) -> Self {
        fs::write(
            self.folder.join("pg_hba.conf"),
            format!("{entrance} all all 127.0.0.1/32 trust\n"),
        )
        .unwrap();
        self.give("pg_hba.conf", 0o600);
        let options = Options::thrown_away(self.folder.join("cluster"))
            .with("listen_addresses", "127.0.0.1")
            .with("port", &self.port.to_string())
            .with("ssl", ssl);
        self.cluster = Some(Cluster::start(&options, &mut |_| {}).expect("a server on a port"));
        self
    }

    /// Its address as somebody would write it who never thought of encryption.
    fn url(&self, host: &str, role: &str, database: &str) -> String {
        format!("postgres://{role}@{host}:{}/{database}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.cluster.take());
        let _gone = discard(&self.folder.join("cluster"));
    }
}

/// Writes `NAME.crt` and `NAME.key`.
fn certificate(folder: &Path, name: &str) {
    said(
        Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
            .args(["-nodes", "-days", "2", "-subj", "/CN=localhost"])
            .args(["-addext", "subjectAltName=DNS:localhost"])
            .args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.crt")])
            .current_dir(folder),
    );
}

/// The service on a database whose address says nothing of encryption.
fn serve(server: &Server, data: &Folder) -> Command {
    let mut command = rollcall(&["serve", "--listen", "127.0.0.1:0", "--data", data.text()]);
    command.env("DATABASE_URL", server.url("0.0.0.0", migrate::APPLICATION, migrate::DATABASE));
    command
}

#[test]
fn a_database_elsewhere_is_reached_encrypted() {
    let (server, data) = (Server::with_tls(), Folder::new());
    let admin = |database: &str| {
        secured(&server.url("0.0.0.0", SUPERUSER, database), &|_| None).expect("an address")
    };
    assert_eq!(Sql::at(&admin("postgres")).texts(ENCRYPTED), ["true"]);

    migrate::prepare(admin, migrate::DATABASE).unwrap();
    let mut serve = Running::start(&mut serve(&server, &data));
    serve.wait_for("serving");
    let connections = Sql::at(&admin("postgres")).texts(
        "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'rollcall'",
    );
    assert_eq!(connections, ["true"]);
}

#[test]
fn a_server_without_encryption_is_refused_rather_than_used_in_plain() {
    let (server, data) = (Server::without_tls(), Folder::new());
    let plain = server.url("0.0.0.0", SUPERUSER, "postgres");
    // Left to itself, libpq goes on in plain without a word.
    assert_eq!(Sql::at(&plain).texts(ENCRYPTED), ["false"]);
    let error =
        PgConnection::establish(&secured(&plain, &|_| None).unwrap()).err().expect("refused");
    let why = "server does not support SSL, but SSL was required";
    assert!(error.to_string().contains(why), "{error}");

    migrate::prepare(|database| server.url("0.0.0.0", SUPERUSER, database), migrate::DATABASE)
        .unwrap();
    let said = run(&mut serve(&server, &data));
    assert_eq!(said.code, Some(1), "{}", said.out);
    assert!(said.err.starts_with("rollcall: the database does not answer: "), "{}", said.err);
    assert!(said.err.contains(why), "{}", said.err);
}

#[test]
fn a_certificate_is_checked_when_the_address_asks_for_it() {
    let server = Server::with_tls();
    certificate(&server.folder, "stranger");
    let ask = |host: &str, root: &str| {
        let url = server.url(host, SUPERUSER, "postgres");
        let root = server.folder.file(root);
        let url =
            secured(&format!("{url}?sslmode=verify-full&sslrootcert={root}"), &|_| None).unwrap();
        PgConnection::establish(&url).map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(ask("localhost", "server.crt"), Ok(()));
    let stranger = ask("localhost", "stranger.crt").unwrap_err();
    assert!(stranger.contains("certificate verify failed"), "{stranger}");
    let name = ask("0.0.0.0", "server.crt").unwrap_err();
    assert!(name.contains("does not match host name"), "{name}");
}

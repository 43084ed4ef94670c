//! One PostgreSQL server for a whole run of the tests, and a database of its own for every test that
//! asks.
//!
//! The server starts when the first test asks and holds its data in memory where the machine has a
//! file system there. The schema is made once, in a template; a test's database is a copy of the
//! template's files (some 30 ms). The test harness drops no statics, so nothing here relies on it:
//! the server is interrupted when this process ends ([`embedded_postgres`]), a shell that waits for the
//! same end removes the folder, and what even that leaves behind is swept at the next start.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use embedded_postgres::{Cluster, Options, SUPERUSER, discard};

/// A file system in memory, on Linux.
const MEMORY: &str = "/dev/shm";
/// The least room there for the data to go there, in bytes: containers often have 64 MiB.
const ROOM: u64 = 1024 * 1024 * 1024;
/// The start of every run's folder name; the rest is the process number.
const NAME: &str = "rollcall-test-";
/// The database that every test's database is copied from. Nobody connects to it.
const TEMPLATE: &str = "rollcall_template";

/// A database that only one test uses; dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
}

impl TestDatabase {
    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its address for one of the application's roles. Row-level security holds there.
    pub fn url(&self, role: &str) -> String {
        cluster().url(role, &self.name)
    }

    /// Its address for the superuser, who sees everything: for looking behind the application's back.
    pub fn admin_url(&self) -> String {
        self.url(SUPERUSER)
    }
}

impl TestDatabase {
    /// Lets nobody connect to it any more, so that it can be copied.
    pub fn close(&self) {
        close(cluster(), &self.name);
    }

    /// A new database with everything that is in this one, which is closed.
    pub fn copy(&self) -> TestDatabase {
        copy_of(&self.name)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // Forced, because the application's pool may still be connected; the server then sleeps a
        // tenth of a second, for which no test has to wait. A failure matters to nobody: the whole
        // server is thrown away at the end.
        let sql = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        std::thread::spawn(move || {
            if let Ok(mut admin) = PgConnection::establish(&cluster().url(SUPERUSER, "postgres")) {
                let _dropped = admin.batch_execute(&sql);
            }
        });
    }
}

/// A new database with nothing in it, which belongs to the owner's role: where migrations begin.
pub fn empty_database() -> TestDatabase {
    let (cluster, name) = (cluster(), next_name());
    let owner = api::base::migrate::OWNER;
    admin(cluster, &format!("CREATE DATABASE {name} OWNER {owner} TEMPLATE template0"));
    TestDatabase { name }
}

/// A new database with the whole schema and the built-in data, and nothing else.
pub fn fresh_database() -> TestDatabase {
    copy_of(TEMPLATE)
}

fn copy_of(template: &str) -> TestDatabase {
    let (cluster, name) = (cluster(), next_name());
    // Copying files beats the default, copying through the log, from version 15 on; before that it
    // is the only way and cannot be asked for.
    let strategy = if cluster.major() >= 15 { " STRATEGY FILE_COPY" } else { "" };
    admin(cluster, &format!("CREATE DATABASE {name} TEMPLATE {template}{strategy}"));
    TestDatabase { name }
}

/// A name that no other test's database has.
fn next_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The run's server with its template, started on first use.
pub fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let base = base();
        sweep(&base);
        let folder = base.join(format!("{NAME}{}", std::process::id()));
        let options = Options::thrown_away(&folder)
            .entered_as(&api::base::migrate::ROLES)
            // Roles of a story about roles.
            .entered_as(&["refused_bypasser", "refused_heir", "refused_stranger"])
            // Several tests at once, each with the application's pool.
            .with("max_connections", "300")
            // Its workers would sit in the template while it is to be copied.
            .with("autovacuum", "off")
            .with("jit", "off")
            .with("max_wal_size", "256MB")
            .with("checkpoint_timeout", "1h");
        let cluster = Cluster::start(&options, &mut |step| eprintln!("tests: {step}"))
            .unwrap_or_else(|error| panic!("no PostgreSQL for the tests: {error}"));
        remove_afterwards(cluster.pid(), &[cluster.folder(), &folder]);
        make_template(&cluster);
        cluster
    })
}

/// Makes the template: the one place that knows how the application prepares a database.
fn make_template(cluster: &Cluster) {
    api::base::migrate::prepare(|database| cluster.url(SUPERUSER, database), TEMPLATE)
        .unwrap_or_else(|error| panic!("the template database cannot be made: {error}"));
    close(cluster, TEMPLATE);
}

/// Keeps everybody out of a database: one with a connection to it cannot be copied.
fn close(cluster: &Cluster, name: &str) {
    let closed = format!("ALTER DATABASE {name} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false");
    admin(cluster, &closed);
    let ended =
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    admin(cluster, &ended);
}

/// Runs one statement as the superuser, outside of any test's database.
fn admin(cluster: &Cluster, sql: &str) {
    PgConnection::establish(&cluster.url(SUPERUSER, "postgres"))
        .unwrap_or_else(|error| panic!("cannot connect to the tests' PostgreSQL: {error}"))
        .batch_execute(sql)
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// Where runs keep their folders.
pub fn base() -> PathBuf {
    let memory = Path::new(MEMORY);
    if room(memory).is_some_and(|free| free >= ROOM) {
        memory.to_path_buf()
    } else {
        std::env::temp_dir()
    }
}

/// The free room of the file system at `folder`, in bytes.
fn room(folder: &Path) -> Option<u64> {
    let file_system = rustix::fs::statvfs(folder).ok()?;
    file_system.f_bavail.checked_mul(file_system.f_frsize)
}

/// Removes the folders of runs whose process is gone. One that cannot be removed (another user's)
/// is left, and one in use by another machine's container is refused by its lock.
fn sweep(base: &Path) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(NAME)?.parse::<u32>().ok());
        if process.is_some_and(|process| !Path::new(&format!("/proc/{process}")).exists()) {
            let _swept = discard(&entry.path());
        }
    }
}

/// Leaves a shell behind that waits for the end of this process, however it ends, then for the end
/// of the server, and removes the folders: memory is dear.
fn remove_afterwards(server: u32, folders: &[&Path]) {
    let script = r#"
        server=$1; shift
        cat >/dev/null
        kill -INT "$server"
        tries=0
        while [ -e "$1/data/postmaster.pid" ] && [ "$tries" -lt 200 ]; do
            tries=$((tries + 1)); sleep 0.05
        done
        rm -rf -- "$@"
    "#;
    outlive(script, |shell| shell.arg(server.to_string()).args(folders));
}

/// Starts a shell script that lives on after this process. Its standard input ends when this
/// process does, and it holds none of our outputs open.
pub(super) fn outlive(script: &str, arguments: impl FnOnce(&mut Command) -> &mut Command) {
    /// Holds our ends of the scripts' inputs, for the system to close.
    static SCRIPTS: Mutex<Vec<Child>> = Mutex::new(Vec::new());
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "tests"]);
    let child = arguments(&mut shell)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .current_dir("/")
        // A Ctrl-C in the terminal is for the tests; this has to live on to clean up after them.
        .process_group(0)
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start sh: {error}"));
    SCRIPTS.lock().unwrap_or_else(PoisonError::into_inner).push(child);
}

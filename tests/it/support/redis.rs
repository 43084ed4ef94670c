//! One Redis for a whole run of the tests, and an empty database of it for every test that asks.
//!
//! It starts when the first test asks, keeps nothing on disk, listens on a free port of this machine
//! alone, and ends with this process, however that ends.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::postgres::outlive;

/// How many databases the server has: one a test, more than there will be tests.
const DATABASES: u32 = 4096;
/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Another process may take the free port before the server does; so it is tried again.
const TRIES: u32 = 5;

/// The address of a database that is empty and that no other test uses. (Channels are shared by all
/// databases of a server.)
pub fn fresh_redis() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    assert!(number < DATABASES, "more tests than Redis databases: raise DATABASES");
    format!("redis://{}/{number}", address())
}

/// The address of a server that no other test uses, for stories in which Redis comes to grief.
pub fn own_redis() -> String {
    format!("redis://{}", server())
}

/// Where the run's server listens; started on first use.
pub fn address() -> SocketAddr {
    static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();
    *ADDRESS.get_or_init(server)
}

/// A new server.
fn server() -> SocketAddr {
    let program = program();
    (0..TRIES).find_map(|_| start(&program)).unwrap_or_else(|| {
        panic!("{} does not answer; start it by hand to see why", program.display())
    })
}

/// Starts the server on a free port. `None` when it does not answer there.
fn start(program: &Path) -> Option<SocketAddr> {
    let free =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    let address = free.unwrap_or_else(|error| panic!("no free port on this machine: {error}"));
    // The shell's input ends with this process. A signal on our end (as PostgreSQL has) would be
    // tied to the thread of the first test that asks.
    let script = r#""$@" & cat >/dev/null; kill -KILL $!; wait"#;
    outlive(script, |shell| {
        shell
            .arg(program)
            .args(["--bind", "127.0.0.1", "--port", &address.port().to_string()])
            .args(["--save", "", "--appendonly", "no", "--databases", &DATABASES.to_string()])
    });
    let since = Instant::now();
    while since.elapsed() < PATIENCE {
        if answers(address) {
            return Some(address);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    None
}

/// Whether a Redis answers there.
fn answers(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<[u8; 7]> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"PING\r\n")?;
        let mut answer = [0; 7];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| &answer == b"+PONG\r\n")
}

/// The server's program: named in `ROLLCALL_REDIS_SERVER`, else on `PATH`, else where `make test` puts one.
fn program() -> PathBuf {
    if let Some(named) = std::env::var_os("ROLLCALL_REDIS_SERVER") {
        return PathBuf::from(named);
    }
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain([tools])
        .map(|folder| folder.join("redis-server"))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("no redis-server: run the tests by `make test`, which gets one"))
}

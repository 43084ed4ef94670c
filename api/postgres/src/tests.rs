//! A real server, in folders of the temporary folder.

use std::fs;
use std::path::PathBuf;

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
use rustix::process::{Pid, Signal, kill_process};

use super::{
    Cluster, EmbeddedError, Options, SUPERUSER, binaries, discard, encode, entrance, leftovers,
    place,
};

/// A folder that no other test uses.
fn folder(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("rollcall-unit-{}-{name}", std::process::id()))
}

fn start(folder: &PathBuf) -> Result<Cluster, EmbeddedError> {
    Cluster::start(&Options::thrown_away(folder), &mut |_| {})
}

fn run(cluster: &Cluster, sql: &str) {
    let mut connection = PgConnection::establish(&cluster.url(SUPERUSER, "postgres")).unwrap();
    sql_query(sql).execute(&mut connection).unwrap();
}

#[test]
fn data_outlives_the_server_but_not_the_folder() {
    let folder = folder("kept");
    let first = start(&folder).unwrap();
    let used = first.folder().to_path_buf();
    run(&first, "create table register (mark text)");
    first.stop().unwrap();
    // What an interrupted attempt or a killed server leaves behind is no obstacle.
    let reused = format!("{}\n", std::process::id());
    fs::create_dir_all(used.join("data.new/base")).unwrap();
    fs::create_dir_all(used.join("socket")).unwrap();
    fs::write(used.join("data/postmaster.pid"), &reused).unwrap();
    fs::write(used.join("socket/.s.PGSQL.5432.lock"), &reused).unwrap();
    let second = start(&folder).unwrap();
    run(&second, "insert into register values ('/')");
    drop(second);
    discard(&folder).unwrap();
    assert!(!folder.exists() && !used.exists());
    discard(&folder).unwrap();
}

#[test]
fn a_folder_has_one_user_at_a_time() {
    let folder = folder("shared");
    let cluster = start(&folder).unwrap();
    assert!(matches!(start(&folder), Err(EmbeddedError::InUse(_))));
    assert!(matches!(discard(&folder), Err(EmbeddedError::InUse(_))));
    drop(cluster);
    discard(&folder).unwrap();
}

#[test]
fn a_folder_with_a_long_and_awkward_name_works() {
    let top = folder("long");
    let folder = top.join("l".repeat(60)).join("o".repeat(60)).join("it's a, \"name\" & ü");
    // Root's server is another account, which has to get through.
    fs::create_dir_all(folder.parent().unwrap()).unwrap();
    let cluster = start(&folder).unwrap();
    run(&cluster, "select 1");
    let socket = cluster.place.socket.clone();
    drop(cluster);
    assert!(!socket.exists(), "{} was left behind", socket.display());
    discard(&folder).unwrap();
    fs::remove_dir_all(top).unwrap();
}

#[test]
fn a_server_outlives_the_thread_that_asked_for_it() {
    let folder = folder("thread");
    let asked = folder.clone();
    let cluster = std::thread::spawn(move || start(&asked)).join().unwrap().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    run(&cluster, "select 1");
    drop(cluster);
    discard(&folder).unwrap();
}

/// Ends a server as no server ends itself.
fn kill(pid: u32) {
    let process = i32::try_from(pid).ok().and_then(Pid::from_raw).unwrap();
    kill_process(process, Signal::KILL).unwrap();
}

#[test]
fn a_server_that_dies_is_started_again_with_what_it_had() {
    let folder = folder("again");
    let options = Options::kept(&folder).started_again(|_| {});
    let cluster = Cluster::start(&options, &mut |_| {}).unwrap();
    run(&cluster, "create table register (mark text)");
    let first = cluster.pid();
    kill(first);
    let url = cluster.url(SUPERUSER, "postgres");
    let register = || {
        let mut connection = PgConnection::establish(&url).ok()?;
        sql_query("select mark from register").execute(&mut connection).ok()
    };
    let since = std::time::Instant::now();
    while cluster.pid() == first || register().is_none() {
        assert!(since.elapsed() < std::time::Duration::from_secs(60), "it stays away");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    cluster.stop().unwrap();
    discard(&folder).unwrap();
}

#[test]
fn a_server_whose_predecessor_was_killed_at_work_starts_when_that_work_has_ended() {
    let folder = folder("at-work");
    let options = Options::kept(&folder);
    let cluster = Cluster::start(&options, &mut |_| {}).unwrap();
    let mut busy = PgConnection::establish(&cluster.url(SUPERUSER, "postgres")).unwrap();
    let work = std::thread::spawn(move || {
        // It looks at nothing until it is done, so that it outlives its server.
        sql_query("select count(*) from generate_series(1, 20000000)").execute(&mut busy)
    });
    std::thread::sleep(std::time::Duration::from_millis(300));
    kill(cluster.pid());
    std::thread::sleep(std::time::Duration::from_millis(200));
    cluster.stop().unwrap();
    let again = Cluster::start(&options, &mut |_| {}).unwrap();
    run(&again, "create table register (mark text)");
    let _ended = work.join().unwrap();
    again.stop().unwrap();
    discard(&folder).unwrap();
}

#[test]
fn nobody_enters_under_a_role_that_is_not_named_and_no_rule_lets_others_in() {
    let folder = folder("entrance");
    let options = Options::thrown_away(&folder).entered_as(&["rollcall"]);
    let cluster = Cluster::start(&options, &mut |_| {}).unwrap();
    run(&cluster, "create role rollcall login");
    run(&cluster, "create role stranger login");
    let enter = |role: &str| PgConnection::establish(&cluster.url(role, "postgres"));
    assert!(enter("rollcall").is_ok());
    let refused = enter("stranger").err().unwrap().to_string();
    assert!(refused.contains("authentication failed"), "{refused}");
    let rules = cluster.place.data.join("pg_hba.conf");
    cluster.stop().unwrap();
    // A cluster of an earlier version, which let everybody in.
    fs::write(&rules, "local all all trust\n").unwrap();
    drop(Cluster::start(&options, &mut |_| {}).unwrap());
    assert!(!entrance::lets_in_others(&fs::read_to_string(&rules).unwrap()));
    discard(&folder).unwrap();
}

#[test]
fn a_setting_that_the_server_refuses_is_shown_in_its_own_words() {
    let folder = folder("refused");
    let options = Options::thrown_away(&folder).with("shared_buffers", "many");
    let error = Cluster::start(&options, &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("invalid value for parameter"), "{error}");
    discard(&folder).unwrap();
}

#[test]
fn other_peoples_files_are_left_alone() {
    let folder = folder("other");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("letter.txt"), "Dear parent").unwrap();
    assert!(matches!(start(&folder), Err(EmbeddedError::NotEmpty { .. })));
    assert!(matches!(discard(&folder), Err(EmbeddedError::NotEmpty { .. })));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_socket_path_has_107_bytes_at_most_and_no_surprises() {
    let with_length = |bytes: usize| PathBuf::from(format!("/{}", "x".repeat(bytes - 1)));
    let most = place::SOCKET_PATH - "/.s.PGSQL.5432".len();
    assert!(place::fits(&with_length(most)));
    assert!(!place::fits(&with_length(most + 1)));
    assert!(!place::fits(&PathBuf::from("/tmp/a,b")));
}

#[test]
fn an_address_is_percent_encoded() {
    assert_eq!(encode(b"/run/a b").to_string(), "%2Frun%2Fa%20b");
    assert_eq!(encode(b"rollcall_admin-1.x~").to_string(), "rollcall_admin-1.x~");
}

#[test]
fn the_version_is_read_from_what_the_server_says() {
    assert_eq!(binaries::major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
    assert_eq!(binaries::major("postgres (PostgreSQL) 19beta2"), Some(19));
    assert_eq!(binaries::major("postgres"), None);
}

#[test]
fn only_a_server_of_this_very_folder_is_an_orphan_of_ours() {
    let data = PathBuf::from("/x/data");
    assert!(leftovers::serves(b"/usr/bin/postgres\0-D\0/x/data\0-p\x005432\0", &data));
    assert!(!leftovers::serves(b"/usr/bin/postgres\0-D\0/x/data2\0", &data));
    assert!(!leftovers::serves(b"less\0/x/data\0", &data));
    assert!(!leftovers::serves(b"", &data));
}

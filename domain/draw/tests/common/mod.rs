//! Draws to verify, and the other verifier: `tests/tools/verify_draw.py`, in another language and with no code shared.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use draw::{
    Chain, Checks, Drawing, Entry, Fault, Frozen, Hash, Key, Mode, Opened, Opening, Pool, Prize,
    commit, from_hex, time_of, verify,
};
use uuid::Uuid;

pub const KEY: Key = Key([9; 32]);

/// A round of quicknet, and its signature.
pub const ROUND: u64 = 123;
const SIGNATURE: &str = "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92";

/// What decides a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Quicknet,
    Test,
    TwoSecrets,
}

pub const KINDS: [Kind; 3] = [Kind::Quicknet, Kind::Test, Kind::TwoSecrets];

/// A draw with these tickets, by pupil, and prizes.
pub struct Drawn {
    pub frozen: Frozen,
    pub pool: Pool,
    pub opened: Opened,
}

pub fn drawn(kind: Kind, tickets: &[u64], prizes: &[u64], redraws: u64) -> Drawn {
    let frozen_at = time_of(ROUND).unwrap() - TimeDelta::hours(24);
    let (trust, governor) = (vec![3; 32], b"a governor's secret".to_vec());
    let mode = match kind {
        Kind::Quicknet => Mode::Beacon(Chain::Quicknet),
        Kind::Test => Mode::Beacon(Chain::Test),
        Kind::TwoSecrets => Mode::TwoSecrets { trust: commit(&trust), governor: commit(&governor) },
    };
    let prize =
        |(place, number): (usize, &u64)| Prize { name: format!("Prize {place}"), number: *number };
    let opening = Opening {
        id: Uuid::from_u128(0x0192_0000_7000_8000_0000_0000_0000_0001),
        mode,
        title: "Prize draw \u{201c}Zo\u{eb}\u{201d}".to_owned(),
        school: "Oakfield Primary".to_owned(),
        period: "Summer term 2023".to_owned(),
        policy: "strategy".to_owned(),
        policy_version: 7,
        rule: "S-15".to_owned(),
        prizes: prizes.iter().enumerate().map(prize).collect(),
        redraws,
        wait_seconds: 86_400,
        opened_at: frozen_at - TimeDelta::days(30),
        entries_key: commit(&KEY.0),
    };
    let text = opening.publish().unwrap();
    let entries = (100..).zip(tickets).map(|(pupil, tickets)| Entry {
        pupil,
        surname: format!("O\u{2019}Neil-{pupil}"),
        forename: "Ana".to_owned(),
        birth_date: NaiveDate::from_ymd_opt(2014, 9, 1).unwrap(),
        tickets: *tickets,
    });
    let pool = Pool::new(opening.id, &KEY, entries.collect()).unwrap();
    let freeze = pool.freeze(&text, frozen_at).unwrap();
    let opened = match kind {
        Kind::Quicknet => Opened::Signature(from_hex(SIGNATURE).unwrap()),
        Kind::Test => Opened::Nothing,
        Kind::TwoSecrets => Opened::Secrets { trust, governor },
    };
    Drawn { frozen: Frozen::read(&text, &freeze).unwrap(), pool, opened }
}

pub fn drawn_at() -> DateTime<Utc> {
    time_of(ROUND).unwrap() + TimeDelta::minutes(5)
}

impl Drawn {
    /// The receipt, after the winners at these places, of those there are at the time, have declined.
    pub fn receipt(&self, declines: &[usize]) -> String {
        let mut drawing = Drawing::begin(&self.frozen, &self.pool, self.opened.clone()).unwrap();
        for place in declines {
            let winners = drawing.winners();
            if let Some((ticket, _)) = winners.get(place % winners.len().max(1)) {
                drawing.decline(*ticket, drawn_at() + TimeDelta::days(1)).unwrap();
            }
        }
        drawing.receipt(drawn_at())
    }
}

/// What a verifier says: that it holds, or the exit code of a text that does not, with the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Holds,
    Refuted(String),
    Unreadable(String),
}

impl Said {
    pub fn of<T>(found: Result<T, Fault>) -> Self {
        match found {
            Ok(_) => Self::Holds,
            Err(fault) if fault.is_unreadable() => Self::Unreadable(fault.place),
            Err(fault) => Self::Refuted(fault.place),
        }
    }
}

/// What our verifier says of a receipt; a sandbox's passes.
pub fn ours(receipt: &[u8], noted: Option<Hash>) -> Said {
    Said::of(verify(receipt, &Checks { noted, test_beacon: true }))
}

/// What the other verifier says of each of some texts; and its whole output.
pub fn others(texts: &[Vec<u8>], options: &[&str]) -> (Vec<Said>, String) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{number}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let files = texts.iter().enumerate().map(|(place, text)| {
        let file = folder.join(place.to_string());
        fs::write(&file, text).unwrap();
        file
    });
    let files: Vec<PathBuf> = files.collect();
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/tools/verify_draw.py");
    let mut command = Command::new("python3");
    let run = command.arg(program).args(options).args(files).env("PYTHONDONTWRITEBYTECODE", "1");
    let ended = run.output().expect("python3: the tests need it, for the other verifier");
    fs::remove_dir_all(&folder).unwrap();
    let (out, err) =
        (String::from_utf8(ended.stdout).unwrap(), String::from_utf8_lossy(&ended.stderr));
    assert!(err.is_empty(), "{err}");
    let place = |rest: &str| rest.split(": ").next().unwrap_or_default().to_owned();
    let said = out.lines().map(|line| {
        if let Some(rest) = line.strip_prefix("refuted at ") {
            Said::Refuted(place(rest))
        } else if let Some(rest) = line.strip_prefix("unreadable at ") {
            Said::Unreadable(place(rest))
        } else {
            Said::Holds
        }
    });
    let said: Vec<Said> = said.collect();
    assert_eq!(said.len(), texts.len(), "{out}");
    (said, out)
}

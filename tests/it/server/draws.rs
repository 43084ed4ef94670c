//! `rollcall draw`: a prize draw verified without the service that drew it, a family's slip, and a governor's secret.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use draw::{Drawing, Entry, Frozen, Key, Mode, Opened, Opening, Pool, Prize, commit, from_hex};

use crate::support::folder::Folder;
use crate::support::program::{Ended, rollcall, run};

/// A draw by two secrets among twelve pupils, with what was published of it.
struct Published {
    receipt: String,
    slip: String,
    /// The freeze's hash.
    noted: String,
}

fn publish(governor: &[u8]) -> Published {
    let (trust, key) = (vec![5; 32], Key([6; 32]));
    let opened_at: DateTime<Utc> = "2026-12-01T09:00:00Z".parse().unwrap();
    let opening = Opening {
        id: "0198f000-0000-7000-8000-000000000001".parse().unwrap(),
        mode: Mode::TwoSecrets { trust: commit(&trust), governor: commit(governor) },
        title: "Prize draw".to_owned(),
        school: "Oakfield".to_owned(),
        period: "Autumn term 2026".to_owned(),
        policy: "strategy".to_owned(),
        policy_version: 1,
        rule: "S-15".to_owned(),
        prizes: vec![Prize { name: "the termly prize".to_owned(), number: 1 }],
        redraws: 3,
        wait_seconds: 86_400,
        opened_at,
        entries_key: commit(&key.0),
    };
    let entry = |pupil: u64| Entry {
        pupil,
        surname: format!("Smith {pupil}"),
        forename: "Ana".to_owned(),
        birth_date: NaiveDate::from_ymd_opt(2016, 5, 1).unwrap(),
        tickets: pupil % 4 + 1,
    };
    let pool = Pool::new(opening.id, &key, (1..=12).map(entry).collect()).unwrap();
    let text = opening.publish().unwrap();
    let freeze = pool.freeze(&text, opened_at + TimeDelta::days(14)).unwrap();
    let frozen = Frozen::read(&text, &freeze).unwrap();
    let secrets = Opened::Secrets { trust, governor: governor.to_vec() };
    let drawing = Drawing::begin(&frozen, &pool, secrets).unwrap();
    let receipt = drawing.receipt(opened_at + TimeDelta::days(16));
    let (winner, _) = drawing.winners()[0];
    let slip = pool.slip(&frozen, pool.pupil(winner).unwrap()).unwrap().unwrap();
    Published { receipt, slip, noted: frozen.hash().to_string() }
}

fn draw(arguments: &[&str]) -> Ended {
    run(rollcall(&["draw"]).args(arguments))
}

#[test]
fn a_governor_commits_and_anybody_verifies_the_draw() {
    let folder = Folder::new();
    let secret = folder.file("secret");
    let made = draw(&["commit", &secret]);
    assert_eq!((made.code, made.err.as_str()), (Some(0), ""));
    assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(draw(&["commit", &secret]).out, made.out, "the secret that is there stays");
    let governor = from_hex(&fs::read_to_string(&secret).unwrap()).unwrap();
    assert_eq!(made.out.trim(), commit(&governor).to_string());

    let Published { receipt, slip, noted } = publish(&governor);
    let (file, slip_file) = (folder.file("receipt.json"), folder.file("slip.json"));
    fs::write(&file, &receipt).unwrap();
    fs::write(&slip_file, &slip).unwrap();
    let said = draw(&["verify", &file, "--noted", &noted]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert!(said.out.starts_with("verified: "), "{}", said.out);
    let said = draw(&["verify", &file]);
    assert!(
        said.out.starts_with("consistent; the time of the freeze is not proven\n"),
        "{}",
        said.out
    );
    // The winner proves itself: the holder of the slip is the one of the receipt.
    let own = draw(&["verify-slip", &slip_file, "--noted", &noted]);
    assert_eq!(own.code, Some(0), "{}", own.err);
    let holder = own.out.trim_end().rsplit(' ').next().unwrap();
    assert!(said.out.contains(&format!("its holder is {holder}")), "{}", said.out);
    // The other verifier says so too.
    let other =
        run(Command::new("python3").args(["tools/verify_draw.py", "--noted", &noted, &file]));
    assert_eq!((other.code, other.out.as_str()), (Some(0), "verified\n"), "{}", other.err);
}

#[test]
fn what_does_not_hold_is_named_and_what_is_no_receipt_is_told_apart() {
    let folder = Folder::new();
    let Published { receipt, noted, .. } = publish(&[7; 32]);
    let refusal = |text: &str, noted: &str| {
        let file = folder.file("receipt.json");
        fs::write(&file, text).unwrap();
        let said = draw(&["verify", &file, "--noted", noted]);
        assert_eq!(said.out, "");
        (said.code, said.err)
    };
    let other = "0".repeat(64);
    let (code, sentence) = refusal(&receipt, &other);
    assert_eq!(code, Some(1));
    assert!(sentence.starts_with("rollcall: refuted: freeze: "), "{sentence}");
    let (code, sentence) = refusal(&receipt.replace("Autumn", "Spring"), &noted);
    assert_eq!(code, Some(1));
    assert!(sentence.starts_with("rollcall: refuted: freeze.opening: "), "{sentence}");
    let (code, sentence) = refusal(&format!("{receipt}\n"), &noted);
    assert_eq!(code, Some(2));
    assert!(sentence.starts_with("rollcall: unreadable: receipt: "), "{sentence}");
    let none = draw(&["verify", &folder.file("none.json")]);
    assert_eq!(none.code, Some(2));
    let short = folder.file("short");
    fs::write(&short, "0011").unwrap();
    let said = draw(&["commit", &short]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("expected a secret of 16 to 64 bytes in hex"), "{}", said.err);
}

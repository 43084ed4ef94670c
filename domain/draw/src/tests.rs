//! The protocol against figures from elsewhere, and chance against what chance must look like.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use crate::beacon::{is_signature, randomness};
use crate::hash::{from_hex, hash, hash_of, u64_bytes};
use crate::json::{canonical, parse};
use crate::picking::{Next, Picking, seed, ticket};
use crate::tree::{Tree, leads_to};
use crate::{
    Chain, Entry, Fault, Frozen, Hash, Key, Mode, Opening, Pool, PoolError, Prize, Wrong, commit,
    first_round_from, hex, time_of,
};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A draw of one prize by the chain `test`.
fn opening() -> Opening {
    Opening {
        id: Uuid::from_u128(0x1234),
        mode: Mode::Beacon(Chain::Test),
        title: "Prize draw".to_owned(),
        school: "Oakfield".to_owned(),
        period: "Autumn term 2026".to_owned(),
        policy: "strategy".to_owned(),
        policy_version: 3,
        rule: "S-15".to_owned(),
        prizes: vec![Prize { name: "the termly prize".to_owned(), number: 1 }],
        redraws: 2,
        wait_seconds: 86_400,
        opened_at: at("2026-12-01T09:00:00Z"),
        entries_key: commit(&KEY.0),
    }
}

const KEY: Key = Key([7; 32]);

fn entry(pupil: u64, tickets: u64) -> Entry {
    let birth_date = NaiveDate::from_ymd_opt(2015, 3, 14).unwrap();
    let (surname, forename) = (format!("Surname {pupil}"), "Zo\u{eb}".to_owned());
    Entry { pupil, surname, forename, birth_date, tickets }
}

fn frozen(entries: Vec<Entry>) -> (Frozen, Pool) {
    let (opening, pool) = (opening(), Pool::new(opening().id, &KEY, entries).unwrap());
    let text = opening.publish().unwrap();
    let freeze = pool.freeze(&text, at("2026-12-15T15:30:00Z")).unwrap();
    (Frozen::read(&text, &freeze).unwrap(), pool)
}

#[test]
fn public_rounds_of_quicknet_are_signed_and_others_are_not() {
    // As drand's relays give them: /52db9ba7.../public/123 and /public/657413.
    for (round, signature, value) in [
        (
            123,
            "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92",
            None,
        ),
        (
            657_413,
            "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b",
            Some("fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587"),
        ),
    ] {
        let mut signature = from_hex(signature).unwrap();
        assert!(is_signature(round, &signature));
        assert!(!is_signature(round + 1, &signature));
        let known = randomness(&signature).to_string();
        assert!(value.is_none_or(|value| value == known), "{known}");
        signature[20] ^= 1;
        assert!(!is_signature(round, &signature));
        assert!(!is_signature(round, &signature[..47]));
    }
}

#[test]
fn a_round_appears_every_three_seconds_from_the_first() {
    let first = at("2023-08-23T15:09:27Z");
    assert_eq!(time_of(1), Some(first));
    for (seconds, round) in [(-100, 1), (0, 1), (1, 2), (3, 2), (4, 3), (366, 123), (367, 124)] {
        assert_eq!(first_round_from(first + TimeDelta::seconds(seconds)), round, "{seconds}");
    }
    assert_eq!((time_of(0), time_of(u64::MAX)), (None, None));
}

#[test]
fn texts_are_written_in_one_way_only() {
    let text = r#"{"1":{"f":"hi","F":5},"b":"é\u0000\b\t\n\f\r\"\\/\u001f","€":[],"😀":null}"#;
    let value = serde_json::from_str(text).unwrap();
    let form = r#"{"1":{"F":5,"f":"hi"},"b":"é\u0000\b\t\n\f\r\"\\/\u001f","€":[],"😀":null}"#;
    assert_eq!(canonical(&value), form);
    assert!(parse("x", form).is_ok());
    for other in [
        "{\"a\":1 }",
        "{\"a\":1}\n",
        "\u{feff}{}",
        "{\"b\":1,\"a\":2}",
        "{\"a\":1,\"a\":1}",
        "[1.0]",
        "[1e3]",
        "[-1]",
        "[-0]",
        "[9007199254740992]",
        "[\"\\u0041\"]",
        "[\"\\ud800\"]",
        "[\"\\/\"]",
        "[",
        "",
    ] {
        let fault = parse("x", other).unwrap_err();
        assert!(fault.is_unreadable() && fault.place == "x", "{other}: {fault}");
    }
}

/// The tree as RFC 9162 writes it down (section 2.1.1), and the proof (section 2.1.3.1).
fn by_the_book(leaves: &[Hash], of: usize) -> (Hash, Vec<Hash>) {
    match leaves {
        [] => (hash(&[]), vec![]),
        [leaf] => (*leaf, vec![]),
        _ => {
            let cut = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(cut);
            let inside = of < cut;
            let (own, mut proof) =
                if inside { by_the_book(left, of) } else { by_the_book(right, of - cut) };
            let (other, _) = by_the_book(if inside { right } else { left }, 0);
            proof.push(other);
            let (left, right) = if inside { (own, other) } else { (other, own) };
            (hash(&[&[1], &left.0, &right.0]), proof)
        }
    }
}

#[test]
fn the_tree_is_that_of_rfc_9162() {
    for count in 0..=40 {
        let leaves: Vec<Hash> = (0..count).map(|number| hash(&[&u64_bytes(number)])).collect();
        let tree = Tree::over(leaves.clone());
        assert_eq!(tree.root(), by_the_book(&leaves, 0).0);
        for (number, (place, leaf)) in (0..).zip(leaves.iter().enumerate()) {
            let proof = tree.proof(place);
            assert_eq!(proof, by_the_book(&leaves, place).1);
            assert!(leads_to(&tree.root(), *leaf, number, count, &proof));
            assert!(!leads_to(&tree.root(), *leaf, number + 1, count, &proof));
            assert!(!leads_to(
                &tree.root(),
                *leaf,
                number,
                count,
                &[&proof[..], &[*leaf]].concat()
            ));
            assert!(proof.is_empty() || !leads_to(&tree.root(), *leaf, number, count, &proof[1..]));
        }
    }
}

#[test]
fn what_is_opened_has_to_be_of_the_protocol() {
    let refused = |opening: Opening| opening.publish().unwrap_err();
    let place = |opening: Opening| refused(opening).place;
    assert_eq!(place(Opening { wait_seconds: 3_599, ..opening() }), "opening.wait_seconds");
    assert_eq!(place(Opening { prizes: vec![], ..opening() }), "opening.prizes");
    let none = vec![Prize { name: "nothing".to_owned(), number: 0 }];
    assert_eq!(place(Opening { prizes: none, ..opening() }), "opening.prizes.0.number");
    assert_eq!(place(Opening { title: "Zoe\u{308}".to_owned(), ..opening() }), "opening.title");
    let text = opening().publish().unwrap();
    assert_eq!(Opening::read(&text), Ok(opening()));
}

#[test]
fn a_pool_is_frozen_once_for_one_opening_and_key() {
    let (frozen, pool) = frozen(vec![entry(1, 2), entry(2, 1), entry(3, 0)]);
    assert_eq!((frozen.freeze.tickets, frozen.freeze.holders), (3, 2));
    let own = pool.tickets_of(1);
    assert!(own.len() == 2 && own.iter().all(|ticket| pool.pupil(*ticket) == Some(1)));
    assert_eq!((pool.tickets_of(3), pool.pupil(3)), (vec![], None));
    let text = opening().publish().unwrap();
    let refused = |pool: Pool, at: DateTime<Utc>| pool.freeze(&text, at).unwrap_err();
    let pool = |id, key| Pool::new(id, &key, vec![entry(1, 1)]).unwrap();
    let then = at("2026-12-15T15:30:00Z");
    let other_key = refused(pool(opening().id, Key([8; 32])), then);
    assert_eq!(other_key, Fault::at("opening.commitments.entries_key", Wrong::OtherSecret));
    assert_eq!(refused(pool(Uuid::nil(), KEY), then), Fault::at("freeze.id", Wrong::OtherDraw));
    let early = refused(pool(opening().id, KEY), at("2026-12-01T08:59:59Z"));
    assert_eq!(early, Fault::at("freeze.frozen_at", Wrong::FrozenBeforeOpened));
}

#[test]
fn entries_that_nobody_could_prove_are_refused() {
    let pool = |entries| Pool::new(Uuid::nil(), &KEY, entries).map(|_| ());
    assert_eq!(pool(vec![entry(4, 1), entry(5, 1), entry(4, 2)]), Err(PoolError::Twice(4)));
    let unseen = Entry { surname: "A\u{1f}B".to_owned(), ..entry(6, 1) };
    assert_eq!(pool(vec![unseen]), Err(PoolError::Name(6)));
}

#[test]
fn without_a_ticket_there_is_nothing_to_pick() {
    let (frozen, _) = frozen(vec![]);
    assert!(frozen.is_empty());
    assert_eq!(frozen.freeze.root, hash(&[]));
    assert!(matches!(Picking::new(&frozen, hash(&[])).look(), Next::Stopped));
    assert_eq!(ticket(&hash(&[]), 0, 0), None);
}

#[test]
fn no_key_and_no_secret_is_shown_by_chance() {
    let secrets = crate::Opened::Secrets { trust: vec![1; 32], governor: vec![2; 32] };
    assert_eq!(format!("{KEY:?} {secrets:?}"), "Key Secrets");
    assert_eq!(hex(&[0, 10, 171, 255]), "000aabff");
    assert_eq!(from_hex("000AAB"), None);
    assert_eq!(from_hex("000"), None);
}

/// How many draws are simulated.
const DRAWS: u32 = 100_000;

/// The tickets of 13 pupils, 100 in all.
const TICKETS: [u64; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 22];

/// Pearson's statistic of what was seen against what is expected.
fn chi_square(pairs: impl Iterator<Item = (u32, f64)>) -> f64 {
    pairs.map(|(seen, expected)| (f64::from(seen) - expected).powi(2) / expected).sum()
}

/// Each draw has another random value, all of them fixed here; so this passes always or never. With alpha 0.001, chance
/// itself would fail one such test in a thousand.
#[test]
fn over_a_hundred_thousand_draws_everybody_wins_as_often_as_they_have_tickets() {
    let entries = (1..).zip(TICKETS).map(|(pupil, tickets)| entry(pupil, tickets)).collect();
    let (frozen, pool) = frozen(entries);
    let (mut by_pupil, mut by_position) = ([0u32; 13], [0u32; 100]);
    for draw in 0..DRAWS {
        let randomness = hash_of("a simulated draw", &[&u64_bytes(draw.into())]);
        let seed = seed(&frozen, b"", b"", &randomness.0);
        let first = (0..).find_map(|pick| ticket(&seed, pick, 100)).unwrap();
        by_position[usize::try_from(first).unwrap()] += 1;
        by_pupil[usize::try_from(pool.pupil(first).unwrap() - 1).unwrap()] += 1;
    }
    let per_ticket = f64::from(DRAWS) / 100.0;
    let expected = TICKETS.map(|tickets| per_ticket * f64::from(u32::try_from(tickets).unwrap()));
    // The quantiles of chi-square for 1 - 0.001 with 12 and with 99 degrees of freedom.
    let pupils = chi_square(by_pupil.into_iter().zip(expected));
    assert!(pupils < 32.909, "winners against tickets: {pupils}");
    let positions = chi_square(by_position.into_iter().map(|seen| (seen, per_ticket)));
    assert!(positions < 148.230, "positions: {positions}");
    // No position is favoured: nearly all the bits there are in 1 of 100.
    let share = |seen: u32| f64::from(seen) / f64::from(DRAWS);
    let entropy: f64 = by_position.into_iter().map(|seen| -share(seen) * share(seen).log2()).sum();
    assert!((100f64.log2() - entropy).abs() < 0.002, "entropy: {entropy}");
}

/// Where a pupil's ticket comes to stand depends on the key alone, and on nothing that anybody could choose afterwards.
#[test]
fn over_many_keys_a_ticket_stands_anywhere() {
    let mut seen = [0u32; 10];
    for number in 0..2_000u64 {
        let key = Key(hash_of("a simulated key", &[&u64_bytes(number)]).0);
        let entries = (1..=10).map(|pupil| entry(pupil, 1)).collect();
        let pool = Pool::new(Uuid::nil(), &key, entries).unwrap();
        seen[usize::try_from(pool.tickets_of(1)[0]).unwrap()] += 1;
    }
    // For 1 - 0.001 with 9 degrees of freedom.
    let positions = chi_square(seen.into_iter().map(|seen| (seen, 200.0)));
    assert!(positions < 27.877, "{positions}");
}

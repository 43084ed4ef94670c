//! Two verifiers that share no code say the same of the same receipts: of sound ones, of random ones, and of every kind of
//! damage.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::ops::Range;

use common::{Drawn, KINDS, Kind, Said, drawn, drawn_at, others, ours};
use draw::{Checks, Drawing, Finding, Frozen, Unproven, verify, verify_slip, void};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

/// A draw that everything happens in: 12 holders, more prizes of a kind, declines beyond the redraws.
fn eventful(kind: Kind) -> (Drawn, String) {
    let draw = drawn(kind, &[2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 1, 2], &[1, 2], 2);
    let receipt = draw.receipt(&[0, 3, 1]);
    (draw, receipt)
}

/// Where the text holds what nothing binds: the times, and who of several winners of a prize gave it back.
fn unbound(text: &str) -> Vec<Range<usize>> {
    let names = ["\"drawn_at\":\"", "\"at\":\"", "\"declined\":"];
    let starts =
        names.iter().flat_map(|name| text.match_indices(name).map(|(at, _)| at + name.len()));
    let end = |start: usize| text[start..].find(['"', '}']).map_or(start, |length| start + length);
    starts.map(|start| start..end(start)).collect()
}

#[test]
fn what_holds_says_what_it_proves() {
    for kind in KINDS {
        let (draw, receipt) = eventful(kind);
        let noted = Some(draw.frozen.hash());
        let found =
            |noted| verify(receipt.as_bytes(), &Checks { noted, test_beacon: true }).unwrap();
        let unproven = |finding| match finding {
            Finding::Drawn { unproven, winners, .. } => {
                // One of three prizes stayed free, since nothing is picked after the third decline.
                assert_eq!(winners.len(), 2);
                unproven
            }
            Finding::Void { .. } => panic!("no void"),
        };
        let sandbox = (kind == Kind::Test).then_some(Unproven::TestBeacon);
        assert_eq!(unproven(found(noted)), Vec::from_iter(sandbox), "{kind:?}");
        let alone = [Some(Unproven::FreezeTime), sandbox].into_iter().flatten();
        assert_eq!(unproven(found(None)), alone.collect::<Vec<_>>());
        let hex = draw.frozen.hash().to_string();
        let (said, out) =
            others(&[receipt.clone().into_bytes()], &["--noted", &hex, "--test-beacon"]);
        assert_eq!(said, [Said::Holds]);
        assert_eq!(out == "verified\n", kind == Kind::TwoSecrets, "{out}");
    }
}

#[test]
fn a_sandboxs_draw_and_another_freeze_are_refused() {
    let (draw, receipt) = eventful(Kind::Test);
    let fault = verify(receipt.as_bytes(), &Checks::default()).unwrap_err();
    assert_eq!((fault.place.as_str(), fault.is_unreadable()), ("opening.chain", false));
    assert_eq!(
        others(&[receipt.clone().into_bytes()], &[]).0,
        [Said::Refuted("opening.chain".to_owned())]
    );
    let other = drawn(Kind::Test, &[1, 2], &[1], 0).frozen.hash();
    assert_ne!(other, draw.frozen.hash());
    assert_eq!(ours(receipt.as_bytes(), Some(other)), Said::Refuted("freeze".to_owned()));
    let options = ["--test-beacon", "--noted", &other.to_string()];
    assert_eq!(others(&[receipt.into_bytes()], &options).0, [Said::Refuted("freeze".to_owned())]);
}

/// A bit of every byte, each time another; for quicknet, whose signature takes its time, some of them.
#[test]
fn one_changed_bit_is_found_wherever_it_is() {
    for kind in KINDS {
        let (_, receipt) = eventful(kind);
        let unbound = unbound(&receipt);
        let every = if kind == Kind::Quicknet { 211 } else { 7 };
        let mut shown = Vec::new();
        for bit in (0..8 * receipt.len()).step_by(every) {
            let mut changed = receipt.clone().into_bytes();
            changed[bit / 8] ^= 1 << (bit % 8);
            let said = ours(&changed, None);
            let bound = !unbound.iter().any(|range| range.contains(&(bit / 8)));
            let around = &receipt.as_bytes()
                [(bit / 8).saturating_sub(40)..(bit / 8 + 20).min(receipt.len())];
            let around = String::from_utf8_lossy(around);
            assert!(!bound || said != Said::Holds, "bit {bit} of {kind:?}: {around}");
            if bit % 35 == 0 || kind == Kind::Quicknet {
                shown.push((changed, said, bit));
            }
        }
        let texts: Vec<Vec<u8>> = shown.iter().map(|(text, ..)| text.clone()).collect();
        let (said, _) = others(&texts, &["--test-beacon"]);
        for ((_, ours, bit), theirs) in shown.iter().zip(said) {
            agree(kind, ours, &theirs, || format!("bit {bit} of {kind:?}"));
        }
    }
}

/// The same verdict at the same place; only the beacon's signature is seen by ours alone, and by the other in what follows.
fn agree(kind: Kind, ours: &Said, theirs: &Said, what: impl Fn() -> String) {
    let signature = Said::Refuted("opened.signature".to_owned());
    if kind == Kind::Quicknet && *ours == signature {
        return;
    }
    assert_eq!(ours, theirs, "{}", what());
}

/// Changes a receipt as JSON and writes it in its form again.
fn edited(receipt: &str, edit: impl Fn(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_str(receipt).unwrap();
    edit(&mut value);
    value.to_string().into_bytes()
}

/// A ticket as a receipt would show it, from the slip of whoever holds it.
fn as_shown(draw: &Drawn, ticket: u64) -> Value {
    let pupil = draw.pool.pupil(ticket).unwrap();
    let slip = draw.pool.slip(&draw.frozen, pupil).unwrap().unwrap();
    let holder = verify_slip(slip.as_bytes(), None).unwrap().holder.to_string();
    let slip: Value = serde_json::from_str(&slip).unwrap();
    let mut tickets = slip["tickets"].as_array().unwrap().iter();
    let own = tickets.find(|one| one["number"].as_u64() == Some(ticket)).unwrap();
    serde_json::json!({"holder": holder, "proof": own["proof"], "salt": own["salt"]})
}

#[test]
fn what_is_cut_moved_or_added_is_named() {
    let (draw, receipt) = eventful(Kind::TwoSecrets);
    let value: Value = serde_json::from_str(&receipt).unwrap();
    let events = value["events"].as_array().unwrap().len();
    let shown = value["tickets"].as_object().unwrap();
    let unnamed = (0..18).find(|ticket: &u64| !shown.contains_key(&ticket.to_string())).unwrap();
    let more = as_shown(&draw, unnamed);
    let unnamed = unnamed.to_string();
    let first = value["tickets"].as_object().unwrap().keys().next().unwrap().clone();
    let cases: Vec<(&str, Vec<u8>, String)> = vec![
        (
            "cut before its end",
            receipt.as_bytes()[..receipt.len() - 1].to_vec(),
            "receipt".to_owned(),
        ),
        ("padded", format!("{receipt}\n").into_bytes(), "receipt".to_owned()),
        ("another member", edited(&receipt, |r| r["note"] = "x".into()), "the text".to_owned()),
        (
            "an event less",
            edited(&receipt, |r| drop(r["events"].as_array_mut().unwrap().pop())),
            "holds".to_owned(),
        ),
        (
            "no events",
            edited(&receipt, |r| r["events"] = Value::Array(vec![])),
            "events".to_owned(),
        ),
        (
            "events reordered",
            edited(&receipt, |r| r["events"].as_array_mut().unwrap().swap(0, 1)),
            "events.0.pick".to_owned(),
        ),
        (
            "an event twice",
            edited(&receipt, |r| {
                let events = r["events"].as_array_mut().unwrap();
                events.push(events[0].clone());
            }),
            format!("events.{events}"),
        ),
        (
            "an early decline",
            edited(&receipt, |r| {
                let events = r["events"].as_array_mut().unwrap();
                let last = events.pop().unwrap();
                events.insert(1, last);
            }),
            "events.1.declined".to_owned(),
        ),
        (
            "a prize for another",
            edited(&receipt, |r| r["events"][0]["prize"] = 1.into()),
            "events.0.prize".to_owned(),
        ),
        (
            "a ticket hidden",
            edited(&receipt, |r| drop(r["tickets"].as_object_mut().unwrap().remove(&first))),
            format!("tickets.{first}"),
        ),
        (
            "a ticket more",
            edited(&receipt, |r| r["tickets"][&unnamed] = more.clone()),
            format!("tickets.{unnamed}"),
        ),
        (
            "a proof cut",
            edited(&receipt, |r| drop(r["tickets"][&first]["proof"].as_array_mut().unwrap().pop())),
            format!("tickets.{first}.proof"),
        ),
        (
            "secrets swapped",
            edited(&receipt, |r| {
                let trust = r["opened"]["trust"].take();
                r["opened"]["trust"] = r["opened"]["governor"].take();
                r["opened"]["governor"] = trust;
            }),
            "opened.trust".to_owned(),
        ),
        (
            "a secret of the other draw",
            edited(&receipt, |r| r["opened"]["governor"] = "00".repeat(20).into()),
            "opened.governor".to_owned(),
        ),
        ("not a void", edited(&receipt, |r| r["void"] = Value::Null), "the text".to_owned()),
    ];
    let texts: Vec<Vec<u8>> = cases.iter().map(|(_, text, _)| text.clone()).collect();
    let (theirs, _) = others(&texts, &[]);
    for ((what, text, place), theirs) in cases.into_iter().zip(theirs) {
        let said = ours(&text, None);
        // The last event is a decline with nothing after it: without it the receipt is the one before.
        let at = match &said {
            Said::Holds => "holds",
            Said::Refuted(at) | Said::Unreadable(at) => at.as_str(),
        };
        assert_eq!(at, place, "{what}");
        assert_eq!(said, theirs, "{what}");
    }
}

#[test]
fn a_void_stays_published_and_a_slip_proves_a_familys_tickets() {
    let (draw, _) = eventful(Kind::TwoSecrets);
    let opening = draw.frozen.opening.publish().unwrap();
    let freeze = draw.pool.freeze(&opening, draw.frozen.freeze.frozen_at).unwrap();
    let why = "the governor stayed away";
    for freeze in [None, Some(freeze.as_str())] {
        let void = void(&opening, freeze, drawn_at(), why).unwrap();
        assert_eq!(ours(void.as_bytes(), None), Said::Holds);
        assert_eq!(others(&[void.into_bytes()], &[]).1, format!("void: {why}\n"));
    }
    let slip = draw.pool.slip(&draw.frozen, 102).unwrap().unwrap();
    let found = verify_slip(slip.as_bytes(), Some(draw.frozen.hash())).unwrap();
    assert_eq!((found.tickets.len(), found.surname.as_str()), (2, "O\u{2019}Neil-102"));
    assert_eq!(draw.pool.slip(&draw.frozen, 999).unwrap(), None);
    let other = drawn(Kind::TwoSecrets, &[1, 1], &[1], 0);
    assert_eq!(draw.pool.slip(&other.frozen, 102).unwrap_err().place, "freeze.root");
    let mut texts = vec![slip.clone().into_bytes()];
    texts.extend((0..8 * slip.len()).step_by(37).map(|bit| {
        let mut changed = slip.clone().into_bytes();
        changed[bit / 8] ^= 1 << (bit % 8);
        changed
    }));
    let (theirs, _) = others(&texts, &["--slip"]);
    for (place, (text, theirs)) in texts.iter().zip(theirs).enumerate() {
        let ours = Said::of(verify_slip(text, None));
        assert_eq!(ours, theirs, "{place}");
        let sound = place == 0 || only_the_freeze_moved(text, &slip);
        assert!(sound || ours != Said::Holds, "{place}");
    }
}

/// A slip does not bind what the freeze says of time, round and holders: its hash does, which is on the school's page.
fn only_the_freeze_moved(text: &[u8], slip: &str) -> bool {
    let (Ok(changed), Ok(sound)) =
        (serde_json::from_slice::<Value>(text), serde_json::from_str::<Value>(slip))
    else {
        return false;
    };
    changed["freeze"] != sound["freeze"]
        && verify_slip(text, Some(verify_slip(slip.as_bytes(), None).unwrap().noted)).is_err()
}

#[test]
fn what_does_not_fit_is_not_drawn() {
    let (draw, _) = eventful(Kind::TwoSecrets);
    let (other, _) = eventful(Kind::Quicknet);
    let fault = |frozen: &Frozen, opened: &draw::Opened| {
        Drawing::begin(frozen, &draw.pool, opened.clone()).err().unwrap().to_string()
    };
    assert_eq!(
        fault(&draw.frozen, &other.opened),
        "opened: expected both secrets, and no signature"
    );
    assert!(fault(&other.frozen, &draw.opened).starts_with("opened.signature: expected"));
    let wrong = draw::Opened::Secrets { trust: vec![3; 32], governor: vec![4; 32] };
    assert_eq!(
        fault(&draw.frozen, &wrong),
        "opened.governor: this does not open its commitment in the opening"
    );
    let short = draw::Opened::Secrets { trust: vec![3; 32], governor: vec![4; 15] };
    assert_eq!(fault(&draw.frozen, &short), "opened.governor: expected 16 to 64 bytes");
    // The freeze is a day before round 123, and waits a day.
    assert_eq!(other.frozen.drawn_from(), draw.frozen.drawn_from());
    let wrong = draw::Opened::Signature(vec![0; 48]);
    assert!(fault(&other.frozen, &wrong).contains("not the beacon's signature of round 123"));
    let mut drawing = Drawing::begin(&draw.frozen, &draw.pool, draw.opened.clone()).unwrap();
    let (won, _) = drawing.winners()[0];
    let lost = (0..18).find(|ticket| drawing.winners().iter().all(|(won, _)| won != ticket));
    assert!(drawing.decline(lost.unwrap(), drawn_at()).is_err());
    drawing.decline(won, drawn_at()).unwrap();
    assert!(drawing.decline(won, drawn_at()).unwrap_err().place.ends_with(".declined"));
}

/// One thing done to a receipt.
#[derive(Debug, Clone)]
enum Damage {
    None,
    Bit(usize),
    Cut(usize),
    Swap(usize),
    Drop(usize),
    Prize(usize),
    Ticket(usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    (0..9u8, any::<u16>()).prop_map(|(kind, at)| {
        let at = usize::from(at);
        match kind {
            0 | 1 => Damage::None,
            2 | 3 => Damage::Bit(at),
            4 => Damage::Cut(at),
            5 => Damage::Swap(at),
            6 => Damage::Drop(at),
            7 => Damage::Prize(at),
            _ => Damage::Ticket(at),
        }
    })
}

fn damaged(receipt: &str, damage: &Damage) -> Vec<u8> {
    let of_events = |edit: &dyn Fn(&mut Vec<Value>)| {
        edited(receipt, |receipt| edit(receipt["events"].as_array_mut().unwrap()))
    };
    match *damage {
        Damage::None => receipt.as_bytes().to_vec(),
        Damage::Bit(at) => {
            let mut bytes = receipt.as_bytes().to_vec();
            let bit = at % (8 * bytes.len());
            bytes[bit / 8] ^= 1 << (bit % 8);
            bytes
        }
        Damage::Cut(at) => receipt.as_bytes()[..at % receipt.len()].to_vec(),
        Damage::Swap(at) => of_events(&|events| {
            let last = events.len().saturating_sub(1);
            if last > 0 {
                events.swap(at % last, at % last + 1);
            }
        }),
        Damage::Drop(at) => of_events(&|events| {
            if !events.is_empty() {
                events.remove(at % events.len());
            }
        }),
        Damage::Prize(at) => of_events(&|events| {
            let place = at % events.len().max(1);
            if let Some(prize) = events.get_mut(place).and_then(|event| event.get_mut("prize")) {
                *prize = (at % 4).into();
            }
        }),
        Damage::Ticket(at) => of_events(&|events| {
            let place = at % events.len().max(1);
            if let Some(ticket) = events.get_mut(place).and_then(|event| event.get_mut("ticket")) {
                *ticket = (at % 7).into();
            }
        }),
    }
}

/// A draw of any size, who declines, and what is done to the receipt.
fn case() -> impl Strategy<Value = (Kind, Vec<u64>, Vec<u64>, u64, Vec<usize>, Damage)> {
    let tickets = vec(0..6u64, 0..25);
    let declines = vec(0..20usize, 0..5);
    (select(KINDS.to_vec()), tickets, vec(1..4u64, 1..4), 0..4u64, declines, damage())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Forty draws at a time, since the other verifier is a process of its own.
    #[test]
    fn both_say_the_same_of_random_draws(cases in vec(case(), 40)) {
        let texts = cases.iter().map(|(kind, tickets, prizes, redraws, declines, damage)| {
            damaged(&drawn(*kind, tickets, prizes, *redraws).receipt(declines), damage)
        });
        let texts: Vec<Vec<u8>> = texts.collect();
        let (theirs, _) = others(&texts, &["--test-beacon"]);
        for ((case, text), theirs) in cases.iter().zip(&texts).zip(theirs) {
            let said = ours(text, None);
            prop_assert!(!matches!(case.5, Damage::None) || said == Said::Holds, "{case:?} {said:?}");
            agree(case.0, &said, &theirs, || format!("{case:?}"));
        }
    }
}

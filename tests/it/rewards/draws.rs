//! Prize draws over HTTP: prepared, opened, frozen, drawn once, and checked by three verifiers that believe nothing.

mod runs;
mod secrets;
mod stage;

use std::collections::BTreeSet;

use domain::AcademicYear;
use draw::{Checks, Finding, verify, verify_slip};
use serde_json::{Value, json};

pub use self::stage::Stage;
use self::stage::{PRIZE, TERM, verifiers};
use crate::support::app::{Start, TestApp};
use crate::support::build::{id, text, upn};
use crate::support::sql::Sql;

fn checks(noted: Option<&str>) -> Checks {
    Checks { noted: noted.map(|hash| hash.parse().unwrap()), test_beacon: true }
}

fn drawn(receipt: &str) -> Finding {
    verify(receipt.as_bytes(), &checks(None)).unwrap()
}

#[test]
fn a_term_from_preparing_to_the_receipt_and_every_step_refuses_to_be_taken_early_or_twice() {
    let stage = Stage::sandbox(12);
    stage.give_all();
    let prizes = json!([{ "name": "A bicycle", "number": 1 }, { "name": "A book", "number": 2 }]);
    let draw = stage.prepare(json!({ "prizes": prizes }));
    let told = stage.read(draw);
    let facts = ["state", "mode", "opens_on", "freezes_on", "rule"].map(|name| text(&told, name));
    assert_eq!(facts, ["prepared", "beacon", "2026-12-01", "2026-12-15", "S-15"]);
    let twice = json!({ "school_id": stage.school, "prize": PRIZE, "period": TERM });
    assert_eq!(stage.to(draw, "opening", json!({})).problem(409), "draw-too-early");
    assert_eq!(stage.to(draw, "freeze", json!({})).problem(409), "draw-not-opened");
    assert_eq!(stage.to(draw, "drawing", json!({})).problem(409), "draw-not-frozen");

    stage.app.clock.set("2026-12-01T07:00:00Z");
    assert_eq!(text(&stage.to(draw, "opening", json!({})).expect(200), "state"), "opened");
    assert_eq!(stage.to(draw, "opening", json!({})).problem(409), "draw-already-opened");
    assert_eq!(stage.lead.post("/v1/draws", &twice).problem(409), "already-exists");
    let early = stage.to(draw, "freeze", json!({}));
    assert_eq!(early.problem(409), "draw-too-early");
    assert!(text(&early.body, "detail").contains("2026-12-15"), "{}", early.text);
    let link = text(&stage.read(draw), "receipt_link").to_owned();
    let nobody = stage.app.client_of("");
    assert_eq!(nobody.get(&link).problem(409), "draw-not-drawn");

    stage.app.clock.set("2026-12-15T18:30:00Z");
    let frozen = stage.to(draw, "freeze", json!({})).expect(200);
    assert_eq!((&frozen["holders"], &frozen["tickets"]), (&json!(12), &json!(58)));
    let noted = text(&frozen, "freeze_hash").to_owned();
    assert_eq!(stage.to(draw, "freeze", json!({})).problem(409), "draw-already-frozen");
    assert_eq!(stage.to(draw, "drawing", json!({})).problem(409), "beacon-too-early");
    let void = json!({ "why": "We dislike it" });
    assert_eq!(stage.to(draw, "void", void.clone()).problem(409), "draw-not-voidable");
    let published = nobody.get(&link.replace("/receipt", "/published")).expect(200);
    assert_eq!(text(&published, "freeze_hash"), noted);
    let entered =
        Sql::of(&stage.app.database).number("SELECT count(*) FROM ticket WHERE state = 'entered'");
    assert_eq!(entered, 58);

    stage.app.clock.set("2026-12-16T19:00:00Z");
    let pasted = json!({ "signature": "ab".repeat(48) });
    assert_eq!(stage.to(draw, "drawing", pasted).problem(422), "wrong-beacon-signature");
    let won = stage.to(draw, "drawing", json!({})).expect(200);
    assert_eq!(won["winners"].as_array().unwrap().len(), 3, "{won}");
    for (what, body) in
        [("drawing", json!({})), ("freeze", json!({})), ("opening", json!({})), ("void", void)]
    {
        assert_eq!(stage.to(draw, what, body).problem(409), "draw-already-drawn", "{what}");
    }
    let receipt = stage.receipt(draw);
    assert_eq!(receipt, text(&won, "receipt"));
    let found = verify(receipt.as_bytes(), &checks(Some(&noted))).unwrap();
    let Finding::Drawn { winners, .. } = found else { panic!("{found:?}") };
    let tickets: BTreeSet<u64> = winners.iter().map(|winner| winner.ticket).collect();
    let told: Vec<u64> = won["winners"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["ticket"].as_u64().unwrap())
        .collect();
    assert_eq!(told.into_iter().collect::<BTreeSet<u64>>(), tickets);
    for (code, said) in verifiers(&receipt, &["--noted", &noted]) {
        assert_eq!(code, Some(0), "{said}");
    }
}

#[test]
fn every_family_can_prove_its_tickets_and_a_winner_proves_itself() {
    let stage = Stage::sandbox(11);
    stage.give_all();
    let draw = stage.drawn(json!({}));
    let told = stage.read(draw);
    let noted = text(&told, "freeze_hash");
    let slips = stage.lead.all(&format!("/v1/draws/{draw}/slips?limit=4"), "");
    assert_eq!(slips.len(), 11);
    let mut numbers = BTreeSet::new();
    let mut winner = None;
    for (pupil, slip) in stage.pupils.iter().zip(&slips) {
        assert_eq!(id(slip, "pupil_id"), *pupil);
        assert_eq!(text(slip, "freeze_hash"), noted);
        let proven = verify_slip(text(slip, "slip").as_bytes(), checks(Some(noted)).noted).unwrap();
        assert_eq!(proven.tickets.len() as u64, slip["tickets"].as_u64().unwrap());
        if told["winners"][0]["pupil_id"] == slip["pupil_id"] {
            winner = Some(proven.holder);
        }
        numbers.extend(proven.tickets);
    }
    assert_eq!(numbers, (0..56).collect());
    let Finding::Drawn { winners, .. } = drawn(&stage.receipt(draw)) else { panic!() };
    assert_eq!(Some(winners[0].holder), winner);
    for (code, said) in verifiers(text(&slips[0], "slip"), &["--slip", "--noted", noted]) {
        assert_eq!(code, Some(0), "{said}");
    }
}

#[test]
fn a_damaged_receipt_is_refuted_by_every_verifier() {
    let stage = Stage::sandbox(10);
    stage.give_all();
    let receipt = stage.receipt(stage.drawn(json!({})));
    let place = |needle: &str| receipt.find(needle).unwrap() + needle.len();
    let mut damaged = Vec::new();
    for at in [
        place("\\\"root\\\":\\\""),
        place("\"holder\":\""),
        place("\"proof\":[\""),
        place("\"salt\":\""),
    ] {
        let mut bytes = receipt.clone().into_bytes();
        bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
        damaged.push(String::from_utf8(bytes).unwrap());
    }
    damaged.push(receipt[..receipt.len() - 40].to_owned());
    damaged.push(format!("{receipt} "));
    let mut reordered: Value = serde_json::from_str(&receipt).unwrap();
    reordered["events"].as_array_mut().unwrap().clear();
    damaged.push(reordered.to_string());
    for text in damaged {
        assert!(verify(text.as_bytes(), &checks(None)).is_err(), "{text}");
        for (code, said) in verifiers(&text, &[]) {
            assert!(matches!(code, Some(1 | 2)), "{code:?} {said}");
        }
    }
}

#[test]
fn nothing_that_is_published_leads_to_a_child() {
    let stage = Stage::sandbox(12);
    stage.give_all();
    let draw = stage.drawn(json!({}));
    let link = text(&stage.read(draw), "receipt_link").to_owned();
    let nobody = stage.app.client_of("");
    let told = stage.lead.get(&format!("/v1/draws/{draw}/announcement")).expect(200);
    let published = nobody.get(&link.replace("/receipt", "/published"));
    for public in [stage.receipt(draw), published.text, told.to_string()] {
        let public = public.to_lowercase();
        for number in 1..=12 {
            for trace in [
                format!("surname{number}"),
                format!("forename{number}"),
                upn(number).to_lowercase(),
            ] {
                assert!(!public.contains(&trace), "{trace} in {public}");
            }
        }
        assert!(!public.contains("2015-03-14") && !public.contains("pupil_id"), "{public}");
    }
    // Without the entries key not even somebody with the roll finds a holder again.
    let receipt: Value = serde_json::from_str(&stage.receipt(draw)).unwrap();
    let members: BTreeSet<&str> = receipt.as_object().unwrap().keys().map(String::as_str).collect();
    let all = ["drawn_at", "events", "format", "freeze", "opened", "opening", "tickets"];
    assert_eq!(members, BTreeSet::from(all));
    for ticket in receipt["tickets"].as_object().unwrap().values() {
        let members: Vec<&str> = ticket.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["holder", "proof", "salt"]);
    }
}

#[test]
fn with_nine_holders_nothing_is_public_and_with_none_the_draw_is_over() {
    let stage = Stage::sandbox(9);
    stage.give_all();
    let draw = stage.prepare(json!({}));
    let link = text(&stage.read(draw), "receipt_link").to_owned();
    stage.app.clock.set("2026-12-15T18:30:00Z");
    stage.to(draw, "opening", json!({})).expect(200);
    stage.to(draw, "freeze", json!({})).expect(200);
    stage.app.clock.set("2026-12-16T19:00:00Z");
    let told = stage.to(draw, "drawing", json!({})).expect(200);
    assert_eq!(told.get("receipt_link"), None);
    drawn(text(&told, "receipt"));
    let nobody = stage.app.client_of("");
    for path in [link.clone(), link.replace("/receipt", "/published")] {
        assert_eq!(nobody.get(&path).problem(404), "not-found");
    }

    let none = Stage::sandbox(1);
    let draw = none.frozen(json!({}));
    assert_eq!(text(&none.read(draw), "state"), "empty");
    none.app.clock.set("2026-12-16T19:00:00Z");
    assert_eq!(none.to(draw, "drawing", json!({})).problem(409), "draw-over");
}

#[test]
fn more_prizes_than_children_and_declines_until_no_redraw_is_left() {
    let stage = Stage::sandbox(10);
    stage.give_all();
    let prizes = json!([{ "name": "A badge", "number": 20 }]);
    let draw = stage.drawn(json!({ "prizes": prizes }));
    let told = stage.read(draw);
    assert_eq!(told["winners"].as_array().unwrap().len(), 10, "one each, and ten stay free");

    let other = Stage::sandbox(12);
    other.give_all();
    let draw = other.drawn(json!({ "redraws": 1 }));
    let first = other.read(draw)["winners"][0]["ticket"].clone();
    let decline = |ticket: &Value| json!({ "ticket": ticket, "reason": "The family rang" });
    let missing = other.to(draw, "declines", decline(&json!(1_000)));
    assert_eq!(missing.problem(409), "no-prize-to-decline");
    other.app.clock.set("2026-12-17T09:00:00Z");
    let second = other.to(draw, "declines", decline(&first)).expect(200);
    assert_ne!(second["winners"][0]["ticket"], first);
    assert_eq!(other.to(draw, "declines", decline(&first)).problem(409), "no-prize-to-decline");
    let ticket = second["winners"][0]["ticket"].clone();
    let third = other.to(draw, "declines", decline(&ticket)).expect(200);
    assert_eq!(third["winners"], json!([]));
    let receipt = other.receipt(draw);
    drawn(&receipt);
    for (code, said) in verifiers(&receipt, &[]) {
        assert_eq!(code, Some(0), "{said}");
    }
}

#[test]
fn what_turns_out_after_the_freeze_is_recorded_beside_the_draw_and_changes_nothing() {
    let stage = Stage::sandbox(10);
    stage.give_all();
    let draw = stage.frozen(json!({}));
    let before = stage.read(draw);
    let note =
        json!({ "pupil_id": stage.pupils[0], "says": "The register of 9 November was amended" });
    let told = stage.to(draw, "notes", note).expect(200);
    assert_eq!(told["freeze"], before["freeze"]);
    let last = told["history"].as_array().unwrap().last().unwrap();
    assert_eq!((text(last, "kind"), id(last, "pupil_id")), ("noted", stage.pupils[0]));
}

#[test]
fn another_schools_token_a_teachers_and_a_guessed_link_open_nothing() {
    let stage = Stage::sandbox(10);
    stage.give_all();
    let draw = stage.drawn(json!({}));
    let other = crate::support::build::school(&stage.admin, 2, "primary");
    let stranger = stage.app.school_client("school_lead", stage.trust, &[other]);
    for path in ["", "/slips", "/announcement"] {
        assert_eq!(stranger.get(&format!("/v1/draws/{draw}{path}")).problem(404), "not-found");
    }
    let decline = json!({ "ticket": 1, "reason": "x" });
    assert_eq!(
        stranger.post(&format!("/v1/draws/{draw}/declines"), &decline).problem(404),
        "not-found"
    );
    let teacher = stage.app.school_client("teacher", stage.trust, &[stage.school]);
    teacher.get(&format!("/v1/draws/{draw}")).expect(200);
    assert_eq!(
        teacher.post(&format!("/v1/draws/{draw}/freeze"), &json!({})).problem(403),
        "forbidden"
    );
    let nobody = stage.app.client_of("");
    let trust = stage.trust;
    for link in ["", "1-", "x", "0-abc", "-1-abc", &format!("{trust}-{}", "0".repeat(48)), "99-abc"]
    {
        let path = format!("/v1/draws/{draw}/receipt?link={link}");
        assert_eq!(nobody.get(&path).problem(404), "not-found", "{link}");
    }
    let unknown = json!({ "school_id": stage.school, "prize": "a car", "period": TERM });
    assert_eq!(stage.lead.post("/v1/draws", &unknown).problem(404), "not-found");
    let unknown = json!({ "school_id": stage.school, "prize": PRIZE, "period": "2026/term-9" });
    assert_eq!(stage.lead.post("/v1/draws", &unknown).problem(404), "not-found");
}

/// When round 123 of quicknet appeared, less a day: frozen then, that round decides.
const FROZEN: &str = "2023-08-22T15:15:33Z";
const SIGNATURE: &str = "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92";

#[test]
fn a_real_trusts_draw_is_decided_by_quicknet_and_by_no_other_signature() {
    let app = TestApp::start_with(Start { clockwork: false, ..Start::default() });
    app.clock.set("2023-08-01T08:00:00Z");
    let trust = app.trust("Larkrise");
    let stage = Stage::on(app, trust, 10);
    stage.give_all();
    assert!(AcademicYear::new(2026).is_some());
    let days = json!({ "opens_on": "2023-08-02", "freezes_on": "2023-08-22" });
    let draw = stage.prepare(days);
    stage.app.clock.set("2023-08-02T08:00:00Z");
    stage.to(draw, "opening", json!({})).expect(200);
    stage.app.clock.set(FROZEN);
    let frozen = stage.to(draw, "freeze", json!({})).expect(200);
    assert!(text(&frozen, "freeze").contains("\"round\":123,"), "{frozen}");
    let pasted = |signature: &str| json!({ "signature": signature });
    stage.app.clock.set("2023-08-23T15:15:32Z");
    assert_eq!(stage.to(draw, "drawing", pasted(SIGNATURE)).problem(409), "beacon-too-early");
    stage.app.clock.set("2023-08-23T15:15:33Z");
    for wrong in [&SIGNATURE[2..], "", "zz", &SIGNATURE.replace("b75c", "b75d")] {
        let refused = stage.to(draw, "drawing", pasted(wrong));
        assert_eq!(refused.problem(422), "wrong-beacon-signature", "{wrong}");
        assert_eq!(refused.pointers(), ["/signature"]);
    }
    assert_eq!(stage.to(draw, "drawing", json!({})).problem(422), "wrong-beacon-signature");
    assert_eq!(text(&stage.read(draw), "state"), "frozen");
    stage.to(draw, "drawing", pasted(SIGNATURE)).expect(200);
    let receipt = stage.receipt(draw);
    let none = Checks { noted: None, test_beacon: false };
    assert!(matches!(verify(receipt.as_bytes(), &none), Ok(Finding::Drawn { .. })));
}

//! How a prize draw refuses: draws in every state, of a sandbox's school.

use api::base::problem::Kind;
use draw::{commit, from_hex};
use serde_json::{Value, json};

use super::Ask;
use crate::rewards::draws::Stage;
use crate::support::build::{id, text};

const RAFFLE: &str = "the end-of-term raffle";
const SECRET: &str = "00112233445566778899aabbccddeeff";

/// Draws that stand differently.
pub struct Draws {
    stage: Stage,
    drawn: i32,
    /// By a beacon.
    frozen: i32,
    prepared: i32,
    replaced: i32,
    uncommitted: i32,
    /// By two secrets, and frozen.
    governors: i32,
    invitation: Value,
}

impl Draws {
    pub fn prepare() -> Self {
        let stage = Stage::sandbox(10);
        for period in ["term-1", "term-2"] {
            stage.give_for(stage.pupils[0], 1, &format!("2026/{period}"));
        }
        stage.app.clock.set("2026-12-15T16:00:00Z");
        let new = |prize: &str, period: &str, beside: Value| {
            let mut body = json!({ "school_id": stage.school, "prize": prize, "period": format!("2026/{period}") });
            body.as_object_mut().unwrap().extend(beside.as_object().unwrap().clone());
            id(&stage.lead.post("/v1/draws", &body).expect(201), "draw_id")
        };
        let today = json!({ "opens_on": "2026-12-15", "freezes_on": "2026-12-15" });
        let two =
            json!({ "opens_on": "2026-12-15", "freezes_on": "2026-12-15", "mode": "two secrets" });
        let short =
            json!({ "opens_on": "2026-12-15", "freezes_on": "2026-12-15", "wait_seconds": 3600 });
        let drawn = new("the termly prize", "term-1", short);
        let frozen = new("the termly prize", "term-2", today);
        let replaced = new("the termly prize", "term-3", json!({}));
        let prepared = new("the termly prize", "term-3", json!({}));
        let uncommitted = new(RAFFLE, "term-1", two.clone());
        let governors = new(RAFFLE, "term-2", two);
        let invited = stage.to(governors, "invitation", json!({})).expect(201);
        let invitation = invited["invitation"].clone();
        let commitment = commit(&from_hex(SECRET).unwrap()).to_string();
        let body = json!({ "invitation": invitation, "commitment": commitment });
        stage.to(governors, "commitments", body).expect(200);
        stage.give_to(RAFFLE, stage.pupils[0], 1, "2026/term-2");
        for draw in [drawn, frozen, governors] {
            stage.to(draw, "opening", json!({})).expect(200);
            stage.to(draw, "freeze", json!({})).expect(200);
        }
        stage.app.clock.set("2026-12-15T18:30:00Z");
        stage.to(drawn, "drawing", json!({})).expect(200);
        Self { stage, drawn, frozen, prepared, replaced, uncommitted, governors, invitation }
    }

    /// The request that is refused in this way; `None` for a kind that has nothing to do with draws. The clock goes on from
    /// kind to kind.
    pub fn provoke(&self, kind: Kind) -> Option<Ask> {
        let post = |draw: i32, what: &str, body: Value| {
            Some(Ask::json(&self.stage.lead, "POST", format!("/v1/draws/{draw}/{what}"), &body))
        };
        let opens = |secret: &str| {
            post(
                self.governors,
                "secrets",
                json!({ "invitation": self.invitation, "secret": secret }),
            )
        };
        match kind {
            Kind::DrawTooEarly => post(self.prepared, "opening", json!({})),
            Kind::DrawNotOpened => post(self.prepared, "freeze", json!({})),
            Kind::DrawOpened => post(self.frozen, "opening", json!({})),
            Kind::DrawFrozen => post(self.frozen, "freeze", json!({})),
            Kind::DrawNotFrozen => post(self.prepared, "drawing", json!({})),
            Kind::DrawNotDrawn => {
                let told = self.stage.read(self.prepared);
                Some(Ask::get(&self.stage.app.client_of(""), text(&told, "receipt_link")))
            }
            Kind::DrawDrawn => post(self.drawn, "freeze", json!({})),
            Kind::DrawOver => post(self.replaced, "opening", json!({})),
            Kind::DrawUncommitted => post(self.uncommitted, "opening", json!({})),
            Kind::DrawNeedsGovernor => post(self.governors, "drawing", json!({})),
            Kind::DrawNeedsNoGovernor => post(self.prepared, "invitation", json!({})),
            Kind::AlreadyCommitted => post(self.governors, "invitation", json!({})),
            Kind::BeaconTooEarly => post(self.frozen, "drawing", json!({})),
            Kind::BeaconSignature => {
                self.stage.app.clock.set("2026-12-16T18:00:00Z");
                post(self.frozen, "drawing", json!({ "signature": "ab" }))
            }
            Kind::SecretMismatch => opens("ff112233445566778899aabbccddeeff"),
            Kind::SecretTooLate => {
                self.stage.app.clock.set("2026-12-18T18:00:00Z");
                opens(SECRET)
            }
            Kind::NoPrize => {
                post(self.drawn, "declines", json!({ "ticket": 9_999, "reason": "x" }))
            }
            Kind::NotVoidable => post(self.frozen, "void", json!({ "why": "We dislike it" })),
            _ => None,
        }
    }
}

//! What an award is, and how it stands.

use domain::policy::Action;
use domain::policy::word::Do;

use base::prelude::*;

words! {
    /// What is given.
    AwardKind {
        Certificate = "certificate": "a certificate, with a number and a text",
        Bear = "bear": "a teddy bear, which is handed on",
        Trophy = "trophy": "a trophy or a cup",
        Sticker = "sticker": "a sticker or a badge",
        Prize = "prize": "a prize",
        Note = "note": "a note or a message home",
        Letter = "letter": "a praise letter from the policy's folder; it waits to be sent once it is given",
        Celebration = "celebration": "something that somebody does: it is said aloud, posted, shown",
        Gift = "gift": "anything else that is given",
    }
}

words! {
    /// How an award stands.
    AwardState {
        Earned = "earned": "it waits to be handed over",
        Held = "held": "a mark is missing that decides it",
        Given = "given": "it was handed over",
        Withdrawn = "withdrawn": "it is not given",
    }
}

impl AwardKind {
    /// What an item of a row's `do` gives. What is given is called by its name: the first of these words that it has.
    pub fn of(action: &Action) -> Self {
        const NAMED: [(&str, AwardKind); 8] = [
            ("certificate", AwardKind::Certificate),
            ("bear", AwardKind::Bear),
            ("trophy", AwardKind::Trophy),
            ("cup", AwardKind::Trophy),
            ("sticker", AwardKind::Sticker),
            ("badge", AwardKind::Sticker),
            ("prize", AwardKind::Prize),
            ("note", AwardKind::Note),
        ];
        match action.kind {
            Do::Letter => Self::Letter,
            Do::Message => Self::Note,
            Do::Give => {
                let what = action.what.to_lowercase();
                let mut words = what.split(|one: char| !one.is_alphanumeric());
                let named = words.find_map(|word| NAMED.iter().find(|(name, _)| *name == word));
                named.map_or(Self::Gift, |(_, kind)| *kind)
            }
            _ => Self::Celebration,
        }
    }
}

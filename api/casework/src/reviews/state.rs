//! How an item of a review stands.

use base::words;

words! {
    /// How an item of a review stands.
    ItemState {
        Listed = "listed": "there is nothing to decide",
        Proposed = "proposed": "it waits for a person",
        Sent = "sent": "it was carried out",
        Held = "held": "not now: the next review looks again",
        Mitigated = "mitigated": "a reason was accepted",
        Otherwise = "otherwise": "the case went where a person said",
        MovedOn = "moved_on": "what it rested on has changed, and nobody need decide any more",
    }
}

//! The closed sets of a draw.

use base::prelude::*;

words! {
    /// What decides a draw.
    DrawMode {
        Beacon = "beacon": "a public random value that does not exist yet when the entries are frozen",
        TwoSecrets = "two secrets": "a secret of the trust and one of a governor, together",
    }
}

words! {
    /// How a draw stands.
    DrawState {
        Prepared = "prepared": "nothing is published yet",
        Opened = "opened": "the opening is published, and tickets are still earned",
        Frozen = "frozen": "the entries are fixed, and nothing changes them any more",
        Empty = "empty": "it was frozen without a ticket and is over",
        Drawn = "drawn": "it was drawn",
        Replaced = "replaced": "another was prepared in its place before anything was published",
        Void = "void": "it was stopped, which stays published",
    }
}

words! {
    /// What happened to a draw.
    DrawEventKind {
        Invited = "invited": "a governor was invited",
        Committed = "committed": "the governor has committed to a secret",
        Opened = "opened": "the opening was published",
        Frozen = "frozen": "the entries were frozen",
        Drawn = "drawn": "it was drawn",
        Declined = "declined": "a winner gave the prize back, and picking went on",
        Void = "void": "it was stopped",
        Noted = "noted": "something was recorded beside it that changes nothing",
    }
}

//! How a job stands.

use crate::words;

words! {
    /// How a job stands.
    JobState {
        Queued = "queued": "it waits for a worker",
        Running = "running": "a worker has it",
        Done = "done": "what was asked is done",
        Refused = "refused": "what was asked is not right; its own resource says why",
        Failed = "failed": "our side failed too often",
    }
}

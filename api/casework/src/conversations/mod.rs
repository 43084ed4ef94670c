//! Conversations with the pupil: who spoke with the child, what the child said, and what was agreed.

mod conversation;
mod list_conversations;
mod read_conversation;
mod record_conversation;

pub use conversation::Conversation;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(list_conversations::list_conversations)
        .service(record_conversation::record_conversation)
        .service(read_conversation::read_conversation);
}

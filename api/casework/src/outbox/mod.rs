//! Messages to the school's own people, such as the e-mail to teachers that a review asks for: addressed, with their text
//! and the day by which they are to go out, until somebody says that they have.

mod list_messages;
mod record_message_sent;
mod rows;

pub use rows::{MessageKind, MessageRow, NewMessage, write};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config.service(list_messages::list_messages).service(record_message_sent::record_message_sent);
}

//! E-mail addresses that people give.

/// Whether a text can be an e-mail address: something, one @, something with a dot in it. More is known by sending.
pub fn is_email(text: &str) -> bool {
    let parts: Vec<&str> = text.split('@').collect();
    let plain = !text.chars().any(|c| c.is_control() || c.is_whitespace());
    let [name, host] = parts[..] else { return false };
    let dotted = host.contains('.') && host.split('.').all(|part| !part.is_empty());
    plain && text.len() <= 254 && !name.is_empty() && dotted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_mailbox_has_one_at_and_a_dot_behind_it() {
        for good in ["a@b.uk", "o'brien+school@example.co.uk", "zoë@exämple.org"] {
            assert!(is_email(good), "{good}");
        }
        for bad in
            ["", "a", "@b.uk", "a@", "a@b", "a@b.", "a@.uk", "a@b@c.uk", "a b@c.uk", "a@b.uk\n"]
        {
            assert!(!is_email(bad), "{bad:?}");
        }
    }
}

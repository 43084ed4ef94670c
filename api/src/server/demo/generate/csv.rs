//! Comma-separated text (RFC 4180), written to memory.
//!
//! Writing to memory cannot fail, and a function that cannot fail is what the callers need.

/// Adds a row: fields with commas between them, quoted where they must be.
pub(super) fn row(out: &mut String, fields: &[&str]) {
    for (place, field) in fields.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        if field.contains([',', '"', '\r', '\n']) {
            out.push('"');
            out.push_str(&field.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(field);
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_only_where_they_must_be() {
        let mut out = String::new();
        row(&mut out, &["O'Connor", r"/\/\", "a, b", "say \"x\"", ""]);
        assert_eq!(out, "O'Connor,/\\/\\,\"a, b\",\"say \"\"x\"\"\",\n");
    }
}

//! A register is read: before and after it is taken, and only when it has changed.

use super::{Morning, codes};

#[test]
fn who_has_a_register_already_is_not_sent_it_again() {
    let m = Morning::new();
    let place = m.place("2026-11-18/AM");
    let tag = m.save("2026-11-18/AM", "/", "N").etag();
    let known = m.teacher.send("GET", &place, &[("if-none-match", &tag)], None);
    assert_eq!((known.status, known.text.as_str(), known.etag()), (304, "", tag.clone()));
    m.save("2026-11-18/AM", "/", "L").expect(200);
    let changed = m.teacher.send("GET", &place, &[("if-none-match", &tag)], None);
    assert_eq!(codes(&changed.expect(200)), ["/", "L"]);
}

//! A school records what stands on its letters; every version is kept.

use serde_json::json;

use crate::support::build::letterhead;
use crate::support::one_school::OneSchool;

#[test]
fn a_letterhead_is_put_read_and_kept_in_versions() {
    let it = OneSchool::without_pupils();
    let lead = it.colleague("school_lead");
    let path = format!("/v1/schools/{}/letterhead", it.school);
    let first = lead.get(&path);
    let tag = first.etag();
    assert_eq!(
        (first.body["version"].clone(), first.body["letterhead"].clone()),
        (json!(1), letterhead(1))
    );
    let again = lead.put(&path, &letterhead(1)).expect(200);
    assert_eq!(again["version"], 1, "the same again changes nothing");

    let second = json!({ "name": "Elm Bank", "telephone": " 01632 960002 " });
    let put = lead.json("PUT", &path, &[("if-match", &tag)], &second).expect(200);
    assert_eq!(
        (&put["version"], &put["letterhead"]["telephone"], &put["recorded_by"]),
        (&json!(2), &json!("01632 960002"), &json!("test-school_lead"))
    );
    let stale = lead.json("PUT", &path, &[("if-match", &tag)], &second);
    assert_eq!(stale.problem(412), "precondition-failed");
    assert_eq!(lead.get(&format!("{path}?version=1")).expect(200)["letterhead"], letterhead(1));
    assert_eq!(lead.get(&format!("{path}?version=3")).problem(404), "not-found");
    let teacher = it.colleague("teacher");
    assert_eq!(teacher.put(&path, &second).problem(403), "forbidden");
}

#[test]
fn what_cannot_stand_on_a_letter_is_refused_at_its_place() {
    let it = OneSchool::without_pupils();
    let path = format!("/v1/schools/{}/letterhead", it.school);
    let signatory = json!({ "role": "Head", "name": "Sam Reed", "title": "Headteacher" });
    let wrong = json!({
        "name": " ", "address": "", "telephone": "ring us", "email": "office", "meeting_place": "a\u{200b}b",
        "signatories": [signatory, signatory, { "name": "", "title": "Headteacher" }], "support": ["help", ""],
    });
    let refused = it.admin.put(&path, &wrong);
    assert_eq!(refused.problem(422), "invalid");
    let mut pointers = refused.pointers();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/meeting_place"], "texts that cannot be seen come first");
    let mut wrong = wrong;
    wrong["meeting_place"] = json!("the hall");
    let refused = it.admin.put(&path, &wrong);
    let mut pointers = refused.pointers();
    pointers.sort_unstable();
    let expected = [
        "/address",
        "/email",
        "/name",
        "/signatories/1/role",
        "/signatories/2/name",
        "/support/1",
        "/telephone",
    ];
    assert_eq!(pointers, expected);
}

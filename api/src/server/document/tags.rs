//! The tags: a capability each, in the order of the wings that they belong to.

use serde_json::json;
use utoipa::openapi::OpenApi;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::tag::TagBuilder;

/// The wings from the ground up, each with its capabilities and what they are for.
const WINGS: [(&str, &[(&str, &str)]); 12] = [
    (
        "base",
        &[("jobs", "Work that goes on after the request was answered, and how far it has come.")],
    ),
    (
        "school",
        &[
            ("tenants", "Trusts, their schools, and the clock of a sandbox."),
            (
                "calendars",
                "The calendars of schools, as they stand and as they stood, the hours of schools, and files of term dates.",
            ),
            (
                "letterheads",
                "What stands on a school's letters: its address, who signs, what help it offers.",
            ),
            ("staff", "Who works at a school, and with which duties."),
            (
                "policies",
                "Attendance policies: the built-in ones, a trust's own, and which of them a school follows.",
            ),
            (
                "clients",
                "Programs that come in with a secret of their own, for a role and some schools.",
            ),
            ("sign_in", "Where a trust's staff sign in, and who is who there."),
            ("oauth", "How a client gets a token and gives it back (RFC 6749, 7009, 8414, 8693)."),
        ],
    ),
    (
        "roll",
        &[
            ("pupils", "Pupils, their classes and enrolments, and what is known of them."),
            ("parents", "Parents, and how each of them may be contacted about each child."),
            ("joining", "Drafts about pupils who are yet to come, which go live on the first day."),
        ],
    ),
    (
        "register",
        &[(
            "register",
            "Registers and their history; closures and changes of a calendar, which touch marks.",
        )],
    ),
    (
        "figures",
        &[(
            "figures",
            "Attendance in figures: trends, comparisons, and the marks behind a figure.",
        )],
    ),
    (
        "casework",
        &[
            ("outbox", "Messages to the school's own people, until they have gone out."),
            ("actions", "What people have to do, by when, and the evidence that they did it."),
            (
                "orders",
                "What courts have ordered about parents: recorded, lifted, released to the next school.",
            ),
            ("letters", "Letters to parents: waiting, held, sent or taken back."),
            (
                "cases",
                "Each pupil's way through the stages of a policy, and what people decide in it.",
            ),
            ("targets", "The attendance that a pupil is asked to reach."),
            ("meetings", "Meetings with families: offered, rearranged, attended, noted."),
            ("plans", "Support plans: agreed, reviewed, delivered."),
            ("visits", "Visits to families."),
            ("conversations", "Conversations with the pupil: what the child said."),
            ("received", "What the local authority sent, as the school received it."),
            ("notices", "Penalty notices: proposed, decided, counted against the national limits."),
            ("referrals", "Referrals to the local authority and to others, and what came of them."),
            ("monitoring", "Periods in which the local authority watches a pupil's attendance."),
            (
                "reviews",
                "A school's review days: who is on the list, and what is decided about each.",
            ),
            ("amendments", "Corrections of marks, with their reasons and what follows from them."),
        ],
    ),
    (
        "day",
        &[(
            "day",
            "Who is absent today and why: first-day contacts, reported absences, requests for leave.",
        )],
    ),
    ("reports", &[("reports", "Lists, summaries, statutory returns and the log of a school.")]),
    ("imports", &[("imports", "Files from other systems: read in, looked at, taken back.")]),
    (
        "rewards",
        &[(
            "rewards",
            "Who has earned what: tickets, awards, draws, and whether the rows are fair.",
        )],
    ),
    ("runs", &[("runs", "What falls due by itself: its schedule, and how each run went.")]),
    (
        "server",
        &[(
            "operation",
            "The service itself: whether it is well, its keys, its codes, its problems.",
        )],
    ),
];

/// Declares every tag, and the groups that readers of documents such as Redoc show them in.
pub fn declare(openapi: &mut OpenApi) {
    let tags = WINGS.iter().flat_map(|(_, capabilities)| *capabilities);
    let tag = |(name, means): &(&str, &str)| {
        TagBuilder::new().name(*name).description(Some(*means)).build()
    };
    openapi.tags = Some(tags.map(tag).collect());
    let groups = WINGS.iter().map(|(wing, capabilities)| {
        let tags: Vec<&str> = capabilities.iter().map(|(name, _)| *name).collect();
        json!({ "name": wing, "tags": tags })
    });
    let groups = [("x-tagGroups", groups.collect::<Vec<_>>())];
    openapi.extensions.get_or_insert_default().merge(Extensions::from_iter(groups));
}

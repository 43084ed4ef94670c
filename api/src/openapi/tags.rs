//! The tags: a capability each, in the order of the wings that they belong to.

use serde_json::json;
use utoipa::openapi::OpenApi;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::tag::TagBuilder;

/// The wings from the ground up, each with its capabilities and what they are for.
const WINGS: &[(&str, &[(&str, &str)])] = &[
    (
        "The service",
        &[
            (
                "operation",
                "Whether the service is well, what it measures, and how it is described.",
            ),
            ("jobs", "Work that goes on after a request was answered, and how far it is."),
        ],
    ),
    (
        "The school",
        &[
            ("tenants", "Trusts, their schools, and the clock of a sandbox."),
            ("calendars", "Terms, holidays and closures: when a school is open, and for whom."),
            ("staff", "Who works at a school, and which duties they have."),
            (
                "policies",
                "Attendance policies: those that are built in, a trust's own, and which a school follows.",
            ),
        ],
    ),
    (
        "The roll",
        &[
            ("pupils", "Pupils, their classes and enrolments, and what is known of them."),
            ("parents", "Parents, and how each may be contacted about each child."),
        ],
    ),
    ("The register", &[("register", "Taking and reading registers, and correcting marks.")]),
    (
        "The figures",
        &[("analytics", "Attendance as figures: trends, comparisons, and what is behind them.")],
    ),
    (
        "Casework",
        &[
            (
                "reviews",
                "Who is looked at on a school's review days, and what is decided about them.",
            ),
            ("cases", "A pupil's way through the stages of a policy."),
            (
                "actions",
                "What people have to do in a case, by when, and the evidence that it was done.",
            ),
            ("letters", "Letters to parents: written, held, sent."),
            ("targets", "Attendance that a case aims for."),
            ("meetings", "Meetings with families: offered, rearranged, attended, noted."),
            ("plans", "Support plans: agreed, reviewed, delivered."),
            ("visits", "Visits to families."),
            ("monitoring", "Periods in which attendance is watched more closely."),
            ("referrals", "Referrals to the local authority and to others."),
            ("notices", "Penalty notices: proposed, decided, followed up."),
        ],
    ),
    (
        "The day",
        &[(
            "contacts",
            "Each day's first-day contacts: who is absent without a reason, and who was reached.",
        )],
    ),
    ("Imports", &[("imports", "Files of other systems, read in and taken back.")]),
    ("Reports", &[("reports", "Lists, summaries, statutory returns and the log.")]),
    ("Runs", &[("runs", "What falls due by itself: its schedule, and how it went.")]),
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

//! The closed sets of the rules as rows, bodies, queries and the document have them.

use super::word::As;

/// What is to be done.
pub type ActionKind = As<domain::policy::word::Do>;

/// What is still to be asked about an absence.
pub type AbsenceQuestion = As<domain::policy::Question>;

/// Why a pupil is looked for before others.
pub type AbsencePriority = As<domain::policy::Priority>;

/// A kind of characteristic.
pub type Characteristic = As<domain::Characteristic>;

/// Why a school is closed.
pub type ClosureKind = As<domain::ClosureKind>;

/// The statistical category of a code.
pub type CodeCategory = As<domain::Category>;

/// A way to reach somebody.
pub type ContactKind = As<domain::ContactKind>;

/// What is counted.
pub type Definition = As<domain::Definition>;

/// How a penalty notice stands.
pub type NoticeState = As<domain::NoticeState>;

/// The phase of education of a school.
pub type Phase = As<domain::Phase>;

/// Over which days a rate is taken.
pub type RateWindow = As<domain::policy::word::Over>;

/// What somebody is to a pupil.
pub type Relationship = As<domain::Relationship>;

/// What falls due at a school.
pub type RunKind = As<domain::schedule::Occasion>;

/// What the safeguarding lead decides about a child whom nobody has accounted for.
pub type SearchDecision = As<domain::missing_child::SearchDecision>;

/// What is done to find a missing child.
pub type SearchStep = As<domain::missing_child::SearchStep>;

/// A session of a school day.
pub type Session = As<domain::Session>;

/// A pupil's sex.
pub type Sex = As<domain::Sex>;

/// A kind of window.
pub type WindowKind = As<domain::WindowKind>;

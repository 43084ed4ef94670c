//! A school's calendar as it goes over the wire and as it is kept: terms, closures, the week, and who is not due when.

use domain::{Calendar, Closure, ClosureKind, Days, NotDue, SchoolWeek, Term, bank_holidays};

use base::http::etag::ETag;
use base::prelude::*;

/// A school's calendar for one academic year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarBody {
    /// The terms, in order. A year has as many as the school says.
    pub terms: Vec<TermBody>,
    /// Days, or half days, in term on which the school is closed.
    #[serde(default)]
    pub closures: Vec<ClosureBody>,
    /// Whether the bank holidays of England and Wales that lie in a term are closures too.
    #[serde(default = "yes")]
    pub bank_holidays: bool,
    /// Which half days of which weekday the school is open: Monday first, `[morning, afternoon]`.
    /// When absent: Monday to Friday, both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Vec<bool>>>, example = json!([[true, true], [true, true], [true, true], [true, true], [true, false], [false, false], [false, false]]))]
    pub week: Option<SchoolWeek>,
    /// Days, or half days, on which the school is open but some year groups are not due: a staggered start, an early
    /// finish. For pupils of these year groups the session is neither expected nor possible.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_due: Vec<NotDueBody>,
}

fn yes() -> bool {
    true
}

/// A term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermBody {
    /// What people call it.
    #[schema(example = "Autumn term")]
    pub name: String,
    /// First day of term.
    #[schema(example = "2026-09-02")]
    pub from: NaiveDate,
    /// Last day of term.
    #[schema(example = "2026-12-18")]
    pub to: NaiveDate,
    /// The half-term break; without one the term counts as one half term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_term: Option<DaysBody>,
}

/// A stretch of days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DaysBody {
    /// First day.
    #[schema(example = "2026-10-26")]
    pub from: NaiveDate,
    /// Last day.
    #[schema(example = "2026-10-30")]
    pub to: NaiveDate,
}

/// A closure in term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosureBody {
    /// First day.
    #[schema(example = "2026-11-27")]
    pub from: NaiveDate,
    /// Last day.
    #[schema(example = "2026-11-27")]
    pub to: NaiveDate,
    /// Only this half of the day; when absent, the whole day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Session>)]
    pub session: Option<Session>,
    /// Why.
    #[schema(value_type = words::ClosureKind)]
    pub kind: ClosureKind,
    /// A word for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Year groups that are not due though the school is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotDueBody {
    /// The year groups: 7 for Year 7, 0 for reception, -1 for nursery.
    #[schema(example = json!([8, 9, 10, 11]))]
    pub year_groups: Vec<i8>,
    /// First day.
    #[schema(example = "2026-09-02")]
    pub from: NaiveDate,
    /// Last day.
    #[schema(example = "2026-09-03")]
    pub to: NaiveDate,
    /// Only this half of the day; when absent, the whole day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Session>)]
    pub session: Option<Session>,
    /// A word for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Only Year 7 comes on the first two days")]
    pub note: Option<String>,
}

/// The calendar that a body describes. Errors: 422 with every place that is not right.
pub fn calendar_of(year: AcademicYear, body: &CalendarBody) -> Result<Calendar> {
    let terms: Vec<Term> = body.terms.iter().map(TermBody::term).collect();
    let in_term = |day: NaiveDate| terms.iter().any(|term| term.from <= day && day <= term.to);
    let mut closures: Vec<Closure> = body.closures.iter().map(ClosureBody::closure).collect();
    if body.bank_holidays {
        closures.extend(bank_holidays(year).into_iter().filter(|(day, _)| in_term(*day)).map(
            |(day, name)| Closure {
                from: day,
                to: day,
                session: None,
                kind: ClosureKind::BankHoliday,
                note: Some(name.to_owned()),
            },
        ));
    }
    let not_due = body.not_due.iter().map(NotDueBody::not_due).collect();
    let week = body.week.unwrap_or_default();
    Calendar::with_not_due(year, terms, closures, week, not_due).map_err(|problems| {
        problems
            .into_iter()
            .fold(Problem::new(Kind::Invalid), |all, one| all.and(one.place, one.expected))
    })
}

/// The strong tag of a calendar.
pub fn tag(body: &CalendarBody) -> Result<ETag> {
    Ok(ETag::of(&serde_json::to_vec(body).map_err(Problem::internal)?))
}

impl TermBody {
    fn term(&self) -> Term {
        let half_term = self.half_term.map(|days| Days { from: days.from, to: days.to });
        Term { name: self.name.clone(), from: self.from, to: self.to, half_term }
    }
}

impl ClosureBody {
    fn closure(&self) -> Closure {
        Closure {
            from: self.from,
            to: self.to,
            session: self.session,
            kind: self.kind,
            note: self.note.clone(),
        }
    }
}

impl NotDueBody {
    fn not_due(&self) -> NotDue {
        NotDue {
            year_groups: self.year_groups.clone(),
            from: self.from,
            to: self.to,
            session: self.session,
            note: self.note.clone(),
        }
    }
}

//! The sickness return: who has missed 15 school days of the school year through illness, running or in all.

use domain::Days;
use domain::national::{Mark, Return, Spell};

use super::super::frame::{Frame, ReportFormat, ReportHead, today, year_to_date};
use super::answer::{Entry, answer, entries};
use super::reported::{ReportedPupil, ReturnLaw, before_the_law, law};
use super::roll::marks;
use base::operation::*;
use figures::Counting;

const BASIS: &str = "Pupils of compulsory school age who were on roll on some day of the period and whose sessions with \
    the code for illness, since the beginning of the school year, first made up so many school days on a day of the \
    period; two sessions are a day. A school reports as soon as it has reason to expect the 15 days: ask with fewer \
    days to see who is on the way there. Spells are days on which every session was missed through illness, one after \
    the other across weekends, holidays and closures; one return is made for each.";

/// Which period.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SicknessReturnQuery {
    /// The first day; the first of the school year when absent.
    from: Option<NaiveDate>,
    /// The last day, in the same school year; today when absent.
    to: Option<NaiveDate>,
    /// Look ahead: who has missed this many school days, 1 to 15; 15 when absent.
    days: Option<usize>,
    /// How it is answered; as JSON when absent.
    format: Option<ReportFormat>,
}

/// The sickness return.
#[derive(Serialize, ToSchema)]
pub struct SicknessReturn {
    /// What the return says of itself.
    #[serde(flatten)]
    head: ReportHead,
    /// The rule.
    law: ReturnLaw,
    /// How many school days were asked for.
    #[schema(example = 15)]
    days: usize,
    /// The pupils, in the order of their keys.
    entries: Vec<SicknessEntry>,
}

/// A pupil to be reported.
#[derive(Serialize, ToSchema)]
pub struct SicknessEntry {
    /// The pupil.
    #[serde(flatten)]
    pupil: ReportedPupil,
    /// Sessions missed through illness from the beginning of the school year to the end of the period.
    #[schema(example = 34)]
    sessions: usize,
    /// Whether they make up the days that the law names.
    reached: bool,
    /// The day on which they first made up the days that were asked for.
    reached_on: NaiveDate,
    /// The first day with such a session.
    first_ill_on: NaiveDate,
    /// The last.
    last_ill_on: NaiveDate,
    /// Days running on which every session was missed through illness.
    spells: Vec<SicknessSpell>,
}

impl Entry for SicknessEntry {
    const FILE: &'static str = "sickness-return";
    const OWN: &'static [&'static str] =
        &["sessions", "reached", "reached_on", "first_ill_on", "last_ill_on", "spells"];

    fn pupil(&self) -> &ReportedPupil {
        &self.pupil
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let spells = self.spells.iter().map(|spell| {
            let SicknessSpell { first_day, last_day, school_days } = spell;
            format!("{first_day} to {last_day}: {school_days}")
        });
        vec![vec![
            self.sessions.to_string(),
            self.reached.to_string(),
            self.reached_on.to_string(),
            self.first_ill_on.to_string(),
            self.last_ill_on.to_string(),
            spells.collect::<Vec<_>>().join("\n"),
        ]]
    }
}

/// Days of illness, one after the other.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SicknessSpell {
    /// The first.
    first_day: NaiveDate,
    /// The last.
    last_day: NaiveDate,
    /// How many school days.
    #[schema(example = 6)]
    school_days: usize,
}

impl From<Spell> for SicknessSpell {
    fn from(spell: Spell) -> Self {
        let Days { from, to } = spell.days;
        Self { first_day: from, last_day: to, school_days: spell.school_days }
    }
}

/// Read the sickness return
#[utoipa::path(tag = "reports", security(("token" = ["report:read"])),
    params(SchoolId, SicknessReturnQuery),
    responses((status = 200, description = "The return.",
        content((SicknessReturn = "application/json"), (String = "text/csv"))),
        refusal::NoCalendar))]
#[get("/v1/schools/{school_id}/returns/sickness")]
pub async fn sickness_return(
    caller: May<ReadReport>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<SchoolId>,
    params: Query<SicknessReturnQuery>,
) -> Result<HttpResponse> {
    let scope = caller.scope().clone();
    let SicknessReturnQuery { from, to, days: asked, format } = params.0;
    let days = year_to_date((from, to), today(&app, &scope, path.0).await?)?;
    let national = law()?;
    let rule = national.sickness_return(days.to).ok_or_else(before_the_law)?;
    let asked = asked.unwrap_or(rule.school_days);
    if !(1..=rule.school_days).contains(&asked) {
        let expected = format!("a number from 1 to {}", rule.school_days);
        return Err(Problem::at(Kind::BadQuery, "?days", expected));
    }
    let asking = Return { school_days: asked, ..rule.clone() };
    let frame = Frame::read(&counting, &scope, path.0, days).await?;
    let start = AcademicYear::of(days.to).map_or(days.from, AcademicYear::first_day);
    let found = marks(&frame, &app.codes, start).into_values().filter_map(|(member, marks)| {
        let reached = asking.completed_on(&marks).filter(|day| days.contains(*day))?;
        Some((member, (marks, reached)))
    });
    let say = |pupil, _: &_, (marks, reached_on): (Vec<Mark>, NaiveDate)| {
        entry(rule, pupil, &marks, reached_on)
    };
    let entries = entries((&app, &scope), &frame, found.collect(), say).await?;
    let law = ReturnLaw {
        school_days: Some(rule.school_days),
        codes: rule.codes.iter().cloned().collect(),
        ..ReturnLaw::of(rule.from, &rule.reference)
    };
    let head = frame.head(BASIS, Vec::new());
    answer(&frame, format, entries, |entries| SicknessReturn { head, law, days: asked, entries })
}

fn entry(
    rule: &Return,
    pupil: ReportedPupil,
    marks: &[Mark],
    reached_on: NaiveDate,
) -> Option<SicknessEntry> {
    let (sessions, reached) = rule.in_all(marks);
    let ill = || marks.iter().filter(|mark| rule.codes.contains(&mark.code));
    Some(SicknessEntry {
        pupil,
        sessions,
        reached,
        reached_on,
        first_ill_on: ill().next()?.date,
        last_ill_on: ill().next_back()?.date,
        spells: rule.spells(marks).into_iter().map(Into::into).collect(),
    })
}

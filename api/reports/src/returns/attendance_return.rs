//! The attendance return, often called the 10-day return: who was absent without authorisation for 10 school days
//! running, or does not attend regularly.

use chrono::Days as DayCount;
use domain::national::{Mark, National, PenaltyNotice, Return};
use domain::{Calendar, Days};

use super::super::csv;
use super::super::frame::{Frame, ReportFormat, ReportHead, period, today};
use super::answer::{Entry, answer, entries};
use super::reported::{ReportedPupil, ReturnLaw, before_the_law, law};
use super::roll::marks;
use base::operation::*;
use figures::Counting;

const BASIS: &str = "Pupils of compulsory school age who were on roll on some day of the period and, in the period, were \
    absent without authorisation on so many school days running, or reached so many unauthorised sessions in so many \
    rolling school weeks, which is how not attending regularly is read. A run goes on across weekends, holidays, \
    closures and days without a mark; a session in school, or one whose absence is authorised, ends it. Registers of \
    the school year before count too. The local authority says how often it wants the return: at least once a month.";

/// Which period.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AttendanceReturnQuery {
    /// The first day; 30 days before the last when absent.
    from: Option<NaiveDate>,
    /// The last day, in the same school year; today when absent.
    to: Option<NaiveDate>,
    /// How it is answered; as JSON when absent.
    format: Option<ReportFormat>,
}

/// The attendance return.
#[derive(Serialize, ToSchema)]
pub struct AttendanceReturn {
    /// What the return says of itself.
    #[serde(flatten)]
    head: ReportHead,
    /// The rule on school days running.
    continuous: ReturnLaw,
    /// The rule by which not attending regularly is read.
    irregular: ReturnLaw,
    /// The pupils, in the order of their keys.
    entries: Vec<AttendanceEntry>,
}

/// A pupil to be reported.
#[derive(Serialize, ToSchema)]
pub struct AttendanceEntry {
    /// The pupil.
    #[serde(flatten)]
    pupil: ReportedPupil,
    /// What it is based on.
    reasons: Vec<AbsenceReason>,
}

impl Entry for AttendanceEntry {
    const FILE: &'static str = "attendance-return";
    const OWN: &'static [&'static str] =
        &["reason", "from", "to", "school_days", "sessions", "codes"];

    fn pupil(&self) -> &ReportedPupil {
        &self.pupil
    }

    fn rows(&self) -> Vec<Vec<String>> {
        self.reasons.iter().map(AbsenceReason::cells).collect()
    }
}

words! {
    /// Which rule leads to a return of absence.
    AbsenceReasonKind {
        Continuous = "continuous": "unauthorised absence on so many school days running",
        Irregular = "irregular": "so many unauthorised sessions within so many weeks",
    }
}

/// Why a pupil is reported.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AbsenceReason {
    /// Which rule was met.
    kind: AbsenceReasonKind,
    /// The first day of the run, or of the rolling weeks.
    first_day: NaiveDate,
    /// The last day of the run so far, or of the rolling weeks.
    last_day: NaiveDate,
    /// The school days of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 12)]
    school_days: Option<usize>,
    /// The unauthorised sessions.
    #[schema(example = 24)]
    sessions: usize,
    /// The sessions by their code.
    codes: BTreeMap<String, usize>,
}

impl AbsenceReason {
    fn cells(&self) -> Vec<String> {
        let codes = self.codes.iter().map(|(code, count)| format!("{code} {count}"));
        vec![
            self.kind.to_string(),
            self.first_day.to_string(),
            self.last_day.to_string(),
            csv::cell(self.school_days),
            self.sessions.to_string(),
            codes.collect::<Vec<_>>().join(", "),
        ]
    }
}

/// Read the attendance return
#[utoipa::path(tag = "reports", security(("token" = ["report:read"])),
    params(SchoolId, AttendanceReturnQuery),
    responses((status = 200, description = "The return.",
        content((AttendanceReturn = "application/json"), (String = "text/csv"))),
        refusal::NoCalendar))]
#[get("/v1/schools/{school_id}/returns/attendance")]
pub async fn attendance_return(
    caller: May<ReadReport>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<SchoolId>,
    params: Query<AttendanceReturnQuery>,
) -> Result<HttpResponse> {
    let scope = caller.scope().clone();
    let AttendanceReturnQuery { from, to, format } = params.0;
    let days = period((from, to), today(&app, &scope, path.0).await?)?;
    let frame = Frame::read(&counting, &scope, path.0, days).await?;
    let national = law()?;
    let rules = Rules::of(&national, days.to)?;
    let weeks: Vec<NaiveDate> = frame.calendars.iter().flat_map(Calendar::school_weeks).collect();
    let found = marks(&frame, &app.codes, NaiveDate::MIN)
        .into_values()
        .map(|(member, marks)| (member, rules.reasons(&marks, &weeks, days)))
        .filter(|(_, reasons)| !reasons.is_empty());
    let say = |pupil, _: &_, reasons| Some(AttendanceEntry { pupil, reasons });
    let entries = entries((&app, &scope), &frame, found.collect(), say).await?;
    answer(&frame, format, entries, |entries| AttendanceReturn {
        head: frame.head(BASIS, Vec::new()),
        continuous: rules.continuous_law(),
        irregular: rules.irregular_law(),
        entries,
    })
}

/// The rules in force.
struct Rules<'a> {
    continuous: &'a Return,
    irregular: &'a PenaltyNotice,
}

impl<'a> Rules<'a> {
    fn of(national: &'a National, day: NaiveDate) -> Result<Self> {
        let rules = national.attendance_return(day).zip(national.penalty_notice(day));
        let (continuous, irregular) = rules.ok_or_else(before_the_law)?;
        Ok(Self { continuous, irregular })
    }

    fn continuous_law(&self) -> ReturnLaw {
        ReturnLaw {
            school_days: Some(self.continuous.school_days),
            codes: self.continuous.codes.iter().cloned().collect(),
            ..ReturnLaw::of(self.continuous.from, &self.continuous.reference)
        }
    }

    fn irregular_law(&self) -> ReturnLaw {
        ReturnLaw {
            sessions: Some(self.irregular.sessions),
            school_weeks: Some(self.irregular.school_weeks),
            codes: self.irregular.codes.iter().cloned().collect(),
            ..ReturnLaw::of(self.irregular.from, &self.irregular.reference)
        }
    }

    /// Why a pupil with these marks is reported for a period.
    fn reasons(&self, marks: &[Mark], weeks: &[NaiveDate], days: Days) -> Vec<AbsenceReason> {
        let mut reasons: Vec<AbsenceReason> = self
            .continuous
            .spells(marks)
            .into_iter()
            .filter(|spell| spell.school_days >= self.continuous.school_days)
            .filter(|spell| days.from <= spell.days.to)
            .map(|spell| AbsenceReason {
                kind: AbsenceReasonKind::Continuous,
                first_day: spell.days.from,
                last_day: spell.days.to,
                school_days: Some(spell.school_days),
                sessions: spell.sessions,
                codes: by_code(marks, |mark| spell.days.contains(mark.date)),
            })
            .collect();
        reasons.extend(self.irregular(marks, weeks, days));
        reasons
    }

    /// The last rolling weeks that end in the period and hold enough unauthorised sessions.
    fn irregular(&self, marks: &[Mark], weeks: &[NaiveDate], days: Days) -> Option<AbsenceReason> {
        let ends =
            |monday: &NaiveDate| *monday <= days.to && days.from <= *monday + DayCount::new(6);
        let watch = (0..weeks.len()).rev().filter(|at| weeks.get(*at).is_some_and(ends)).find_map(
            |at| {
                let first = (at + 1).saturating_sub(self.irregular.school_weeks);
                let rolling = weeks.get(first..=at)?;
                let watch = self.irregular.watch(marks, rolling, &BTreeSet::new());
                watch.filter(|watch| watch.reached)
            },
        )?;
        let counts = |mark: &Mark| watch.sessions.contains(&(mark.date, mark.session));
        Some(AbsenceReason {
            kind: AbsenceReasonKind::Irregular,
            first_day: watch.window.from,
            last_day: watch.window.to.min(days.to),
            school_days: None,
            sessions: watch.sessions.len(),
            codes: by_code(marks, counts),
        })
    }
}

fn by_code(marks: &[Mark], counts: impl Fn(&Mark) -> bool) -> BTreeMap<String, usize> {
    let mut codes = BTreeMap::new();
    for mark in marks.iter().filter(|mark| counts(mark)) {
        *codes.entry(mark.code.clone()).or_insert(0) += 1;
    }
    codes
}

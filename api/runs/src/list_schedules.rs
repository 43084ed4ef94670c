//! What will run and when, what ran late, and what was missed.

use std::ops::RangeInclusive;

use chrono::{Days as DayCount, NaiveDateTime};
use domain::policy::{Answers, Policy, built_in, parse};
use domain::schedule::{Due, Occasion, calendar_gap, ends, policy_days};

use super::draws::DrawDues;
use super::late::{Late, Times};
use super::reviews::Paths;
use super::rewarding::Rewarding;
use super::rows::{self, Key, Run};
use super::schools::{self, SchoolTime};
use base::jobs::JobState;
use base::operation::*;
use school::tenants;

/// The most days that one question may reach over.
const LONGEST: i64 = 400;
/// Days before and after today when the question does not say.
const BEFORE: u64 = 7;
const AFTER: u64 = 28;

/// Which part of the schedule.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSchedulesQuery {
    limit: Option<u16>,
    cursor: Option<String>,
    /// Only this school.
    school_id: Option<SchoolId>,
    /// The first day, in the school's time zone; a week ago when absent.
    from: Option<NaiveDate>,
    /// The last day; four weeks ahead when absent.
    to: Option<NaiveDate>,
    /// Also the days that this policy of the product names, such as `one-page`.
    policy: Option<String>,
}

/// Something in the schedule.
#[derive(Debug, Serialize, ToSchema)]
pub struct Scheduled {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// What falls due; `response`, `reward` and `draw` only of the policy that `policy` names.
    kind: words::RunKind,
    /// What tells it from all others of its kind at the school.
    #[schema(example = "2026/half-term-1")]
    period: String,
    /// In words.
    #[schema(example = "Autumn term, first half")]
    label: String,
    /// The first day that it is about.
    from: NaiveDate,
    /// The last day that it is about.
    to: NaiveDate,
    /// When it falls due (UTC).
    due: DateTime<Utc>,
    /// The same in the school's time zone.
    #[schema(value_type = String, example = "2026-10-23T18:00:00")]
    local: NaiveDateTime,
    /// The school's time zone.
    #[schema(example = "Europe/London")]
    time_zone: &'static str,
    /// How it stands.
    state: ScheduleState,
    /// Why it does not run, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// How late it is; absent when it is in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    late: Option<Late>,
    /// Its run, once it has one: the last attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    run_id: Option<RunId>,
}

words! {
    /// How something in the schedule stands.
    ScheduleState {
        Scheduled = "scheduled": "it is still to come",
        Due = "due": "it has fallen due and is about to be queued",
        Queued = "queued": "its run waits for a worker",
        Running = "running": "a worker has its run",
        Done = "done": "its run is done",
        Refused = "refused": "its run was refused",
        Failed = "failed": "its run has failed",
        Announced = "announced": "it does not run: the policy was only asked about",
        Skipped = "skipped": "it does not run: it fell due too early, and `why` says for what",
        Missing = "missing": "it does not run: something is missing, and `why` says what",
    }
}

impl From<JobState> for ScheduleState {
    fn from(state: JobState) -> Self {
        match state {
            JobState::Queued => Self::Queued,
            JobState::Running => Self::Running,
            JobState::Done => Self::Done,
            JobState::Refused => Self::Refused,
            JobState::Failed => Self::Failed,
        }
    }
}

const ANNOUNCED: &str =
    "you asked what this policy names: what runs is what the school itself follows";
const SKIPPED: &str = "it fell due before the school's calendar for that year was known";
const UNFOLLOWED: &str = "it fell due before it was recorded that the school follows the policy, or before its calendar was known";

/// What tells an item of the list from all others, in its order.
type Place = (DateTime<Utc>, SchoolId, String, String);

/// List what is scheduled
///
/// By each school's own calendar and time zone: what will run and when, what ran late and by how much, and what was
/// missed while the service was not running and now runs late. Reviews are those of the policy that each school
/// follows, and of cases whose stage falls due. A school that follows any is told which calendar is missing, and what
/// does not run without it.
#[utoipa::path(tag = "runs", security(("token" = ["schedule:read"])), params(ListSchedulesQuery),
    responses((status = 200, description = "In the order in which it falls due.", body = Page<Scheduled>)))]
#[get("/v1/schedules")]
pub async fn list_schedules(
    caller: May<ReadSchedule>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListSchedulesQuery>,
) -> Result<HttpResponse> {
    let ListSchedulesQuery { limit, cursor, school_id, from, to, policy } = params.0;
    let filter = (school_id, from, to, &policy);
    let slice = Slice::<Place>::read(limit, cursor.as_deref(), &filter)?;
    let policy = policy.map(read_policy).transpose()?;
    let page = app.db.run(caller.scope(), move |tx| {
        let days = range(tx.clock().today(), from, to)?;
        let schools = match school_id {
            Some(school_id) => vec![tenants::school(tx, school_id)?],
            None => tenants::schools(tx)?,
        };
        let times = schools::times(tx, schools, years(days))?;
        let mut items = scheduled(tx, &times, days, policy.as_ref())?;
        items.sort_by_key(Scheduled::place);
        items.retain(|item| slice.after.as_ref().is_none_or(|after| item.place() > *after));
        Ok(slice.page(items, Scheduled::place))
    });
    Ok(page.await?.answer(&request))
}

fn range(
    today: NaiveDate,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> Result<(NaiveDate, NaiveDate)> {
    let before = |day: NaiveDate| day.checked_sub_days(DayCount::new(BEFORE)).unwrap_or(day);
    let after = |day: NaiveDate| day.checked_add_days(DayCount::new(AFTER)).unwrap_or(day);
    let from = from.unwrap_or_else(|| before(to.unwrap_or(today).min(today)));
    let to = to.unwrap_or_else(|| after(from.max(today)));
    if from > to || (to - from).num_days() >= LONGEST {
        let expected = format!("a first day at most {LONGEST} days before the last");
        return Err(Problem::at(Kind::BadQuery, "?from", expected));
    }
    Ok((from, to))
}

/// A policy of the product by the name of its folder.
fn read_policy(name: String) -> Result<(String, Policy)> {
    let all = built_in();
    let Some(folder) = all.get(name.as_str()) else {
        let names: Vec<&str> = all.keys().copied().collect();
        return Err(Problem::at(Kind::BadQuery, "?policy", names.join(", ")));
    };
    let (policy, _) = parse(&folder.policy, Answers::Examples);
    Ok((name, policy))
}

/// The academic years whose calendars say what falls between two days: a policy's day may follow from the year before.
fn years((from, to): (NaiveDate, NaiveDate)) -> RangeInclusive<i16> {
    let number = |day, outside| AcademicYear::of(day).map_or(outside, AcademicYear::number);
    number(from, 1990) - 1..=number(to, 2199) + 1
}

/// Everything that falls due at schools between two days.
fn scheduled(
    tx: &mut Tx,
    times: &[SchoolTime],
    (from, to): (NaiveDate, NaiveDate),
    policy: Option<&(String, Policy)>,
) -> Result<Vec<Scheduled>> {
    let within = |due: &Due| from <= due.local.date() && due.local.date() <= to;
    let (mut found, mut announced) = (Vec::new(), Vec::new());
    let (mut paths, rewarding) = (Paths::read(tx)?, Rewarding::read(tx)?);
    let of_draws = DrawDues::read(tx)?;
    for school in times {
        for (calendar, known_from) in school.years() {
            let dues = ends(calendar, school.zone).into_iter().filter(within);
            found.extend(dues.map(|due| (school.school_id, school.zone.name(), known_from, due)));
        }
        for (due, known_from) in paths.reviews(tx, school)? {
            if within(&due) {
                found.push((school.school_id, school.zone.name(), known_from, due));
            }
        }
        let beside = rewarding.dues(tx, school)?.into_iter().chain(of_draws.of(tx, school)?);
        for (due, known_from) in beside {
            if within(&due) {
                found.push((school.school_id, school.zone.name(), known_from, due));
            }
        }
        if let Some(follows_from) = paths.follows_from(school.school_id) {
            announced.extend(missing(school, follows_from, (from, to)));
        }
        if let Some((folder, policy)) = policy {
            let days = policy_days(folder, policy, &school.calendars, school.zone).into_iter();
            announced.extend(days.filter(within).map(|due| announce(school, due)));
        }
    }
    let periods: BTreeSet<String> = found.iter().map(|(_, _, _, due)| due.period.clone()).collect();
    let schools = times.iter().map(|school| school.school_id).collect();
    let mut runs = rows::of_periods(tx, schools, periods)?;
    let items = found.into_iter().map(|(school, zone, known_from, due)| {
        Scheduled::of(school, zone, due).standing(tx, known_from, &mut runs)
    });
    Ok(items.chain(announced).collect())
}

/// Which calendars are missing without which nothing runs by itself at a school: of the years of these days, and of the
/// one after. Each is told until it is there.
fn missing(
    school: &SchoolTime,
    follows_from: NaiveDate,
    days: (NaiveDate, NaiveDate),
) -> impl Iterator<Item = Scheduled> {
    let years = years(days).skip(1).filter_map(AcademicYear::new);
    let gap = move |year: AcademicYear| {
        let due = calendar_gap(&school.calendars, year, follows_from, school.zone)?;
        let why = format!(
            "no review, target, wait or end of a period in {} can be dated after this, and none runs: \
             PUT /v1/schools/{}/calendar/{}",
            year.label(),
            school.school_id,
            year.number()
        );
        Some(Scheduled {
            kind: As(Occasion::Calendar),
            state: ScheduleState::Missing,
            why: Some(why),
            ..Scheduled::of(school.school_id, school.zone.name(), due)
        })
    };
    years.filter_map(gap).filter(move |item| item.local.date() <= days.1)
}

fn announce(school: &SchoolTime, due: Due) -> Scheduled {
    Scheduled {
        state: ScheduleState::Announced,
        why: Some(ANNOUNCED.to_owned()),
        ..Scheduled::of(school.school_id, school.zone.name(), due)
    }
}

impl Scheduled {
    fn of(school_id: SchoolId, time_zone: &'static str, due: Due) -> Self {
        Self {
            school_id,
            kind: As(due.occasion),
            period: due.period,
            label: due.label,
            from: due.from,
            to: due.to,
            due: due.at,
            local: due.local,
            time_zone,
            state: ScheduleState::Scheduled,
            why: None,
            late: None,
            run_id: None,
        }
    }

    /// As it stands now, with its run if it has one.
    fn standing(
        mut self,
        tx: &Tx,
        known_from: DateTime<Utc>,
        runs: &mut BTreeMap<Key, Run>,
    ) -> Self {
        let now = tx.now();
        let key = (self.school_id, self.kind, self.period.clone());
        if let Some(run) = runs.remove(&key) {
            (self.state, self.late, self.run_id) =
                (run.job.state.into(), run.late, Some(run.run_id));
        } else if self.due <= known_from {
            let why = if self.kind == Occasion::Review { UNFOLLOWED } else { SKIPPED };
            (self.state, self.why) = (ScheduleState::Skipped, Some(why.to_owned()));
        } else if self.due <= now {
            let moved = !tx.ahead().is_zero();
            let times = Times { due: self.due, noticed: now, begun: now, first: true, moved };
            (self.state, self.late) = (ScheduleState::Due, times.late());
        }
        self
    }

    fn place(&self) -> Place {
        (self.due, self.school_id, self.kind.to_string(), self.period.clone())
    }
}

//! What every report of a school is counted from, and what it says of itself.

use ::analytics::Block;
use actix_web::web;
use chrono::Days as DayCount;
use domain::{Calendar, Days, Definition, Window};

use base::prelude::*;
use figures::{Counting, DefinitionAnswer, Figures, SchoolBlocks, years_behind};
use school::tenants::{self, SchoolRow};

/// Days that a report covers when nobody says otherwise: long enough for what is due once a month.
const MONTH: DayCount = DayCount::new(30);

words! {
    /// How a report is answered.
    ReportFormat {
        Json = "json": "as JSON",
        Csv = "csv": "as CSV, for a spreadsheet",
    }
}

/// A school's registers up to the end of a report's days, all read in one snapshot.
pub struct Frame {
    /// The school.
    pub school: SchoolRow,
    /// The days that the report is about.
    pub days: Days,
    /// Of the year before and of the year of the days: those that have a calendar.
    pub blocks: Vec<Arc<Block>>,
    /// Their calendars.
    pub calendars: Vec<Calendar>,
    /// The instant as of which everything is known.
    pub known_at: DateTime<Utc>,
    block: Arc<Block>,
    codes: u16,
}

/// What a report says of itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportHead {
    /// The school.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// Its name.
    #[schema(example = "Elm Bank Primary School")]
    pub school: String,
    /// The days that it is about.
    pub period: ReportPeriod,
    /// How sessions are counted.
    pub definition: DefinitionAnswer,
    /// What the report holds, and how it is found, in plain English.
    pub basis: &'static str,
    /// The rules of the school's policy that ask for this report.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// The instant as of which everything is known (UTC).
    pub as_known_on: DateTime<Utc>,
    /// The date of the last register that was taken: later marks do not count yet.
    pub last_register: Option<NaiveDate>,
}

/// Days, both ends included.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReportPeriod {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The academic year that they lie in.
    #[schema(example = "2026/27")]
    pub year: String,
}

/// Today in the school's time zone. Errors: 404 for a school that the scope does not cover.
pub async fn today(app: &web::Data<App>, scope: &Scope, school_id: SchoolId) -> Result<NaiveDate> {
    app.db.run(scope, move |tx| tenants::today(tx, school_id)).await
}

impl Frame {
    /// Reads what a report on some days of one academic year is counted from. Errors: 404 for a school that the scope
    /// does not cover; 422 when it has no calendar for the year; 503 when too much is counted at once.
    pub async fn read(
        counting: &Counting,
        scope: &Scope,
        school_id: SchoolId,
        days: Days,
    ) -> Result<Self> {
        Ok(Self::read_with(counting, scope, school_id, days, |_| Ok(())).await?.0)
    }

    /// As [`Frame::read`], with what else the report is made from: read in the snapshot that the counts are read in.
    pub async fn read_with<T: Send + 'static>(
        counting: &Counting,
        scope: &Scope,
        school_id: SchoolId,
        days: Days,
        read: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<(Self, T)> {
        let year = AcademicYear::of(days.to).ok_or_else(Problem::not_found)?;
        let years = years_behind(days.to)?;
        let read = counting.school_blocks_of(scope, move |tx| Ok((school_id, years, read(tx)?)));
        let (SchoolBlocks { school, blocks, known_at }, beside) = read.await?;
        let block = blocks.iter().find(|block| block.year() == year).cloned();
        let block = block.ok_or_else(|| {
            Problem::new(Kind::NoCalendar)
                .detail(format!("School {school_id} has no calendar for {}.", year.label()))
                .member("school_id", school_id)
                .member("year", year.number())
        })?;
        let calendars = blocks.iter().map(|block| block.calendar().clone()).collect();
        let codes = counting.codes().version();
        Ok((Self { school, days, blocks, calendars, known_at, block, codes }, beside))
    }

    /// As [`Frame::read`], on the whole of a year, the present one when nobody says otherwise: for a report on one of
    /// its windows, which [`Frame::over`] narrows it to. It comes with today's date in the school's time zone. Errors:
    /// as of [`Frame::read`].
    pub async fn of_year(
        counting: &Counting,
        scope: &Scope,
        school_id: SchoolId,
        year: Option<AcademicYear>,
    ) -> Result<(Self, NaiveDate)> {
        let clock = counting.db().clock_of(scope).await?;
        let year = year.map_or_else(|| tenants::today_year(&clock), Ok)?;
        let whole = Days { from: year.first_day(), to: year.last_day() };
        let frame = Self::read(counting, scope, school_id, whole).await?;
        let today = frame.school.date(clock.now())?;
        Ok((frame, today))
    }

    /// The same on the days of a window.
    pub fn over(self, window: &Window) -> Self {
        Self { days: Days { from: window.from, to: window.to }, ..self }
    }

    /// The year that the days lie in.
    pub fn block(&self) -> &Block {
        &self.block
    }

    /// The pupils on the last of the days.
    pub fn figures(&self) -> Figures<'_> {
        Figures::new(&self.blocks, &self.calendars, self.days.to)
    }

    /// The name of a file with a report of this school and period.
    pub fn file(&self, report: &str) -> String {
        format!("{report}-{}-{}-{}", self.school.urn, self.days.from, self.days.to)
    }

    /// What the report says of itself. `rules` are those of the policy that ask for it.
    pub fn head(&self, basis: &'static str, rules: Vec<String>) -> ReportHead {
        self.head_of(Definition::OnRoll, basis, rules)
    }

    /// The same for a report that follows another definition.
    pub fn head_of(
        &self,
        definition: Definition,
        basis: &'static str,
        rules: Vec<String>,
    ) -> ReportHead {
        let year = self.block.year();
        ReportHead {
            school_id: self.school.school_id,
            school: self.school.name.clone(),
            period: ReportPeriod { from: self.days.from, to: self.days.to, year: year.label() },
            definition: DefinitionAnswer::of(definition, self.codes),
            basis,
            rules,
            as_known_on: self.known_at,
            last_register: self.block.last_register().map(|last| last.date(year)),
        }
    }
}

/// The day that a school's list is of: today when nobody says otherwise. Errors: 404 for a school that the scope does
/// not cover; a day to come, or outside the years that can be recorded.
pub async fn day_of_list(
    app: &web::Data<App>,
    scope: &Scope,
    school_id: SchoolId,
    asked: Option<NaiveDate>,
) -> Result<NaiveDate> {
    let today = today(app, scope, school_id).await?;
    let day = asked.unwrap_or(today);
    if day > today || AcademicYear::of(day).is_none() {
        return Err(Problem::at(Kind::BadQuery, "?day", "today, or a day before"));
    }
    Ok(day)
}

/// The days of a report: up to today and the month before when nobody says otherwise, and all in one academic year.
/// Errors: days to come, in the wrong order, or of two academic years.
pub fn period(
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    today: NaiveDate,
) -> Result<Days> {
    let to = to.unwrap_or(today);
    if to > today {
        return Err(Problem::at(Kind::BadQuery, "?to", "today, or a day before"));
    }
    let year = AcademicYear::of(to)
        .ok_or_else(|| Problem::at(Kind::BadQuery, "?to", "a day from 1990 to 2199"))?;
    within_year((from.unwrap_or((to - MONTH).max(year.first_day())), to))
}

/// The days of a report about the school year: from its beginning when nobody says otherwise. Errors: as of [`period`].
pub fn year_to_date(
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    today: NaiveDate,
) -> Result<Days> {
    let start = AcademicYear::of(to.unwrap_or(today)).map(AcademicYear::first_day);
    period((from.or(start), to), today)
}

/// Days that all lie in one academic year. Errors: days in the wrong order, or of two academic years.
pub fn within_year((from, to): (NaiveDate, NaiveDate)) -> Result<Days> {
    let year = AcademicYear::of(to);
    if from > to || AcademicYear::of(from) != year || year.is_none() {
        let expected = format!("a day up to {to}, and in the same academic year");
        return Err(Problem::at(Kind::BadQuery, "?from", expected));
    }
    Ok(Days { from, to })
}

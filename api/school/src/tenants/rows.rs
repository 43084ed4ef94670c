//! Owns: trust, trust_clock, school, former_urn, school_version.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use diesel::prelude::*;

use base::clock::Clock;
use base::prelude::*;
use schema::school;

/// A school of the trust.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = school)]
pub struct SchoolRow {
    /// Rollcall's key. It stays when the URN changes.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// Unique reference number, six digits (Get Information About Schools).
    #[schema(example = "912345")]
    pub urn: String,
    /// Name.
    #[schema(example = "Elm Bank Primary School")]
    pub name: String,
    /// The phase of education.
    pub phase: words::Phase,
    /// When it was added (UTC).
    pub created_at: DateTime<Utc>,
    /// The IANA time zone of its calendar.
    #[schema(example = "Europe/London")]
    pub time_zone: String,
}

impl SchoolRow {
    /// The date on the school's wall at an instant. Errors: a time zone that this program does not know.
    pub fn date(&self, at: DateTime<Utc>) -> Result<NaiveDate> {
        Ok(self.wall(at)?.date())
    }

    /// Date and time on the school's wall at an instant. Errors: a time zone that this program does not know.
    pub fn wall(&self, at: DateTime<Utc>) -> Result<NaiveDateTime> {
        Ok(at.with_timezone(&self.zone()?).naive_local())
    }

    /// The first instant at which the school's wall shows a date and time; none where clocks go forward over it.
    /// Errors: a time zone that this program does not know.
    pub fn instant(&self, wall: NaiveDateTime) -> Result<Option<DateTime<Utc>>> {
        let local = wall.and_local_timezone(self.zone()?);
        Ok(local.earliest().map(|instant| instant.with_timezone(&Utc)))
    }

    /// The instant at which a day begins on the school's wall: at midnight, or where clocks go forward over it at the
    /// first hour that there is. Errors: a time zone that this program does not know.
    pub fn begins(&self, day: NaiveDate) -> Result<DateTime<Utc>> {
        for hour in (0..24).filter_map(|hour| day.and_hms_opt(hour, 0, 0)) {
            if let Some(at) = self.instant(hour)? {
                return Ok(at);
            }
        }
        Err(Problem::internal("a day without an hour"))
    }

    fn zone(&self) -> Result<Tz> {
        self.time_zone.parse().map_err(Problem::internal)
    }
}

/// Today on a school's wall. Errors: 404.
pub fn today(tx: &mut Tx, school_id: SchoolId) -> Result<NaiveDate> {
    school(tx, school_id)?.date(tx.clock().now())
}

/// One school, if the caller may see it. Errors: 404.
pub fn school(tx: &mut Tx, school_id: SchoolId) -> Result<SchoolRow> {
    Ok(SchoolRow::query().filter(school::school_id.eq(school_id)).first(tx.conn)?)
}

/// Every school that the caller may see, in the order of their ids.
pub fn schools(tx: &mut Tx) -> Result<Vec<SchoolRow>> {
    Ok(SchoolRow::query().order(school::school_id).load(tx.conn)?)
}

/// The ids of the schools that the caller may see, by URN.
pub fn schools_by_urn(tx: &mut Tx) -> Result<BTreeMap<String, SchoolId>> {
    Ok(school::table.select((school::urn, school::school_id)).load(tx.conn)?.into_iter().collect())
}

/// The academic year that a request means when it names none: the one that today lies in. Errors: the clock stands
/// outside the years that can be recorded.
pub fn today_year(clock: &Clock) -> Result<AcademicYear> {
    AcademicYear::of(clock.today())
        .ok_or_else(|| Problem::internal("the clock stands outside 1990 to 2199"))
}

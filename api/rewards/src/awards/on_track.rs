//! Who is on track for what the year gives: for those who lead, six weeks before its end. Never a list of who cannot.

use analytics::RewardPeriod;
use chrono::Days as DayCount;
use domain::Days;

use crate::eligibility::{self, Asked};
use base::operation::*;
use figures::{Counting, TrustBlocks};
use roll::pupils;
use school::policies::{self, Part};
use school::tenants;

/// How many days before the year's last school day the list opens.
const SIX_WEEKS: u64 = 42;

/// Of which school.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OnTrackQuery {
    /// The school.
    school_id: SchoolId,
}

/// Who is still on track.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnTrack {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// The day up to which marks are counted.
    day: NaiveDate,
    /// The rows of the policy that are given for the year.
    rows: Vec<OnTrackRow>,
}

/// Who is still on track for a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnTrackRow {
    /// The row.
    #[schema(example = "S-12")]
    row: String,
    /// In plain English.
    says: String,
    /// The pupils, by name.
    pupils: Vec<OnTrackPupil>,
}

/// A pupil who is still on track.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnTrackPupil {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// Surname and forename.
    #[schema(example = "Okafor-Lind, Zoë")]
    name: String,
}

/// Read who is still on track for the year
///
/// From six weeks before the year's last school day on. It tells nothing of anybody else.
#[utoipa::path(tag = "rewards", security(("token" = ["reward:weigh"])), params(OnTrackQuery),
    responses((status = 200, description = "By row of the policy.", body = OnTrack),
        refusal::NoPolicy, refusal::NoCalendar, refusal::TooEarly))]
#[get("/v1/rewards/on-track")]
pub async fn read_on_track(
    caller: May<WeighReward>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    params: Query<OnTrackQuery>,
) -> Result<HttpResponse> {
    let school_id = params.0.school_id;
    let codes = app.codes.clone();
    let clock = app.db.clock_of(caller.scope()).await?;
    let year = tenants::today_year(&clock)?;
    let read = counting.trust_blocks_of(caller.scope(), move |tx| {
        let day = tenants::today(tx, school_id)?;
        let follows = policies::assigned(tx, school_id, Part::Rewards, day)?;
        let follows = follows.ok_or_else(|| Problem::new(Kind::NoPolicy))?;
        let asked = eligibility::asked(tx, &codes, school_id, follows)?;
        Ok((year, None, (asked, day)))
    });
    let (blocks, (asked, day)) = read.await?;
    let codes = app.codes.clone();
    let found = base::db::block(move || on_track(&counting, &codes, &blocks, &asked, day));
    let found = found.await?;
    let answer = app.db.run(caller.scope(), move |tx| {
        let rows = found.into_iter().map(|(row, says, ids)| {
            let named = pupils::in_order(tx, &ids)?.into_iter().map(|pupil| OnTrackPupil {
                pupil_id: pupil.pupil_id,
                name: format!("{}, {}", pupil.surname, pupil.forename),
            });
            Ok(OnTrackRow { row, says, pupils: named.collect() })
        });
        Ok(OnTrack { school_id, day, rows: rows.collect::<Result<_>>()? })
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}

/// By row of the year, those who would have earned it if it ended today.
fn on_track(
    counting: &Counting,
    codes: &domain::CodeTable,
    blocks: &TrustBlocks,
    asked: &Asked,
    day: NaiveDate,
) -> Result<Vec<(String, String, Vec<PupilId>)>> {
    let no_calendar = || Problem::new(Kind::NoCalendar);
    let block = blocks.block(asked.school_id).ok_or_else(no_calendar)?;
    let year = block.year();
    let days = year.first_day().iter_days().take_while(|day| *day <= year.last_day());
    let last = days.filter(|day| block.calendar().is_school_day(*day)).last();
    let opens = last.ok_or_else(no_calendar)? - DayCount::new(SIX_WEEKS);
    if day < opens {
        return Err(Problem::new(Kind::TooEarly).detail(format!("The list opens on {opens}.")));
    }
    let whole = Days { from: year.first_day(), to: year.last_day() };
    let found = asked.judge(counting.pool(), codes, &blocks.blocks, whole)?;
    let mut rows = Vec::new();
    for answer in &found.answers {
        let Some(row) = asked.rows.get(answer.row) else { continue };
        let of_pupils = matches!(row.asks.whom, analytics::Whom::Pupils(_));
        if row.period() != RewardPeriod::Year || !of_pupils {
            continue;
        }
        let still: BTreeSet<i32> = answer.earned.iter().chain(&answer.held).copied().collect();
        rows.push((row.name.clone(), row.says(), still.into_iter().map(PupilId::new).collect()));
    }
    Ok(rows)
}

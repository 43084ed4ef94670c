//! One review, with how much of it is decided.

use analytics::Block;
use chrono::TimeDelta;
use domain::Calendar;

use super::rows::{self, ReviewRow};
use super::state::ItemState;
use crate::actions;
use base::operation::*;
use figures::Counting;
use roll::pupils;
use school::{calendars, tenants};

/// A review.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewAnswer {
    /// What names it.
    #[serde(flatten)]
    review: ReviewRow,
    /// How many items are in which state.
    #[schema(example = json!({ "listed": 31, "proposed": 12 }))]
    items: BTreeMap<ItemState, i64>,
    /// How many actions of earlier reviews lapsed with it: it asked for the same again before anybody had done them.
    #[schema(example = 14)]
    lapsed: i64,
    /// The registers that its figures lack.
    registers: Registers,
    /// What an attendance officer should know of this review.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["opened 2 days after its day"]))]
    notices: Vec<String>,
}

/// The registers of the school year up to the review's day. A pupil's figures leave out what is missing.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Registers {
    /// Registers that were due.
    #[schema(example = 640)]
    due: usize,
    /// Those of them that nobody has taken yet.
    #[schema(example = 2)]
    missing: usize,
    /// Which they are, the latest first: at most 100.
    which: Vec<RegisterNotIn>,
}

/// A register that was due and is not taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterNotIn {
    /// The class.
    #[schema(example = 31)]
    class_id: ClassId,
    /// Its name.
    #[schema(example = "7H1")]
    class: String,
    /// The day.
    date: NaiveDate,
    /// The session.
    #[schema(value_type = words::Session)]
    session: Session,
    /// Pupils who should be in it.
    #[schema(example = 28)]
    pupils: u32,
}

/// Registers that are named one by one.
const NAMED: usize = 100;

impl Registers {
    /// Those that were due in the year of a day, up to that day.
    fn up_to(day: NaiveDate, blocks: &[Arc<Block>], classes: &BTreeMap<ClassId, String>) -> Self {
        let year = |block: &&Arc<Block>| block.year().contains(day);
        let Some(block) = blocks.iter().find(year) else { return Self::default() };
        let due = block.registers(block.year().first_day(), day);
        let mut missing: Vec<_> = due.iter().filter(|one| !one.taken).collect();
        missing.sort_by_key(|one| std::cmp::Reverse((one.half_day, one.class)));
        let named = missing.iter().take(NAMED).map(|one| RegisterNotIn {
            class_id: ClassId::new(one.class),
            class: classes.get(&ClassId::new(one.class)).cloned().unwrap_or_default(),
            date: one.half_day.date(block.year()),
            session: one.half_day.session(),
            pupils: one.pupils,
        });
        Self { due: due.len(), missing: missing.len(), which: named.collect() }
    }

    /// What an attendance officer should know of it; nothing where all are taken.
    fn says(&self) -> Option<String> {
        let latest = self.which.first()?;
        let at = format!("{} on {} {}", latest.class, latest.date, latest.session);
        Some(match self.missing {
            1 => format!("1 register up to that day is missing, {at}: the figures leave it out"),
            many => format!(
                "{many} registers up to that day are missing, the latest {at}: the figures leave them out"
            ),
        })
    }
}

/// Weeks before the end of a school's last calendar from which on a review says that the next is missing: a target of 6
/// school weeks would run beyond it.
const WEEKS_AHEAD: i64 = 8;

/// What an attendance officer should know of a review.
fn notices(tx: &mut Tx, review: &ReviewRow) -> Result<Vec<String>> {
    let mut notices = Vec::new();
    match (tenants::school(tx, review.school_id)?.date(review.opened_at)? - review.day).num_days() {
        0 => {}
        1 => notices.push("opened 1 day after its day".to_owned()),
        late => notices.push(format!("opened {late} days after its day")),
    }
    let calendars = calendars::around(tx, review.school_id, review.day)?;
    let terms = calendars.iter().flat_map(Calendar::terms);
    if let Some(last) = terms.map(|term| term.to).max()
        && last - review.day < TimeDelta::weeks(WEEKS_AHEAD)
    {
        notices.push(format!(
            "the school has no calendar after {last}: no target, review or wait that reaches beyond it can be dated"
        ));
    }
    Ok(notices)
}

/// Read a review
///
/// What it proposes is counted from the registers that are taken: those that are missing are named. Marks that arrive later
/// are looked at as amended ones are.
#[utoipa::path(tag = "reviews", security(("token" = ["case:read"])),
    params(ReviewId),
    responses((status = 200, description = "The review.", body = ReviewAnswer)))]
#[get("/v1/reviews/{review_id}")]
pub async fn read_review(
    caller: May<ReadCase>,
    counting: web::Data<Counting>,
    path: Path<ReviewId>,
) -> Result<HttpResponse> {
    let read = counting.school_blocks_of(caller.scope(), move |tx| {
        let review = rows::review(tx, path.0)?;
        let year = AcademicYear::of(review.day).into_iter().collect();
        let classes = pupils::classes_of_schools(tx, &[review.school_id])?.into_iter();
        let classes: BTreeMap<ClassId, String> =
            classes.map(|class| (class.class_id, class.name)).collect();
        let items = rows::states(tx, review.review_id)?.into_iter().collect();
        let (lapsed, notices) = (actions::lapsed_by(tx, review.review_id)?, notices(tx, &review)?);
        Ok((review.school_id, year, (review, items, lapsed, notices, classes)))
    });
    let (counted, (review, items, lapsed, mut notices, classes)) = read.await?;
    let registers = Registers::up_to(review.day, &counted.blocks, &classes);
    notices.extend(registers.says());
    Ok(HttpResponse::Ok().json(ReviewAnswer { review, items, lapsed, registers, notices }))
}

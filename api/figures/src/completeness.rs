//! Completeness: which registers were due, which were taken, and which are missing.

use analytics::{Block, By, Level, Register};

use super::answer::{PeriodAnswer, VersionAnswer, percent, versions};
use super::blocks::Built;
use super::finished::{self, finished};
use super::{dimension, known};
use crate::Counting;
use base::cache::Key;
use base::operation::*;
use roll::pupils;
use school::tenants;

const BASIS: &str = "A class's register is due on every half day up to today on which the school is open and a pupil of \
    the class is on roll and does not board. It is taken when somebody took it here or its marks came by an import. A \
    mark is missing when a pupil who should be in a register that was taken has none. Today's registers are due from \
    midnight on.";

/// The question.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CompletenessQuery {
    /// Academic year: 2026 for 2026/27; the present one when absent.
    #[param(value_type = Option<i16>)]
    year: Option<AcademicYear>,
    /// Only these schools: ids with commas between.
    schools: Option<String>,
    /// Only schools of these phases, with commas between.
    #[param(style = Form, explode = false, value_type = Option<Vec<words::Phase>>)]
    phases: Option<String>,
    /// Only these classes: ids with commas between.
    classes: Option<String>,
    /// Only days from this one on.
    from: Option<NaiveDate>,
    /// Only days up to this one.
    to: Option<NaiveDate>,
    /// As everything was known on this instant, such as `2026-11-18T09:00:00Z`.
    as_known_on: Option<DateTime<Utc>>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// Registers and the marks in them.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompletenessAnswer {
    /// The academic year.
    period: PeriodAnswer,
    /// What is due, in words.
    basis: &'static str,
    /// The instant as of which everything is known (UTC).
    as_known_on: DateTime<Utc>,
    /// The version of each school's year that was read.
    versions: Vec<VersionAnswer>,
    /// Schools without a calendar for the year: nothing is due there.
    schools_without_calendar: Vec<SchoolId>,
    /// All schools together.
    #[serde(flatten)]
    counts: RegisterCounts,
    /// Day by day, all schools together: ask for one school to see its days.
    days: Vec<DayAnswer>,
    /// School by school.
    schools: Vec<SchoolAnswer>,
    /// The registers that are missing, the latest first.
    missing: Page<MissingRegister>,
}

/// How many registers were due and taken, and how many marks are missing in those that were.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct RegisterCounts {
    /// Registers that were due.
    registers_due: u64,
    /// Those of them that were taken.
    registers_taken: u64,
    /// `registers_taken` of `registers_due` in percent, cut to one decimal; `null` when none was due.
    #[schema(example = "99.1")]
    registers_percent: Option<String>,
    /// Marks that should be in the registers that were taken.
    marks_due: u64,
    /// Those of them that are missing.
    marks_missing: u64,
}

/// The registers of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayAnswer {
    /// The day.
    date: NaiveDate,
    #[serde(flatten)]
    counts: RegisterCounts,
}

/// A school's registers.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchoolAnswer {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// Its name.
    name: String,
    /// All of its classes together.
    #[serde(flatten)]
    counts: RegisterCounts,
    /// The date of its last register that was taken, whichever class's; `null` before the first.
    last_register: Option<NaiveDate>,
    /// School days after that date, up to today.
    school_days_since: Option<usize>,
    /// Mornings, then afternoons.
    sessions: Vec<SessionAnswer>,
    /// Class by class.
    classes: Vec<ClassAnswer>,
}

/// The registers of all mornings, or of all afternoons.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionAnswer {
    /// The session.
    #[schema(value_type = words::Session)]
    session: Session,
    #[serde(flatten)]
    counts: RegisterCounts,
}

/// A class's registers.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClassAnswer {
    /// The class.
    #[schema(example = 31)]
    class_id: ClassId,
    /// Its name.
    #[schema(example = "7H1")]
    name: String,
    #[serde(flatten)]
    counts: RegisterCounts,
}

/// A register that was due and not taken.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MissingRegister {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
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
    pupils: u32,
}

/// Read which registers are missing
///
/// RegisterCounts by school, by class and by session, and every register that is missing.
#[utoipa::path(tag = "figures", security(("token" = ["analytics:read"])), params(CompletenessQuery),
    responses((status = 200, description = "The registers.", body = CompletenessAnswer)))]
#[get("/v1/analytics/completeness")]
pub async fn completeness(
    caller: May<ReadAnalytics>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    request: HttpRequest,
    params: Query<CompletenessQuery>,
) -> Result<HttpResponse> {
    let clock = app.db.clock_of(caller.scope()).await?;
    let params = params.0;
    let year = params.year.map_or_else(|| tenants::today_year(&clock), Ok)?;
    let known = known::instant(&clock, params.as_known_on)?;
    let given =
        [(By::School, &params.schools), (By::Phase, &params.phases), (By::Class, &params.classes)];
    let filter = dimension::filter(&given, params.from, params.to)?;
    let bound = (year.number(), &params.schools, &params.phases, &params.classes, params.from);
    let bound = (bound, params.to, known);
    let slice = Slice::read(params.limit, params.cursor.as_deref(), &bound)?;
    let scope = caller.scope().clone();
    let (asking, wanted) = (counting.clone(), filter.clone());
    let (standing, classes) = app
        .db
        .snapshot(&scope, move |tx| {
            let standing = asking.read(tx, (&wanted, Level::Enrolment), year, known)?;
            let schools: Vec<SchoolId> = standing.schools.keys().copied().collect();
            let rows = pupils::classes_of_schools(tx, &schools)?;
            let names = rows.into_iter().map(|row| (row.class_id, row.name));
            Ok((standing, names.collect::<BTreeMap<ClassId, String>>()))
        })
        .await?;
    let wanted = dimension::classes(&filter);
    if wanted.iter().flatten().any(|class| !classes.contains_key(class)) {
        return Err(Problem::not_found());
    }
    let parts = [format!("{filter:?} {slice:?}"), format!("{classes:?}"), standing.key()];
    let key = Key::new(&scope, "completeness", &parts);
    let counted = finished(&counting, key, move |counting| {
        let built = counting.blocks.build(scope.trust(), &counting.pool, standing)?;
        let from = filter.from.unwrap_or(year.first_day());
        let to = filter.to.unwrap_or(year.last_day());
        let mut registers = counting
            .pool
            .map(&built.blocks, |block| block.registers(from, to))
            .map_err(Problem::internal)?;
        if let Some(wanted) = wanted {
            registers
                .iter_mut()
                .for_each(|all| all.retain(|one| wanted.contains(&ClassId::new(one.class))));
        }
        let missing = missing(&built, &registers, &classes, &slice);
        let next = missing.next.clone();
        finished::with_page(&answer(&built, &registers, &classes, missing), next)
    });
    Ok(finished::page_json(&request, &counted.await?))
}

fn answer(
    built: &Built,
    registers: &[Vec<Register>],
    classes: &BTreeMap<ClassId, String>,
    missing: Page<MissingRegister>,
) -> CompletenessAnswer {
    let schools = built.blocks.iter().zip(registers);
    CompletenessAnswer {
        period: PeriodAnswer::of(built.year),
        basis: BASIS,
        as_known_on: built.at,
        versions: versions(&built.versions),
        schools_without_calendar: built.without_calendar.clone(),
        counts: RegisterCounts::of(registers.iter().flatten()),
        days: days(built.year, registers),
        schools: schools.map(|(block, all)| school(built, block, all, classes)).collect(),
        missing,
    }
}

fn days(year: AcademicYear, registers: &[Vec<Register>]) -> Vec<DayAnswer> {
    let mut by_day: BTreeMap<NaiveDate, Vec<&Register>> = BTreeMap::new();
    for register in registers.iter().flatten() {
        by_day.entry(register.half_day.date(year)).or_default().push(register);
    }
    let answer = |(date, of): (NaiveDate, Vec<&Register>)| DayAnswer {
        date,
        counts: RegisterCounts::of(of.into_iter()),
    };
    by_day.into_iter().map(answer).collect()
}

/// A page of the registers that are missing, the latest first.
fn missing(
    built: &Built,
    registers: &[Vec<Register>],
    classes: &BTreeMap<ClassId, String>,
    slice: &Slice<(NaiveDate, bool, ClassId)>,
) -> Page<MissingRegister> {
    let mut missing: Vec<MissingRegister> = Vec::new();
    for (block, registers) in built.blocks.iter().zip(registers) {
        let not_taken = registers.iter().filter(|one| !one.taken);
        missing.extend(not_taken.map(|one| MissingRegister {
            school_id: SchoolId::new(block.school()),
            class_id: ClassId::new(one.class),
            class: classes.get(&ClassId::new(one.class)).cloned().unwrap_or_default(),
            date: one.half_day.date(block.year()),
            session: one.half_day.session(),
            pupils: one.pupils,
        }));
    }
    let key = |one: &MissingRegister| (one.date, one.session == Session::Pm, one.class_id);
    missing.sort_by_key(|one| std::cmp::Reverse(key(one)));
    if let Some(after) = slice.after {
        missing.retain(|one| key(one) < after);
    }
    slice.page(missing, key)
}

fn school(
    built: &Built,
    block: &Block,
    registers: &[Register],
    classes: &BTreeMap<ClassId, String>,
) -> SchoolAnswer {
    let last = block.last_register().map(|last| last.date(block.year()));
    let session = |session: Session| SessionAnswer {
        session,
        counts: RegisterCounts::of(
            registers.iter().filter(|one| one.half_day.session() == session),
        ),
    };
    let by_class = registers.chunk_by(|a, b| a.class == b.class);
    let class = |of: &[Register]| {
        let class_id = ClassId::new(of.first()?.class);
        let name = classes.get(&class_id).cloned().unwrap_or_default();
        Some(ClassAnswer { class_id, name, counts: RegisterCounts::of(of.iter()) })
    };
    let school_id = SchoolId::new(block.school());
    SchoolAnswer {
        school_id,
        name: built.schools.get(&school_id).map_or_else(String::new, |row| row.name.clone()),
        counts: RegisterCounts::of(registers.iter()),
        last_register: last,
        school_days_since: last.map(|last| block.school_days_after(last)),
        sessions: Session::ALL.map(session).into(),
        classes: by_class.filter_map(class).collect(),
    }
}

impl RegisterCounts {
    fn of<'a>(registers: impl Iterator<Item = &'a Register>) -> Self {
        let mut counts = Self::default();
        for register in registers {
            counts.registers_due += 1;
            if register.taken {
                counts.registers_taken += 1;
                counts.marks_due += u64::from(register.pupils);
                counts.marks_missing += u64::from(register.pupils - register.marked);
            }
        }
        counts.registers_percent = percent(counts.registers_taken, counts.registers_due);
        counts
    }
}

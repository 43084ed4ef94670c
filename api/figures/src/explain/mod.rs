//! Explain: which half days and pupils are behind a figure, which are not, and why; and where two definitions differ.

mod answer;

use analytics::{Asking, Counted, Explanation, Filter, Level, explain as count};
use domain::{CodeTable, Definition, WindowKind};

use self::answer::{ExplainAnswer, PupilAnswer, SessionsAnswer, side};
use super::answer::{PeriodAnswer, versions};
use super::basis::basis;
use super::blocks::{Built, YearRead};
use super::finished::finished;
use super::{Counting, dimension, known};
use crate::dimension::{CountingLevel, RegistrationGroup, SenGroup, SexGroup, YesOrNo};
use base::cache::Key;
use base::operation::*;
use roll::pupils;
use school::tenants;

dimension::filtered! {
    /// The question: a cell of the trend, whose group is said by filters.
    #[derive(Debug, Deserialize, Serialize, IntoParams)]
    #[serde(deny_unknown_fields)]
    #[into_params(parameter_in = Query)]
    pub struct ExplainQuery {
        /// Academic year: 2026 for 2026/27; the present one when absent.
        #[param(value_type = Option<i16>)]
        year: Option<AcademicYear>,
        /// The window by its key: `year-to-date` (when absent), `half-term-1`, `term-1` or a week such as `2026-W37`.
        window: Option<String>,
        /// What to count; as the Department for Education does in its daily figures when absent.
        #[param(value_type = Option<words::Definition>)]
        definition: Option<Definition>,
        /// What counts as one; enrolments when absent.
        level: Option<CountingLevel>,
        /// Another definition to put beside it, with the pupils that the two count differently.
        #[param(value_type = Option<words::Definition>)]
        against: Option<Definition>,
        /// As everything was known on this instant, such as `2026-11-18T09:00:00Z`.
        as_known_on: Option<DateTime<Utc>>,
        // Not written out, because they decide nothing about the figure; that leaves them out of the document too, so
        // that the operation names them itself.
        #[serde(skip_serializing)]
        limit: Option<u16>,
        #[serde(skip_serializing)]
        cursor: Option<String>,
    }
}

/// Explain a figure
///
/// Any cell of the trend, its group said by filters: how many half days are counted and left out and why, by code, and
/// the pupils for those who may see them; or two definitions side by side with the pupils that differ.
#[utoipa::path(tag = "figures", security(("token" = ["analytics:read"])),
    params(ExplainQuery, ("limit" = Option<u16>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "What is behind the figure.", body = ExplainAnswer)))]
#[get("/v1/analytics/explain")]
pub async fn explain(
    caller: May<ReadAnalytics>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    request: HttpRequest,
    params: Query<ExplainQuery>,
) -> Result<HttpResponse> {
    let clock = app.db.clock_of(caller.scope()).await?;
    let params = params.0;
    let year = params.year.map_or_else(|| tenants::today_year(&clock), Ok)?;
    let known = known::instant(&clock, params.as_known_on)?;
    let question = Question::read(&params)?;
    let slice =
        Slice::<(SchoolId, EnrolmentId)>::read(params.limit, params.cursor.as_deref(), &params)?;
    let scope = caller.scope().clone();
    let (asking, wanted) = (counting.clone(), question.clone());
    let standing =
        app.db.snapshot(&scope, move |tx| read(tx, &asking, &wanted, year, known)).await?;
    let sees_pupils = app.roles.allows(caller.role(), ReadPupil::NAME);
    let parts = [
        format!("{question:?} {sees_pupils} {slice:?}"),
        format!("{:?} {}", question.versions(), app.codes.version()),
        standing.key(),
    ];
    let key = Key::new(&scope, "explain", &parts);
    let (trust, codes) = (scope.trust(), app.codes.clone());
    let wanted = sees_pupils.then_some((slice.after, slice.limit + 1));
    let kept = finished(&counting, key, move |counting| {
        let built = counting.blocks.build(trust, &counting.pool, standing)?;
        let kept = explained(counting, &codes, &built, &question, wanted)?;
        serde_json::to_vec(&kept).map_err(Problem::internal)
    });
    let Kept { answer, pupils } =
        serde_json::from_slice(&kept.await?).map_err(Problem::internal)?;
    let Some(pupils) = pupils else { return Ok(HttpResponse::Ok().json(answer)) };
    let pupils = app.db.snapshot(&scope, move |tx| named(tx, pupils)).await?;
    let page = slice.page(pupils, |one| (one.school_id, one.enrolment_id));
    Ok(page.answer_in(&request, |page| ExplainAnswer { pupils: Some(page), ..answer }))
}

/// A cell of the trend, and whom to count in it.
#[derive(Debug, Clone)]
struct Question {
    definition: Definition,
    against: Option<Definition>,
    level: Level,
    window: WindowKind,
    key: String,
    filter: Filter,
}

/// What is cached of an answer: the names of pupils are added for each caller.
#[derive(Serialize, Deserialize)]
struct Kept {
    answer: ExplainAnswer,
    pupils: Option<Vec<PupilAnswer>>,
}

impl Question {
    fn read(params: &ExplainQuery) -> Result<Self> {
        let key = params.window.clone().unwrap_or_else(|| "year-to-date".to_owned());
        Ok(Self {
            definition: params.definition.unwrap_or(Definition::DfeDaily),
            against: params.against,
            level: params.level.map_or(Level::Enrolment, |level| *level),
            window: dimension::window(&key)?,
            key,
            filter: dimension::filter(&dimension::given!(params), None, None)?,
        })
    }

    /// The versions of the definitions.
    fn versions(&self) -> (u16, Option<u16>) {
        (self.definition.version(), self.against.map(Definition::version))
    }
}

/// Counts. `page` says which pupils are wanted: so many after an enrolment.
fn explained(
    counting: &Counting,
    codes: &CodeTable,
    built: &Built,
    question: &Question,
    page: Option<(Option<(SchoolId, EnrolmentId)>, usize)>,
) -> Result<Kept> {
    let Question { level, window, key, filter, .. } = question;
    let by = |definition| {
        let asking = Asking { definition, level: *level, window: *window, key, filter };
        count(&counting.pool, codes, &built.blocks, &asking).map_err(Problem::internal)
    };
    let counted = by(question.definition)?;
    let against = question.against.map(by).transpose()?;
    let side = |definition, explanation: &Explanation| side(codes, definition, explanation);
    let answer = ExplainAnswer {
        period: PeriodAnswer::of(built.year),
        window: key.clone(),
        level: As(*level),
        basis: basis(*level),
        as_known_on: built.at,
        versions: versions(&built.versions),
        schools_without_calendar: built.without_calendar.clone(),
        counted: side(question.definition, &counted),
        against: question.against.zip(against.as_ref()).map(|(name, one)| side(name, one)),
        pupils: None,
    };
    let pupils = page.map(|(after, rows)| pupils_of(&counted, against.as_ref(), after, rows));
    Ok(Kept { answer, pupils })
}

/// What the question is answered from; a class that the caller may not see is not there.
fn read(
    tx: &mut Tx,
    counting: &Counting,
    question: &Question,
    year: AcademicYear,
    known: Option<DateTime<Utc>>,
) -> Result<YearRead> {
    let standing = counting.read(tx, (&question.filter, question.level), year, known)?;
    if let Some(wanted) = dimension::classes(&question.filter) {
        let schools: Vec<SchoolId> = standing.schools.keys().copied().collect();
        let there = pupils::classes_of_schools(tx, &schools)?;
        let there: BTreeSet<ClassId> = there.iter().map(|class| class.class_id).collect();
        if !wanted.is_subset(&there) {
            return Err(Problem::not_found());
        }
    }
    Ok(standing)
}

/// So many enrolments after one, with what each definition counts of them: all of them, or those that two count
/// differently. Not named yet.
fn pupils_of(
    counted: &Explanation,
    against: Option<&Explanation>,
    after: Option<(SchoolId, EnrolmentId)>,
    rows: usize,
) -> Vec<PupilAnswer> {
    let other =
        |key| against.map(|against| against.enrolments.get(key).copied().unwrap_or_default());
    let ids =
        |(school, enrolment): &(i32, i32)| (SchoolId::new(*school), EnrolmentId::new(*enrolment));
    let all = counted.enrolments.iter().map(|(key, one)| (ids(key), *one, other(key)));
    let all = all.filter(|(_, one, other)| {
        other.is_none_or(|other| (one.possible, one.absent) != (other.possible, other.absent))
    });
    let all = all.skip_while(|(key, _, _)| after.is_some_and(|after| *key <= after));
    let answer = |((school_id, enrolment_id), one, other): (
        (SchoolId, EnrolmentId),
        Counted,
        Option<Counted>,
    )| {
        PupilAnswer {
            school_id,
            enrolment_id,
            pupil_id: PupilId::new(one.pupil),
            name: String::new(),
            counted: one.into(),
            against: other.map(SessionsAnswer::from),
        }
    };
    all.take(rows).map(answer).collect()
}

/// The pupils with their names.
fn named(tx: &mut Tx, mut all: Vec<PupilAnswer>) -> Result<Vec<PupilAnswer>> {
    let ids: Vec<PupilId> = all.iter().map(|one| one.pupil_id).collect();
    let names: BTreeMap<PupilId, String> = pupils::in_order(tx, &ids)?
        .into_iter()
        .map(|row| (row.pupil_id, format!("{}, {}", row.surname, row.forename)))
        .collect();
    for one in &mut all {
        one.name = names.get(&one.pupil_id).cloned().unwrap_or_default();
    }
    Ok(all)
}

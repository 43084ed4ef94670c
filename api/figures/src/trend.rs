//! The trend: attendance, absence and persistent absence over time, by school, class or any characteristic, up to three
//! of them crossed.

use analytics::{By, Level, Query as Question};
use domain::{Definition, WindowKind};

use super::answer::{TrendAnswer, TrendAsked};
use super::blocks::YearRead;
use super::finished::{finished, json};
use super::{Counting, dimension, known};
use crate::dimension::{CountingLevel, Dimension, RegistrationGroup, SenGroup, SexGroup, YesOrNo};
use base::cache::Key;
use base::operation::*;
use roll::pupils;
use school::tenants;

dimension::filtered! {
    /// The question.
    #[derive(Debug, Clone, Deserialize, IntoParams)]
    #[serde(deny_unknown_fields)]
    #[into_params(parameter_in = Query)]
    pub struct TrendQuery {
        /// Academic year: 2026 for 2026/27; the present one when absent.
        #[param(value_type = Option<i16>)]
        year: Option<AcademicYear>,
        /// How to divide the series: not at all when absent, or by up to three of these, with commas between: every
        /// combination that somebody is in.
        #[param(style = Form, explode = false, value_type = Option<Vec<Dimension>>)]
        by: Option<String>,
        /// What counts as one for persistent and severe absence: enrolments when absent, as the Department for
        /// Education counts; pupils count once who moved inside the trust, with all sessions.
        level: Option<CountingLevel>,
        /// How to divide time; by half terms when absent.
        #[param(value_type = Option<words::WindowKind>)]
        window: Option<WindowKind>,
        /// What to count; as the Department for Education does in its daily figures when absent.
        #[param(value_type = Option<words::Definition>)]
        definition: Option<Definition>,
        /// Only windows that reach this day or later.
        from: Option<NaiveDate>,
        /// Only windows that begin on this day or earlier.
        to: Option<NaiveDate>,
        /// As everything was known on this instant, such as `2026-11-18T09:00:00Z`: marks, registers, roll and
        /// calendars with all that was recorded later undone.
        as_known_on: Option<DateTime<Utc>>,
    }
}

/// Read the trend
///
/// Every cell carries its counts beside its rates. A register that was saved before this request is in it.
#[utoipa::path(tag = "figures", security(("token" = ["analytics:read"])), params(TrendQuery),
    responses((status = 200, description = "The trend.", body = TrendAnswer)))]
#[get("/v1/analytics/trend")]
pub async fn trend(
    caller: May<ReadAnalytics>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    params: Query<TrendQuery>,
) -> Result<HttpResponse> {
    let params = params.0;
    let clock = app.db.clock_of(caller.scope()).await?;
    let year = params.year.map_or_else(|| tenants::today_year(&clock), Ok)?;
    let question = question(&params)?;
    let known = known::instant(&clock, params.as_known_on)?;
    let scope = caller.scope().clone();
    let (asking, wanted) = (counting.clone(), question.clone());
    let codes = app.codes.version();
    let (standing, asked) = app
        .db
        .snapshot(&scope, move |tx| {
            let standing = asking.read(tx, (&wanted.filter, wanted.level), year, known)?;
            let asked = asked(tx, codes, &wanted, &standing)?;
            Ok((standing, asked))
        })
        .await?;
    let key = key(&scope, &asked, &question, &standing);
    let answer = finished(&counting, key, move |counting| {
        let built = counting.blocks.build(scope.trust(), &counting.pool, standing)?;
        let trend = ::analytics::trend(&counting.pool, &built.blocks, &question)
            .map_err(Problem::internal)?;
        serde_json::to_vec(&TrendAnswer::of(&asked, &built, trend)).map_err(Problem::internal)
    });
    Ok(json(&answer.await?))
}

/// The question that the parameters ask.
fn question(params: &TrendQuery) -> Result<Question> {
    Ok(Question {
        definition: params.definition.unwrap_or(Definition::DfeDaily),
        level: params.level.map_or(Level::Enrolment, |level| *level),
        window: params.window.unwrap_or(WindowKind::HalfTerm),
        by: dimension::split(params.by.as_deref())?,
        filter: dimension::filter(&dimension::given!(params), params.from, params.to)?,
    })
}

fn asked(tx: &mut Tx, codes: u16, question: &Question, standing: &YearRead) -> Result<TrendAsked> {
    let wanted = dimension::classes(&question.filter);
    let mut classes = BTreeMap::new();
    if question.by.contains(&Some(By::Class)) || wanted.is_some() {
        let schools: Vec<SchoolId> = standing.schools.keys().copied().collect();
        let rows = pupils::classes_of_schools(tx, &schools)?;
        classes = rows.into_iter().map(|row| (row.class_id, (row.school_id, row.name))).collect();
    }
    if wanted.into_iter().flatten().any(|class| !classes.contains_key(&class)) {
        return Err(Problem::not_found());
    }
    let by: Vec<&str> =
        question.by.iter().flatten().map(|by| dimension::Dimension::of(*by).text()).collect();
    Ok(TrendAsked {
        definition: question.definition,
        level: question.level,
        by: if by.is_empty() { "trust".to_owned() } else { by.join(",") },
        window: question.window,
        codes,
        classes,
    })
}

/// Everything that decides the answer. Names of classes do not move versions, so they are part of it.
fn key(scope: &Scope, asked: &TrendAsked, question: &Question, standing: &YearRead) -> Key {
    let rules = format!("{} {}", asked.definition.version(), asked.codes);
    let parts = [format!("{question:?}"), rules, format!("{:?}", asked.classes), standing.key()];
    Key::new(scope, "trend", &parts)
}

//! The list for the weekly safeguarding meeting: whose absence is a cause for concern (rules S-03, S-19, S-22).

use analytics::EnrolmentYear;
use domain::policy::word::Every;
use domain::{Characteristic, CodeTable, Days, REASON_UNKNOWN, Rate};

use super::attendance::{Attended, Lowest, after, is_severe, page};
use super::bands::{Agenda, ReportPolicy, SchoolBands};
use super::broken::monday_of;
use super::frame::{Frame, ReportHead, day_of_list};
use super::people::{ListedPupil, People};
use super::standing::{CaseStanding, standings};
use base::operation::*;
use figures::{Counting, Enrolled, Figures};
use roll::parents;
use roll::pupils::CharacteristicWord;

const BASIS: &str = "Pupils on roll on the day who missed anything in the week up to it and for whom at least one of \
    these holds: a child in care, a child in need, or one about a parent of whom a court order or no contact has to be \
    respected; 50% or more of the school year missed; on two school days running no reason established (N); in a band \
    that the school's policy names for the weekly meeting, with the last 4 school weeks below the 4 before. The list \
    raises questions; people who know the child answer them.";

/// School weeks on either side of a decline.
const WEEKS: usize = 4;

/// Which week.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SafeguardingListQuery {
    /// The day: its week is looked at, up to that day; today when absent.
    day: Option<NaiveDate>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// Pupils whose absence is a cause for concern.
#[derive(Debug, Serialize, ToSchema)]
pub struct SafeguardingList {
    /// What the report says of itself. The rules are those that ask for it.
    #[serde(flatten)]
    head: ReportHead,
    /// The policy whose bands they are; absent where the school follows none.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<ReportPolicy>,
    /// The pupils, lowest attendance first.
    pupils: Page<ConcernPupil>,
}

/// A pupil on the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConcernPupil {
    /// The pupil.
    #[serde(flatten)]
    pupil: ListedPupil,
    /// Why the pupil is on the list.
    concerns: Vec<Concern>,
    /// Special educational needs, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<CharacteristicWord>)]
    sen: Option<&'static str>,
    /// Over the week.
    week: Attended,
    /// Over the school year so far.
    year_to_date: Attended,
    /// The band.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "91.9%-90% and below")]
    band: Option<String>,
    /// The open case.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<CaseStanding>,
}

/// A reason to talk about a pupil.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Concern {
    /// What it is.
    kind: ConcernKind,
    /// In plain English, with what is behind it.
    #[schema(example = "no reason established on 2026-11-17 and 2026-11-18")]
    says: String,
}

words! {
    /// A reason to talk about a pupil.
    ConcernKind {
        LookedAfter = "looked_after": "a child in care",
        ChildInNeed = "child_in_need": "a child in need",
        AskFirst = "ask_first": "a court order or no contact has to be respected about a parent",
        OrderUnclear = "order_unclear": "a court order is on record, and nobody has said what it does",
        Severe = "severe": "half of the school year or more was missed",
        NoReason = "no_reason": "no reason was established on two school days running",
        Declined = "declined": "the last 4 school weeks are below the 4 before, in a band that the policy names",
    }
}

/// Read the safeguarding list
///
/// Visible only with `safeguarding:read`: pupils who were absent this week and are protected, are severely absent, were
/// absent on two days running without an established reason, or are declining in a band that the policy names.
#[utoipa::path(tag = "reports", security(("token" = ["safeguarding:read"])),
    params(SchoolId, SafeguardingListQuery),
    responses((status = 200, description = "The list.", body = SafeguardingList),
        refusal::NoCalendar))]
#[get("/v1/schools/{school_id}/reports/safeguarding")]
pub async fn safeguarding_list(
    caller: May<ReadSafeguarding>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    request: HttpRequest,
    path: Path<SchoolId>,
    params: Query<SafeguardingListQuery>,
) -> Result<HttpResponse> {
    let scope = caller.scope().clone();
    let SafeguardingListQuery { day: asked, limit, cursor } = params.0;
    let to = day_of_list(&app, &scope, path.0, asked).await?;
    let slice = Slice::<Lowest>::read(limit, cursor.as_deref(), &(path.0, to))?;
    let week = Days { from: monday_of(to), to };
    let frame = Frame::read(&counting, &scope, path.0, week).await?;
    let ids: Vec<PupilId> = frame.figures().on_roll().map(|member| member.pupil_id()).collect();
    let read = app.db.snapshot(&scope, move |tx| {
        let bands = SchoolBands::read(tx, path.0, to)?;
        Ok((bands, standings(tx, path.0)?, parents::respected(tx, &ids, to)?))
    });
    let (bands, mut cases, respected) = read.await?;
    let agenda = bands.agenda(Every::Week);
    let figures = frame.figures();
    let weeks = figures.school_weeks(WEEKS, to);
    let looking = Looking {
        codes: &app.codes,
        frame: &frame,
        figures: &figures,
        bands: &bands,
        agenda: &agenda,
        weeks,
        respected,
    };
    let found = figures.on_roll().filter_map(|member| {
        let rate = figures.rate(member.enrolment_id(), week.from, week.to)?;
        let year = figures.rates(member.enrolment_id(), to).year?;
        let concerns = looking.concerns(member, year);
        let listed = rate.part() < rate.whole() && !concerns.is_empty();
        listed.then(|| (Lowest::of(year, member.pupil_id()), (member, rate, year, concerns)))
    });
    let kept = after(&slice, found.collect());
    let ids: Vec<PupilId> = kept.iter().map(|(_, (member, ..))| member.pupil_id()).collect();
    let people = People::of(&app, &scope, path.0, ids).await?;
    let pupils = page(&slice, kept, |(_, (member, rate, year, concerns))| ConcernPupil {
        pupil: people.listed(member, to),
        concerns,
        sen: is(member, Characteristic::Sen, to),
        week: rate.into(),
        year_to_date: year.into(),
        band: looking.band(member).map(str::to_owned),
        case: cases.remove(&member.pupil_id()),
    });
    let (head, policy) = (frame.head(BASIS, agenda.rules.clone()), bands.answer());
    Ok(pupils.answer_in(&request, |pupils| SafeguardingList { head, policy, pupils }))
}

/// What concerns are looked for with.
struct Looking<'a> {
    codes: &'a CodeTable,
    frame: &'a Frame,
    figures: &'a Figures<'a>,
    bands: &'a SchoolBands,
    agenda: &'a Agenda,
    /// The last 4 school weeks, and the 4 before.
    weeks: [Option<Days>; 2],
    respected: BTreeMap<PupilId, bool>,
}

impl Looking<'_> {
    /// Why a pupil is talked about, with so much attendance in the school year.
    fn concerns(&self, member: &EnrolmentYear, year: Rate) -> Vec<Concern> {
        let to = self.frame.days.to;
        let mut concerns = Vec::new();
        let mut add = |kind, says: String| concerns.push(Concern { kind, says });
        for (concern, kind) in [
            (ConcernKind::LookedAfter, Characteristic::LookedAfter),
            (ConcernKind::ChildInNeed, Characteristic::ChildInNeed),
        ] {
            if is(member, kind, to).is_some() {
                add(concern, kind.label().to_lowercase());
            }
        }
        if let Some(unclear) = self.respected.get(&member.pupil_id()) {
            let says = "a court order or no contact has to be respected about a parent";
            add(ConcernKind::AskFirst, says.to_owned());
            if *unclear {
                let says = "a court order without an effect: say what it does, and to whom";
                add(ConcernKind::OrderUnclear, says.to_owned());
            }
        }
        if is_severe(year) {
            let (attended, possible) = (year.part(), year.whole());
            add(
                ConcernKind::Severe,
                format!("{attended} of {possible} sessions attended this school year"),
            );
        }
        if let Some((first, second)) = self.unexplained(member) {
            add(ConcernKind::NoReason, format!("no reason established on {first} and {second}"));
        }
        if let Some((band, recent, earlier)) = self.declined(member) {
            let says = format!(
                "in the band {band:?}, and {}% in the last 4 school weeks after {}% in the 4 before",
                recent.cut(),
                earlier.cut()
            );
            add(ConcernKind::Declined, says);
        }
        concerns
    }

    /// The latest two school days running, the second of them in the week, without a reason established.
    fn unexplained(&self, member: &EnrolmentYear) -> Option<(NaiveDate, NaiveDate)> {
        let Days { from, to } = self.frame.days;
        let mut days: Vec<(NaiveDate, bool)> = Vec::new();
        for (date, _, mark) in self.frame.block().marks(member, NaiveDate::MIN, to) {
            let open = self.codes.text(mark) == Some(REASON_UNKNOWN);
            match days.last_mut() {
                Some((last, any)) if *last == date => *any |= open,
                _ => days.push((date, open)),
            }
        }
        days.windows(2).rev().find_map(|pair| match pair {
            [(first, true), (second, true)] if from <= *second => Some((*first, *second)),
            _ => None,
        })
    }

    /// For a pupil in a band on the agenda whose attendance is declining: the band, and the recent and the earlier
    /// rate.
    fn declined(&self, member: &EnrolmentYear) -> Option<(&str, Rate, Rate)> {
        let band = self.band(member)?;
        let [recent, earlier] = self.weeks;
        let over = |days: Days| self.figures.rate(member.enrolment_id(), days.from, days.to);
        let (recent, earlier) = (over(recent?)?, over(earlier?)?);
        let listed = self.agenda.bands.iter().any(|one| one == band);
        (listed && recent < earlier).then_some((band, recent, earlier))
    }

    fn band(&self, member: &EnrolmentYear) -> Option<&str> {
        let rates = self.figures.rates(member.enrolment_id(), self.frame.days.to);
        rates.over(self.bands.over()).map(|rate| self.bands.name(rate))
    }
}

/// The value of a characteristic on a day, where something is recorded and holds.
fn is(member: &EnrolmentYear, kind: Characteristic, day: NaiveDate) -> Option<&'static str> {
    let fact = member.facts.iter().rfind(|fact| fact.kind == kind && fact.from <= day)?;
    let value = kind.value(fact.value).filter(|_| fact.value != 0)?;
    Some(value.name)
}

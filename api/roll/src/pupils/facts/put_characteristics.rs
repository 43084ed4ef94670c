//! Characteristics of an enrolment: recorded, corrected or taken back, each from a day on.

use domain::Characteristic;

use crate::pupils::characteristics::characteristics_of_enrolment;
use crate::pupils::enrolment_page::{EnrolmentPage, enrolment_page};
use crate::pupils::{
    CharacteristicWord, EnrolmentRow, NewCharacteristic, add_characteristics, main_elsewhere,
};
use crate::visibility::{self, Act};
use base::http::json::present;
use base::operation::*;

/// The most characteristics of one request.
const MOST: usize = 100;

/// Characteristics to be recorded. What is not named stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CharacteristicsBody {
    /// Each kind and day once.
    characteristics: Vec<CharacteristicBody>,
}

/// A characteristic to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CharacteristicBody {
    /// What it is.
    #[schema(value_type = words::Characteristic)]
    kind: Characteristic,
    /// From this day on, until the next day for which the kind is recorded.
    from_day: NaiveDate,
    /// `null` takes back what was recorded for that day.
    #[serde(deserialize_with = "present")]
    #[schema(required, value_type = Option<CharacteristicWord>)]
    value: Option<String>,
}

impl CharacteristicsBody {
    /// What is to be recorded of an enrolment.
    fn check(&self, enrolment: &EnrolmentRow) -> Result<Vec<NewCharacteristic>> {
        let mut problem = Problem::new(Kind::Invalid);
        if !(1..=MOST).contains(&self.characteristics.len()) {
            problem = problem.and("/characteristics", format!("1 to {MOST} characteristics"));
        }
        let (mut seen, mut all) = (BTreeMap::new(), Vec::new());
        for (index, body) in self.characteristics.iter().enumerate() {
            let at = |member: &str| format!("/characteristics/{index}{member}");
            let CharacteristicBody { kind, from_day, .. } = *body;
            if let Some(first) = seen.insert((kind, from_day), index) {
                let expected =
                    format!("a kind and day that /characteristics/{first} does not name");
                problem = problem.and(at(""), expected);
            }
            if AcademicYear::of(from_day).is_none()
                || enrolment.last_day.is_some_and(|last| from_day > last)
            {
                problem = problem.and(at("/from_day"), "a day not after the last day on roll");
            }
            match value_of(kind, body.value.as_deref()) {
                Ok(value) => all.push(NewCharacteristic {
                    enrolment_id: enrolment.enrolment_id,
                    school_id: enrolment.school_id,
                    kind,
                    from_day,
                    value,
                }),
                Err(expected) => problem = problem.and(at("/value"), expected),
            }
        }
        if problem.errors().is_empty() { Ok(all) } else { Err(problem) }
    }
}

/// The value of a kind by its name; what would have been one when it is none.
fn value_of(kind: Characteristic, name: Option<&str>) -> Result<Option<&'static str>, String> {
    let Some(name) = name else { return Ok(None) };
    let values = kind.values().iter().map(|value| value.name);
    values
        .clone()
        .find(|value| *value == name)
        .map(Some)
        .ok_or_else(|| format!("one of {}, or null", values.collect::<Vec<_>>().join(", ")))
}

/// Record characteristics
///
/// All of them or none. What was recorded before stays and can be asked for as known then. That a subsidiary school is so no
/// longer, the main school says, or the trust.
#[utoipa::path(tag = "pupils", security(("token" = ["enrolment:write"])), request_body = CharacteristicsBody,
    params(EnrolmentId),
    responses((status = 200, description = "The enrolment as it stands now.", body = EnrolmentPage),
        refusal::AnotherSchools))]
#[put("/v1/enrolments/{enrolment_id}/characteristics")]
pub async fn put_characteristics(
    caller: May<WriteEnrolment>,
    app: web::Data<App>,
    path: Path<EnrolmentId>,
    body: Json<CharacteristicsBody>,
) -> Result<HttpResponse> {
    let by = caller.subject().to_owned();
    let page = app.db.run(caller.scope(), move |tx| {
        record(tx, path.0, &body.value, &by)?;
        enrolment_page(tx, path.0)
    });
    Ok(HttpResponse::Ok().json(page.await?))
}

/// What stands already is not recorded again: no new version, no entry in the history.
fn record(
    tx: &mut Tx,
    enrolment_id: EnrolmentId,
    body: &CharacteristicsBody,
    by: &str,
) -> Result<()> {
    let (enrolment, locked) = super::locked(tx, enrolment_id)?;
    let mut new = body.check(&enrolment)?;
    let known = characteristics_of_enrolment(tx, enrolment.school_id, enrolment_id, None)?;
    new.retain(|fact| {
        let same = |row: &&_| same_place(row, fact);
        known.iter().find(same).map(|row| row.value.as_str()) != fact.value
    });
    if new.is_empty() {
        return Ok(());
    }
    if !main_elsewhere(tx, &new)?.is_empty() {
        visibility::check(tx, enrolment.pupil_id, Act::BeMain)?;
    }
    let at = locked.bump_at(tx)?;
    add_characteristics(tx, &new, at, by)
}

fn same_place(row: &crate::pupils::CharacteristicRow, fact: &NewCharacteristic) -> bool {
    row.kind == fact.kind.text() && row.from_day == fact.from_day
}

//! Owns: case_state, case_event, mitigation.

use diesel::prelude::*;
use domain::CodeTable;
use domain::policy::{Case, Event, Place, fold};

use base::prelude::*;
use figures::Elsewhere;
use schema::{case_event, case_state};
use school::policies::{self, Follows};

/// Where a case stands.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = case_state)]
pub struct CaseRow {
    /// Rollcall's key.
    #[schema(example = 205)]
    pub case_id: CaseId,
    /// The school that follows it.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// The policy under which it was opened, and which it keeps.
    #[schema(example = "improvement-process")]
    pub policy: String,
    /// The policy's version.
    pub version: i32,
    /// The school's answers to the policy's settings then.
    #[serde(skip)]
    pub answers: Value,
    /// The stage; absent when the case has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Stage 2")]
    pub stage: Option<String>,
    /// Since when it is there.
    pub since: NaiveDate,
    /// How many steps were taken.
    pub steps: i32,
    /// How many events it has.
    #[serde(skip)]
    pub seq: i32,
    /// When it was opened.
    pub opened_on: NaiveDate,
    /// The last day of the running target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_to: Option<NaiveDate>,
    /// The words that it has put on the pupil.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["medical evidence required"]))]
    pub flags: Vec<String>,
}

/// A case with what its events come to.
#[derive(Debug, Clone)]
pub struct CaseFile {
    /// Where it stands.
    pub row: CaseRow,
    /// All that it remembers.
    pub case: Case,
}

impl CaseFile {
    /// The policy as the case keeps it.
    pub fn follows(&self, tx: &mut Tx) -> Result<Follows> {
        policies::under(tx, &self.row.policy, self.row.version, &self.row.answers)
    }
}

/// Where the open cases of a school stand.
pub fn open_rows(tx: &mut Tx, school_id: SchoolId) -> Result<Vec<CaseRow>> {
    cases(tx, (school_id, None, None, Some(true)), None, i64::MAX)
}

/// The open cases of a school, each with what its events come to.
pub fn open_cases(tx: &mut Tx, school_id: SchoolId) -> Result<Vec<CaseFile>> {
    let rows = open_rows(tx, school_id)?;
    tell(tx, rows)
}

/// The stage at which each pupil's last case ended that ended at a school on a day or later.
pub fn left_since(
    tx: &mut Tx,
    school_id: SchoolId,
    pupil_id: Option<PupilId>,
    first_day: NaiveDate,
) -> Result<BTreeMap<PupilId, String>> {
    let mut rows = tx
        .rows::<CaseRow>()
        .filter(case_state::school_id.eq(school_id))
        .filter(case_state::stage.is_null().and(case_state::since.ge(first_day)))
        .into_boxed();
    rows = rows.narrow(pupil_id.map(|pupil_id| case_state::pupil_id.eq(pupil_id)));
    let rows = rows.order(case_state::case_id).load(tx.conn)?;
    let ended = tell(tx, rows)?;
    let left = ended.into_iter().filter_map(|told| Some((told.row.pupil_id, told.case.left?)));
    Ok(left.collect())
}

/// The cases of a school with a running target, in the order of their keys, after `after`.
pub fn with_target(
    tx: &mut Tx,
    school_id: SchoolId,
    after: Option<CaseId>,
    most: i64,
) -> Result<Vec<CaseFile>> {
    let rows: Vec<CaseRow> = tx
        .rows::<CaseRow>()
        .filter(case_state::school_id.eq(school_id).and(case_state::stage.is_not_null()))
        .filter(case_state::target_to.is_not_null())
        .filter(case_state::case_id.gt(after.unwrap_or(CaseId::MIN)))
        .order(case_state::case_id)
        .limit(most)
        .load(tx.conn)?;
    tell(tx, rows)
}

/// Those of these cases that go on from a school of the trust before.
fn carried(tx: &mut Tx, cases: &[CaseId]) -> Result<BTreeSet<CaseId>> {
    let first = case_event::case_id.eq_any(cases).and(case_event::seq.eq(1));
    let carried = diesel::dsl::sql::<diesel::sql_types::Bool>("body->'what' ? 'carried'");
    let found: Vec<CaseId> = tx
        .of(case_event::table)
        .filter(first.and(carried))
        .select(case_event::case_id)
        .load(tx.conn)?;
    Ok(found.into_iter().collect())
}

/// What the pupils of those of these cases that go on from a school before did there in some years, by pupil.
pub fn elsewhere(
    tx: &mut Tx,
    codes: &CodeTable,
    (school_id, rows): (SchoolId, &[&CaseRow]),
    years: &[AcademicYear],
) -> Result<BTreeMap<PupilId, Vec<Elsewhere>>> {
    let ids: Vec<CaseId> = rows.iter().map(|row| row.case_id).collect();
    let carried = if ids.is_empty() { BTreeSet::new() } else { carried(tx, &ids)? };
    let pupils = rows.iter().filter(|row| carried.contains(&row.case_id)).map(|row| row.pupil_id);
    figures::elsewhere(tx, codes, (school_id, &pupils.collect::<Vec<_>>()), years)
}

/// One case, if the caller may see it. Errors: 404.
pub fn case(tx: &mut Tx, case_id: CaseId) -> Result<CaseRow> {
    Ok(tx.rows::<CaseRow>().filter(case_state::case_id.eq(case_id)).first(tx.conn)?)
}

/// One case with what its events come to, if the caller may see it. Errors: 404.
pub fn told_of(tx: &mut Tx, case_id: CaseId) -> Result<CaseFile> {
    let row = case(tx, case_id)?;
    told(tx, row)
}

/// One case to be changed: nobody else changes it until this transaction has ended. Errors: 404.
pub fn case_to_change(tx: &mut Tx, case_id: CaseId) -> Result<CaseFile> {
    let row =
        tx.rows::<CaseRow>().filter(case_state::case_id.eq(case_id)).for_update().first(tx.conn)?;
    told(tx, row)
}

/// The open case of a pupil at a school, to be changed.
pub fn open_case_to_change(
    tx: &mut Tx,
    school_id: SchoolId,
    pupil_id: PupilId,
) -> Result<Option<CaseFile>> {
    let ours = case_state::school_id.eq(school_id).and(case_state::pupil_id.eq(pupil_id));
    let row: Option<CaseRow> = tx
        .rows::<CaseRow>()
        .filter(ours.and(case_state::stage.is_not_null()))
        .for_update()
        .first(tx.conn)
        .optional()?;
    row.map(|row| told(tx, row)).transpose()
}

/// The latest case of a pupil at a school, open or ended, to be changed.
pub fn latest_case_to_change(
    tx: &mut Tx,
    school_id: SchoolId,
    pupil_id: PupilId,
) -> Result<Option<CaseFile>> {
    let row: Option<CaseRow> = tx
        .rows::<CaseRow>()
        .filter(case_state::school_id.eq(school_id).and(case_state::pupil_id.eq(pupil_id)))
        .order(case_state::case_id.desc())
        .for_update()
        .first(tx.conn)
        .optional()?;
    row.map(|row| told(tx, row)).transpose()
}

/// Cases of a school in the order of their keys, after `after`.
pub fn cases(
    tx: &mut Tx,
    wanted: (SchoolId, Option<PupilId>, Option<String>, Option<bool>),
    after: Option<CaseId>,
    most: i64,
) -> Result<Vec<CaseRow>> {
    let (school_id, pupil_id, stage, open) = wanted;
    let mut rows = tx.rows::<CaseRow>().filter(case_state::school_id.eq(school_id)).into_boxed();
    rows = rows.narrow(pupil_id.map(|pupil_id| case_state::pupil_id.eq(pupil_id)));
    rows = rows.narrow(stage.map(|stage| case_state::stage.eq(stage)));
    match open {
        Some(true) => rows = rows.filter(case_state::stage.is_not_null()),
        Some(false) => rows = rows.filter(case_state::stage.is_null()),
        None => {}
    }
    rows = rows.narrow(after.map(|after| case_state::case_id.gt(after)));
    Ok(rows.order(case_state::case_id).limit(most).load(tx.conn)?)
}

pub(super) fn told(tx: &mut Tx, row: CaseRow) -> Result<CaseFile> {
    let lost = || Problem::internal("a case without events");
    tell(tx, vec![row])?.pop().ok_or_else(lost)
}

/// What the events of these cases come to.
fn tell(tx: &mut Tx, rows: Vec<CaseRow>) -> Result<Vec<CaseFile>> {
    let ids: Vec<CaseId> = rows.iter().map(|row| row.case_id).collect();
    let bodies: Vec<(CaseId, Value)> = tx
        .of(case_event::table)
        .filter(case_event::case_id.eq_any(ids))
        .order((case_event::case_id, case_event::seq))
        .select((case_event::case_id, case_event::body))
        .load(tx.conn)?;
    let mut events: BTreeMap<CaseId, Vec<Event>> = BTreeMap::new();
    for (case_id, body) in bodies {
        let event = serde_json::from_value(body).map_err(Problem::internal)?;
        events.entry(case_id).or_default().push(event);
    }
    let told = rows.into_iter().map(|row| {
        let case = events.get(&row.case_id).and_then(fold);
        case.map(|case| CaseFile { row, case })
            .ok_or_else(|| Problem::internal("a case without events"))
    });
    told.collect()
}

/// Opens a case under the policy that the school follows; it has no event yet.
pub fn open(
    tx: &mut Tx,
    (school_id, pupil_id): (SchoolId, PupilId),
    follows: &Follows,
    day: NaiveDate,
) -> Result<CaseRow> {
    Ok(diesel::insert_into(case_state::table)
        .values((
            case_state::trust_id.eq(tx.trust()),
            case_state::school_id.eq(school_id),
            case_state::pupil_id.eq(pupil_id),
            case_state::policy.eq(&follows.key),
            case_state::version.eq(follows.version),
            case_state::answers.eq(&follows.answers),
            case_state::since.eq(day),
            case_state::steps.eq(0),
            case_state::seq.eq(0),
            case_state::opened_on.eq(day),
        ))
        .returning(CaseRow::as_returning())
        .get_result(tx.conn)?)
}

/// Adds events to a case, and says where it stands after them. The caller holds the case.
pub fn append(
    tx: &mut Tx,
    row: &CaseRow,
    events: &[Event],
    (because, review_id): (&[String], Option<ReviewId>),
    caller: &Caller,
) -> Result<CaseFile> {
    let hand = Hand { by: caller.subject(), role: caller.role(), review_id, import_id: None };
    write(tx, row, events, because, &hand)
}

/// By whom events are recorded.
pub(super) struct Hand<'a> {
    /// Who.
    pub by: &'a str,
    /// In which role.
    pub role: &'a str,
    /// The review that proposed them.
    pub review_id: Option<ReviewId>,
    /// The import that carries them in.
    pub import_id: Option<ImportId>,
}

/// As [`append`], by a person or an import.
pub(super) fn write(
    tx: &mut Tx,
    row: &CaseRow,
    events: &[Event],
    because: &[String],
    hand: &Hand<'_>,
) -> Result<CaseFile> {
    let mut rows = Vec::with_capacity(events.len());
    for (seq, event) in (row.seq + 1..).zip(events) {
        rows.push((
            case_event::trust_id.eq(tx.trust()),
            case_event::school_id.eq(row.school_id),
            case_event::case_id.eq(row.case_id),
            case_event::seq.eq(seq),
            case_event::body.eq(serde_json::to_value(event).map_err(Problem::internal)?),
            case_event::because.eq(because),
            case_event::recorded_at.eq(tx.now()),
            case_event::recorded_by.eq(hand.by),
            case_event::role.eq(hand.role),
            case_event::review_id.eq(hand.review_id),
            case_event::job_id.eq(hand.import_id),
        ));
    }
    diesel::insert_into(case_event::table).values(rows).execute(tx.conn)?;
    let CaseFile { case, .. } = told(tx, row.clone())?;
    let stage = match &case.place {
        Place::At(stage) => Some(stage.as_str()),
        Place::Closed => None,
    };
    let row = diesel::update(tx.of(case_state::table).filter(case_state::case_id.eq(row.case_id)))
        .set((
            case_state::stage.eq(stage),
            case_state::since.eq(case.since),
            case_state::steps.eq(i32::try_from(case.steps).unwrap_or(i32::MAX)),
            case_state::seq.eq(row.seq + i32::try_from(events.len()).unwrap_or(0)),
            case_state::target_to.eq(case.target.map(|target| target.to)),
            case_state::flags.eq(Vec::from_iter(&case.flags)),
        ))
        .returning(CaseRow::as_returning())
        .get_result(tx.conn)?;
    Ok(CaseFile { row, case })
}

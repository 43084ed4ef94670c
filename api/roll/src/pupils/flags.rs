//! What open cases have put on pupils, for whoever codes an absence: it asks, and refuses nothing.

use diesel::dsl::exists;
use diesel::prelude::*;
use domain::policy::{ASK, asks_for_evidence};

use schema::{case_state, mitigation};

use base::prelude::*;

/// Words that a case has put on a pupil.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PupilFlag {
    /// The school whose case it is.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The case.
    #[schema(example = 205)]
    pub case_id: CaseId,
    /// The words, as the school's policy has them.
    #[schema(example = "medical evidence required")]
    pub flag: String,
    /// What they ask whoever codes an absence to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask: Option<&'static str>,
}

/// The words that stand on these pupils on a day, at a school or at every school that the caller may see. Evidence is not
/// asked for while a reason is accepted.
pub fn flags_on(
    tx: &mut Tx,
    school_id: Option<SchoolId>,
    pupils: &[PupilId],
    day: NaiveDate,
) -> Result<BTreeMap<PupilId, Vec<PupilFlag>>> {
    let mut rows = tx
        .of(case_state::table)
        .filter(case_state::pupil_id.eq_any(pupils))
        .filter(case_state::stage.is_not_null().and(case_state::flags.ne(Vec::<String>::new())))
        .into_boxed();
    rows = rows.narrow(school_id.map(|school_id| case_state::school_id.eq(school_id)));
    let holds = mitigation::last_day.is_null().or(mitigation::last_day.ge(day).assume_not_null());
    let accepted = mitigation::table
        .filter(mitigation::trust_id.eq(case_state::trust_id))
        .filter(mitigation::school_id.eq(case_state::school_id))
        .filter(mitigation::pupil_id.eq(case_state::pupil_id))
        .filter(mitigation::first_day.le(day).and(holds));
    type Row = (PupilId, SchoolId, CaseId, Vec<String>, bool);
    let rows: Vec<Row> = rows
        .order(case_state::case_id)
        .select((
            case_state::pupil_id,
            case_state::school_id,
            case_state::case_id,
            case_state::flags,
            exists(accepted),
        ))
        .load(tx.conn)?;
    let mut flags: BTreeMap<PupilId, Vec<PupilFlag>> = BTreeMap::new();
    for (pupil_id, school_id, case_id, words, accepted) in rows {
        for flag in words {
            let evidence = asks_for_evidence(&flag);
            if !(evidence && accepted) {
                let ask = evidence.then_some(ASK);
                let one = PupilFlag { school_id, case_id, flag, ask };
                flags.entry(pupil_id).or_default().push(one);
            }
        }
    }
    Ok(flags)
}

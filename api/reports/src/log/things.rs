//! What stands beside the steps of cases: the records that are kept with a case, and penalty notices. What is
//! confidential of the things is not read.

use diesel::prelude::*;

use super::entry::{Entries, LogEntry, LogFilter, LogKind, entry, of_page, source};
use base::prelude::*;
use casework::records::RecordKind;
use schema::{case_record, penalty_notice};

/// How meetings, plans, visits, monitoring periods and referrals stood.
pub fn records(tx: &mut Tx, wanted: &LogFilter) -> Result<Entries> {
    let mut rows = case_record::table
        .filter(case_record::school_id.eq(wanted.school_id))
        // What a case brought along was done, and is logged, at the school before.
        .filter(case_record::carried_from.is_null())
        .into_boxed();
    rows = rows.narrow(wanted.case_id.map(|case_id| case_record::case_id.eq(case_id)));
    rows = rows.narrow(wanted.pupil_id.map(|pupil_id| case_record::pupil_id.eq(pupil_id)));
    let keys = (case_record::recorded_at, case_record::record_id, case_record::seq);
    type Row =
        (RecordId, i32, RecordKind, PupilId, Option<CaseId>, String, DateTime<Utc>, String, String);
    let rows: Vec<Row> = of_page!(rows, wanted, source::RECORDS, (keys.0, keys.1, keys.2))
        .select((
            case_record::record_id,
            case_record::seq,
            case_record::kind,
            case_record::pupil_id,
            case_record::case_id,
            case_record::says,
            case_record::recorded_at,
            case_record::recorded_by,
            case_record::role,
        ))
        .load(tx.conn)?;
    let one = |(id, seq, kind, pupil, case_id, says, at, who, role): Row| {
        let (role, pupil_id) = (Some(role), Some(pupil));
        let place = (at, source::RECORDS, id.number(), seq);
        (place, LogEntry { role, case_id, pupil_id, ..entry(at, who, kind.into(), says) })
    };
    Ok(rows.into_iter().map(one).collect())
}

/// How the penalty notices stood that the school asked for.
pub fn notices(tx: &mut Tx, wanted: &LogFilter) -> Result<Entries> {
    let mut rows = penalty_notice::table
        .filter(penalty_notice::asking_school.eq(wanted.school_id))
        .into_boxed();
    rows = rows.narrow(wanted.case_id.map(|case_id| penalty_notice::case_id.eq(case_id)));
    rows = rows.narrow(wanted.pupil_id.map(|pupil_id| penalty_notice::pupil_id.eq(pupil_id)));
    let keys = (penalty_notice::recorded_at, penalty_notice::notice_id, penalty_notice::seq);
    type Row =
        (NoticeId, i32, PupilId, Option<CaseId>, (String, Value), DateTime<Utc>, String, String);
    let rows: Vec<Row> = of_page!(rows, wanted, source::NOTICES, (keys.0, keys.1, keys.2))
        .select((
            penalty_notice::notice_id,
            penalty_notice::seq,
            penalty_notice::pupil_id,
            penalty_notice::case_id,
            (penalty_notice::says, penalty_notice::details),
            penalty_notice::recorded_at,
            penalty_notice::recorded_by,
            penalty_notice::role,
        ))
        .load(tx.conn)?;
    let one = |(id, seq, pupil, case_id, (says, details), at, who, role): Row| {
        let (role, pupil_id) = (Some(role), Some(pupil));
        let why = details.get("waived_because").and_then(Value::as_str);
        let what = match why {
            Some(why) => wanted.told(says, why),
            None => says,
        };
        let one = entry(at, who, LogKind::PenaltyNotice, what);
        ((at, source::NOTICES, id.number(), seq), LogEntry { role, case_id, pupil_id, ..one })
    };
    Ok(rows.into_iter().map(one).collect())
}

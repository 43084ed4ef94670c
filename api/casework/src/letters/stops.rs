//! All letters about a child stop, or go on; and with a death everything else.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::state::LetterState;
use base::prelude::*;
use roll::visibility;
use schema::{letter, letter_stop};

/// Whether all letters about a pupil stop.
pub struct Stop<'a> {
    /// Whether they do.
    pub stopped: bool,
    /// Because the child has died.
    pub died: bool,
    /// Why.
    pub reason: &'a str,
}

/// Records that all letters about a pupil stop, or go on. What waits is held at once.
pub fn stop(
    tx: &mut Tx,
    pupil_id: PupilId,
    Stop { stopped, died, reason }: &Stop<'_>,
    by: &str,
) -> Result<DateTime<Utc>> {
    let school_ids = visibility::readers_of_pupils(tx, &[pupil_id])?.remove(&pupil_id);
    let last: Option<DateTime<Utc>> = tx
        .of(letter_stop::table)
        .filter(letter_stop::pupil_id.eq(pupil_id))
        .order(letter_stop::recorded_at.desc())
        .select(letter_stop::recorded_at)
        .first(tx.conn)
        .optional()?;
    let at = last.map_or(tx.now(), |last| tx.now().max(last + TimeDelta::microseconds(1)));
    diesel::insert_into(letter_stop::table)
        .values((
            letter_stop::trust_id.eq(tx.trust()),
            letter_stop::pupil_id.eq(pupil_id),
            letter_stop::school_ids.eq(school_ids.unwrap_or_default()),
            letter_stop::recorded_at.eq(at),
            letter_stop::stopped.eq(stopped),
            letter_stop::reason.eq(reason),
            letter_stop::died.eq(died),
            letter_stop::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    if *stopped {
        let waiting = letter::state.eq(LetterState::Waiting).or(letter::lacks.is_not_null());
        diesel::update(tx.of(letter::table).filter(letter::pupil_id.eq(pupil_id).and(waiting)))
            .set((
                letter::state.eq(LetterState::Held),
                letter::why.eq("all letters are stopped"),
                letter::lacks.eq(None::<Value>),
            ))
            .execute(tx.conn)?;
    }
    Ok(at)
}

/// Those of these pupils about whom no letter may leave. Why is of no concern to whoever sends letters.
pub fn stopped(tx: &mut Tx, pupils: &[PupilId]) -> Result<BTreeSet<PupilId>> {
    Ok(stops(tx, pupils)?.into_keys().collect())
}

/// Those of these pupils who have died: no review, award or contact is about them.
pub fn died(tx: &mut Tx, pupils: &[PupilId]) -> Result<BTreeSet<PupilId>> {
    let stops = stops(tx, pupils)?.into_iter();
    Ok(stops.filter(|(_, died)| *died).map(|(pupil_id, _)| pupil_id).collect())
}

/// Those of these pupils about whom letters are stopped, and whether because of a death. Only letters that go on take a
/// death back: another stop leaves it.
fn stops(tx: &mut Tx, pupils: &[PupilId]) -> Result<BTreeMap<PupilId, bool>> {
    let rows: Vec<(PupilId, bool, bool)> = tx
        .of(letter_stop::table)
        .filter(letter_stop::pupil_id.eq_any(pupils))
        .order((letter_stop::pupil_id, letter_stop::recorded_at))
        .select((letter_stop::pupil_id, letter_stop::stopped, letter_stop::died))
        .load(tx.conn)?;
    let mut stops = BTreeMap::new();
    for (pupil_id, stopped, died) in rows {
        if stopped {
            *stops.entry(pupil_id).or_insert(false) |= died;
        } else {
            stops.remove(&pupil_id);
        }
    }
    Ok(stops)
}

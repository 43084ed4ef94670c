//! A pupil as the caller knows them: a school that the pupil has left goes on seeing name, number and date of birth as they
//! stood, whatever was corrected since.

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Text};
use domain::{Sex, Word};

use super::PupilRow;
use super::identity::PupilField;
use base::db::Schools;
use base::prelude::*;

/// Of each field the first correction that is not for the caller's schools: what stood until then they knew.
const HIDDEN: &str = "\
    SELECT DISTINCT ON (pupil_id, field) pupil_id, field, old FROM pupil_change \
    WHERE trust_id = $1 AND pupil_id = ANY ($2) AND field <> 'merged_into' AND NOT school_ids && $3 \
    ORDER BY pupil_id, field, recorded_at";

#[derive(QueryableByName)]
struct Hidden {
    #[diesel(sql_type = Integer)]
    pupil_id: PupilId,
    #[diesel(sql_type = Text)]
    field: PupilField,
    #[diesel(sql_type = Nullable<Text>)]
    old: Option<String>,
}

/// What the caller's schools knew, where it was corrected since without them.
#[derive(Default)]
pub(super) struct Known(BTreeMap<PupilId, Vec<Hidden>>);

impl Known {
    /// Of these pupils, each with the schools that write about them: whoever does so sees them as they stand.
    pub fn read<'a>(
        tx: &mut Tx,
        pupils: impl IntoIterator<Item = (PupilId, &'a Vec<SchoolId>)>,
    ) -> Result<Self> {
        let Schools::Only(own) = tx.scope().schools().clone() else { return Ok(Self::default()) };
        let others = pupils
            .into_iter()
            .filter(|(_, kept_by)| !kept_by.iter().any(|school| own.contains(school)));
        let others: Vec<PupilId> = others.map(|(pupil, _)| pupil).collect();
        if others.is_empty() {
            return Ok(Self::default());
        }
        let rows: Vec<Hidden> = tx.whole_trust(|tx| {
            Ok(diesel::sql_query(HIDDEN)
                .bind::<Integer, _>(tx.trust())
                .bind::<Array<Integer>, _>(others)
                .bind::<Array<Integer>, _>(own)
                .load(tx.conn)?)
        })?;
        let mut known: BTreeMap<PupilId, Vec<Hidden>> = BTreeMap::new();
        for row in rows {
            known.entry(row.pupil_id).or_default().push(row);
        }
        Ok(Self(known))
    }

    /// The pupil as the caller knows them.
    pub fn pupil(&self, mut row: PupilRow) -> PupilRow {
        for Hidden { field, old, .. } in self.0.get(&row.pupil_id).into_iter().flatten() {
            let Some(old) = old.clone() else {
                if *field == PupilField::Sex {
                    row.sex = None;
                }
                continue;
            };
            match field {
                PupilField::Upn => row.upn = old,
                PupilField::Surname => row.surname = old,
                PupilField::Forename => row.forename = old,
                PupilField::BirthDate => row.birth_date = old.parse().unwrap_or(row.birth_date),
                PupilField::Sex => row.sex = Sex::read(&old).map(As),
                PupilField::MergedInto => {}
            }
        }
        row
    }

    /// Surname and forename as the caller knows them.
    pub fn names(&self, pupil_id: PupilId, (surname, forename): (&mut String, &mut String)) {
        for Hidden { field, old, .. } in self.0.get(&pupil_id).into_iter().flatten() {
            match (field, old) {
                (PupilField::Surname, Some(old)) => surname.clone_from(old),
                (PupilField::Forename, Some(old)) => forename.clone_from(old),
                _ => {}
            }
        }
    }
}

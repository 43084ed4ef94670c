//! Writing what a file of pupils adds to the roll.

use super::plan::PupilsPlan;
use base::prelude::*;
use roll::pupils::{self, NewCharacteristic, NewClass, NewPlacement, NewPupil, NewStay};
use roll::visibility::{self, Act};

impl PupilsPlan {
    /// Writes it all. UPNs that the trust has on a roll which the caller may not see end up in `elsewhere`, with an
    /// error so that nothing stays written.
    pub fn apply(
        mut self,
        tx: &mut Tx,
        by: &str,
        at: DateTime<Utc>,
        elsewhere: &mut BTreeSet<String>,
    ) -> Result<()> {
        let new: Vec<NewPupil> = std::mem::take(&mut self.pupils).into_values().collect();
        let added = pupils::add_pupils(tx, &new, by)?;
        elsewhere
            .extend(new.into_iter().map(|pupil| pupil.upn).filter(|upn| !added.contains_key(upn)));
        if !elsewhere.is_empty() {
            return Err(Problem::new(Kind::Taken));
        }
        self.known.extend(added);
        let classes: Vec<NewClass> = std::mem::take(&mut self.classes).into_iter().collect();
        let added = pupils::add_classes(tx, &classes, by)?;
        self.class_ids
            .extend(classes.into_iter().zip(added.into_iter().map(|class| class.class_id)));
        self.enrol(tx, by, at, elsewhere)?;
        self.place(tx, by, at)?;
        self.characterise(tx, by, at, elsewhere)
    }

    fn enrol(
        &mut self,
        tx: &mut Tx,
        by: &str,
        at: DateTime<Utc>,
        elsewhere: &mut BTreeSet<String>,
    ) -> Result<()> {
        let new = std::mem::take(&mut self.enrolments);
        let mut pairs = Vec::with_capacity(new.len());
        for (school_id, upn, _) in new.keys() {
            let pupil_id = self
                .known
                .get(upn)
                .ok_or_else(|| Problem::internal("an enrolment without a pupil"))?;
            pairs.push((*school_id, *pupil_id));
        }
        let whom: Vec<PupilId> = pairs.iter().map(|(_, pupil_id)| *pupil_id).collect();
        let may: BTreeSet<PupilId> =
            visibility::permitted(tx, &whom, Act::Enrol)?.into_iter().collect();
        let others = new.keys().zip(&whom).filter(|(_, pupil_id)| !may.contains(pupil_id));
        elsewhere.extend(others.map(|((_, upn, _), _)| upn.clone()));
        elsewhere.extend(self.not_longer(tx)?);
        if !elsewhere.is_empty() {
            return Err(Problem::new(Kind::Taken));
        }
        let ids = pupils::add_enrolments(tx, &pairs, by)?;
        visibility::let_see(
            tx,
            &pairs.iter().map(|(school, pupil)| (*pupil, *school)).collect::<Vec<_>>(),
        )?;
        let mut days = std::mem::take(&mut self.days);
        for (((school_id, upn, first_day), last_day), enrolment_id) in new.into_iter().zip(ids) {
            days.push(NewStay { enrolment_id, school_id, first_day, last_day });
            self.enrolled.insert((school_id, upn, first_day), enrolment_id);
        }
        pupils::add_days(tx, &days, at, by)
    }

    /// The UPNs of those who have left for another school: a file does not let them stay for longer.
    fn not_longer(&self, tx: &mut Tx) -> Result<Vec<String>> {
        let whom = self.longer.iter().filter_map(|upn| Some((*self.known.get(upn)?, upn)));
        let whom: BTreeMap<PupilId, &String> = whom.collect();
        let ids: Vec<PupilId> = whom.keys().copied().collect();
        let may = visibility::permitted(tx, &ids, Act::Enrol)?;
        let others = whom.into_iter().filter(|(pupil_id, _)| !may.contains(pupil_id));
        Ok(others.map(|(_, upn)| upn.clone()).collect())
    }

    fn place(&self, tx: &mut Tx, by: &str, at: DateTime<Utc>) -> Result<()> {
        let mut placements = Vec::with_capacity(self.placements.len());
        for ((enrolment, from_day), (class, year_group)) in &self.placements {
            let (Some(enrolment_id), Some(class_id)) =
                (self.enrolled.get(enrolment), self.class_ids.get(class))
            else {
                return Err(Problem::internal("a placement without enrolment or class"));
            };
            placements.push(NewPlacement {
                enrolment_id: *enrolment_id,
                school_id: enrolment.0,
                from_day: *from_day,
                class_id: *class_id,
                year_group: *year_group,
            });
        }
        pupils::add_placements(tx, &placements, at, by)
    }

    fn characterise(
        &self,
        tx: &mut Tx,
        by: &str,
        at: DateTime<Utc>,
        elsewhere: &mut BTreeSet<String>,
    ) -> Result<()> {
        let mut new = Vec::with_capacity(self.characteristics.len());
        for ((enrolment, kind, from_day), value) in &self.characteristics {
            let enrolment_id = self
                .enrolled
                .get(enrolment)
                .ok_or_else(|| Problem::internal("a characteristic without an enrolment"))?;
            new.push(NewCharacteristic {
                enrolment_id: *enrolment_id,
                school_id: enrolment.0,
                kind: *kind,
                from_day: *from_day,
                value: Some(value),
            });
        }
        let main = pupils::main_elsewhere(tx, &new)?;
        let others = self.enrolled.iter().filter(|(_, enrolment)| main.contains(enrolment));
        elsewhere.extend(others.map(|((_, upn, _), _)| upn.clone()));
        if !elsewhere.is_empty() {
            return Err(Problem::new(Kind::Taken));
        }
        pupils::add_characteristics(tx, &new, at, by)
    }
}

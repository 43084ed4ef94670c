//! Owns: leaver_destination.
//!
//! Where a child who has left went, and how that was confirmed: until then the last school keeps the child's record.

use diesel::prelude::*;

use base::prelude::*;
use schema::leaver_destination;

words! {
    /// Where a child who leaves a school goes.
    Destination {
        AnotherSchool = "another_school": "another school, which has confirmed that it has the child",
        Abroad = "abroad": "a place abroad, which was confirmed",
        AfterSchool = "after_school": "education, training or work after compulsory school age",
        HomeEducation = "home_education": "taught at home: the last school keeps the record",
        Unknown = "unknown": "not known, the child is missing from education: the last school keeps the record",
    }
}

impl Destination {
    /// Whether somebody else looks after the child from then on.
    pub(super) fn takes_over(self) -> bool {
        match self {
            Self::AnotherSchool | Self::Abroad | Self::AfterSchool => true,
            Self::HomeEducation | Self::Unknown => false,
        }
    }
}

/// Where a child went, and how that is known.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDestination {
    /// Where the child went.
    pub destination: Destination,
    /// Its name, 1 to 200 characters; absent when there is none.
    #[serde(default)]
    #[schema(example = "Fernhill School, Candleford")]
    pub place: Option<String>,
    /// How it was confirmed, 1 to 500 characters.
    #[schema(example = "Their office rang on 12 November: on roll since the 9th")]
    pub says: String,
}

/// Where a child went, who confirmed it and when.
#[derive(Debug, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = leaver_destination)]
pub struct Confirmed {
    /// Where the child went.
    pub destination: Destination,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// How it was confirmed.
    pub says: String,
    /// When this was recorded (UTC).
    pub recorded_at: DateTime<Utc>,
    /// Who recorded it.
    pub recorded_by: String,
}

/// Where the child went at the end of an enrolment, as it is known now.
pub fn confirmed(
    tx: &mut Tx,
    school_id: SchoolId,
    enrolment_id: EnrolmentId,
) -> Result<Option<Confirmed>> {
    let of = leaver_destination::school_id
        .eq(school_id)
        .and(leaver_destination::enrolment_id.eq(enrolment_id));
    Ok(Confirmed::query()
        .filter(leaver_destination::trust_id.eq(tx.trust()).and(of))
        .order(leaver_destination::recorded_at.desc())
        .first(tx.conn)
        .optional()?)
}

/// Records where the child goes at the end of an enrolment; who may write about the child follows from it.
pub fn confirm(
    tx: &mut Tx,
    (school_id, enrolment_id): (SchoolId, EnrolmentId),
    new: &NewDestination,
    by: &str,
) -> Result<()> {
    let last = confirmed(tx, school_id, enrolment_id)?.map(|before| before.recorded_at);
    diesel::insert_into(leaver_destination::table)
        .values((
            leaver_destination::trust_id.eq(tx.trust()),
            leaver_destination::school_id.eq(school_id),
            leaver_destination::enrolment_id.eq(enrolment_id),
            leaver_destination::destination.eq(new.destination),
            leaver_destination::place.eq(&new.place),
            leaver_destination::says.eq(&new.says),
            leaver_destination::recorded_at.eq(tx.after(last)),
            leaver_destination::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    super::settle::settle_enrolments(tx, &[enrolment_id])
}

//! A class's register as it goes over the wire, and its strong tag.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{AcademicYear, CodeTable, HalfDay, NO_MARK, Session};
use serde::Serialize;
use utoipa::ToSchema;

use super::rows::{self, Header, YearMarks};
use crate::db::Tx;
use crate::http::etag::ETag;
use crate::http::problem::{Kind, Problem};
use crate::pupils::{self, ClassRow, Member};

/// A class's register for one session.
#[derive(Serialize, ToSchema)]
pub struct Register {
    /// The class.
    #[schema(example = 31)]
    pub class_id: i32,
    /// The date: a day on the school's wall, without a time zone.
    pub date: NaiveDate,
    /// `AM` or `PM`.
    #[schema(value_type = String, example = "AM")]
    pub session: Session,
    /// When it was opened (UTC); absent when it was not taken here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<DateTime<Utc>>,
    /// By whom it was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_by: Option<String>,
    /// When it was first saved (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<DateTime<Utc>>,
    /// By whom it was first saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_by: Option<String>,
    /// When it was closed (UTC): from then on a mark changes only by an amendment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<DateTime<Utc>>,
    /// By whom it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<String>,
    /// Every pupil in the class that day, by name.
    pub marks: Vec<RegisterMark>,
}

/// A pupil's place in a register.
#[derive(Serialize, ToSchema)]
pub struct RegisterMark {
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: i32,
    /// Legal surname.
    pub surname: String,
    /// Legal forename.
    pub forename: String,
    /// The code; `null` while there is no mark.
    #[schema(example = "/")]
    pub mark: Option<String>,
}

/// A register as it stands in the database.
pub(super) struct Standing {
    pub class: ClassRow,
    pub date: NaiveDate,
    pub session: Session,
    pub at: HalfDay,
    pub members: Vec<Member>,
    pub years: Vec<Option<YearMarks>>,
    pub header: Option<Header>,
}

impl Standing {
    /// Reads a register: who is in the class, what marks there are, and its header.
    pub fn read(
        tx: &mut Tx<'_>,
        class: ClassRow,
        date: NaiveDate,
        session: Session,
    ) -> Result<Self, Problem> {
        let wrong_year = || {
            Problem::new(Kind::Invalid).detail(format!(
                "The class belongs to the academic year {}; {date} lies in another.",
                class.year
            ))
        };
        let year = AcademicYear::new(class.year).ok_or_else(wrong_year)?;
        let at = HalfDay::of(year, date, session).ok_or_else(wrong_year)?;
        let members = pupils::members(tx, class.school_id, class.class_id, date)?;
        let enrolments: Vec<i32> = members.iter().map(|member| member.enrolment_id).collect();
        let mut years = rows::marks_of(tx, class.school_id, class.year, &enrolments)?;
        let years = enrolments.iter().map(|enrolment| years.remove(enrolment)).collect();
        let header = rows::header(tx, class.class_id, date, session)?;
        Ok(Self { class, date, session, at, members, years, header })
    }

    /// The mark of each member, in their order.
    pub fn marks(&self) -> Vec<u8> {
        let at = self.at.position();
        let mark = |year: &Option<YearMarks>| {
            year.as_ref().and_then(|marks| marks.get(at).copied()).unwrap_or(NO_MARK)
        };
        self.years.iter().map(mark).collect()
    }

    /// The tag: from who is in the class, their marks, and whether the register is taken and closed.
    pub fn tag(&self) -> ETag {
        tag(&self.members, &self.marks(), self.header.as_ref())
    }

    /// As it goes over the wire.
    pub fn page(&self, codes: &CodeTable) -> Register {
        let header = self.header.clone();
        let marks = self.members.iter().zip(self.marks()).map(|(member, mark)| RegisterMark {
            pupil_id: member.pupil_id,
            surname: member.surname.clone(),
            forename: member.forename.clone(),
            mark: codes.text(mark).map(str::to_owned),
        });
        Register {
            class_id: self.class.class_id,
            date: self.date,
            session: self.session,
            opened_at: header.as_ref().map(|h| h.opened_at),
            opened_by: header.as_ref().map(|h| h.opened_by.clone()),
            taken_at: header.as_ref().map(|h| h.taken_at),
            taken_by: header.as_ref().map(|h| h.taken_by.clone()),
            closed_at: header.as_ref().and_then(|h| h.closed_at),
            closed_by: header.and_then(|h| h.closed_by),
            marks: marks.collect(),
        }
    }
}

fn tag(members: &[Member], marks: &[u8], header: Option<&Header>) -> ETag {
    let mut bytes = Vec::with_capacity(members.len() * 5 + 2);
    bytes.push(u8::from(header.is_some()));
    bytes.push(u8::from(header.is_some_and(|header| header.closed_at.is_some())));
    for (member, mark) in members.iter().zip(marks) {
        bytes.extend(member.enrolment_id.to_be_bytes());
        bytes.push(*mark);
    }
    ETag::of(&bytes)
}

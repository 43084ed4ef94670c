//! A class's register as it goes over the wire, and its strong tag.

use domain::{Calendar, CodeTable, NO_MARK, PLANNED_CLOSURE};

use base::http::etag::ETag;
use base::prelude::*;
use marks::{self, Header, YearMarks};
use roll::pupils::{self, ClassRow, Member, PupilFlag};
use school::calendars;

/// A class's register for one session.
#[derive(Serialize, ToSchema)]
pub struct Register {
    /// The class.
    #[schema(example = 31)]
    pub class_id: ClassId,
    /// The date: a day at the school, without a time zone.
    pub date: NaiveDate,
    /// The session.
    #[schema(value_type = words::Session)]
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
    /// Every pupil who is in the class that day and whose year group is due, by name.
    pub marks: Vec<RegisterMark>,
    /// What somebody should know of these marks although they stand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<RegisterNotice>,
}

words! {
    /// What a notice about a register tells.
    RegisterNoticeKind {
        WithdrawnCode = "withdrawn_code": "a code that had been withdrawn by that day was taken as it used to count",
        PlannedClosure = "planned_closure": "a mark says that the school is closed as planned, and the calendar says that it is open",
    }
}

/// Something that somebody should know of a register's marks. An import of the same marks tells it too.
#[derive(Serialize, ToSchema)]
pub struct RegisterNotice {
    /// What it tells.
    pub kind: RegisterNoticeKind,
    /// The code.
    #[schema(example = "H")]
    pub code: String,
    /// How many marks it concerns.
    #[schema(example = 2)]
    pub count: u32,
    /// The same in plain English.
    #[schema(
        example = "Code H was withdrawn after 18 August 2024; it was taken as it used to count."
    )]
    pub text: String,
}

/// A pupil's place in a register.
#[derive(Serialize, ToSchema)]
pub struct RegisterMark {
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// Legal surname.
    pub surname: String,
    /// Legal forename.
    pub forename: String,
    /// The code; `null` while there is no mark.
    #[schema(example = "/")]
    pub mark: Option<String>,
    /// What open cases ask of whoever codes an absence, such as medical evidence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<PupilFlag>,
}

/// A register as it stands in the database.
pub(super) struct RegisterNow {
    pub class: ClassRow,
    pub date: NaiveDate,
    pub session: Session,
    pub at: HalfDay,
    /// Who is in the class that day and due for the session.
    pub members: Vec<Member>,
    /// The pupils who are in the class that day, and whose year group is not due.
    pub not_due: Vec<PupilId>,
    /// The school's calendar, if there is one.
    pub calendar: Option<Calendar>,
    pub years: Vec<Option<YearMarks>>,
    /// By pupil.
    pub flags: BTreeMap<PupilId, Vec<PupilFlag>>,
    pub header: Option<Header>,
}

impl RegisterNow {
    /// Reads a register: who is in the class, what marks there are, and its header.
    pub fn read(tx: &mut Tx, class: ClassRow, date: NaiveDate, session: Session) -> Result<Self> {
        let wrong_year = || {
            Problem::new(Kind::Invalid).detail(format!(
                "The class belongs to the academic year {}; {date} lies in another.",
                class.year
            ))
        };
        let year = AcademicYear::new(class.year).ok_or_else(wrong_year)?;
        let at = HalfDay::of(year, date, session).ok_or_else(wrong_year)?;
        let calendar =
            calendars::of_schools(tx, &[class.school_id], year, None)?.remove(&class.school_id);
        // On a closed day too everybody is listed: only of an open one it can be said who is not due.
        let is_due = |member: &Member| {
            calendar.as_ref().is_none_or(|calendar| {
                let year_group = i8::try_from(member.year_group).ok();
                !calendar.is_open(date, session) || calendar.is_due(year_group, date, session)
            })
        };
        let (members, others): (Vec<Member>, Vec<Member>) =
            pupils::members(tx, class.school_id, class.class_id, date)?
                .into_iter()
                .partition(is_due);
        let not_due = others.into_iter().map(|member| member.pupil_id).collect();
        let enrolments: Vec<EnrolmentId> =
            members.iter().map(|member| member.enrolment_id).collect();
        let mut years = marks::marks_of(tx, class.school_id, class.year, &enrolments)?;
        let years = enrolments.iter().map(|enrolment| years.remove(enrolment)).collect();
        let header = marks::header(tx, class.class_id, date, session)?;
        let ids: Vec<PupilId> = members.iter().map(|member| member.pupil_id).collect();
        let flags = pupils::flags_on(tx, Some(class.school_id), &ids, date)?;
        Ok(Self { class, date, session, at, members, not_due, calendar, years, flags, header })
    }

    /// Whether anybody is in the class. Errors: `nobody-in-class`.
    pub fn check_anybody(&self) -> Result<()> {
        if self.members.is_empty() && self.not_due.is_empty() {
            return Err(Problem::new(Kind::NobodyInClass)
                .detail(format!("Nobody is in class {} on {}.", self.class.name, self.date)));
        }
        Ok(())
    }

    /// Whether anybody is due, unless nobody is in the class at all. Errors: `not-due`.
    pub fn check_due(&self) -> Result<()> {
        if self.members.is_empty() && !self.not_due.is_empty() {
            let (date, session) = (self.date, self.session);
            return Err(Problem::new(Kind::NotDue)
                .detail(format!("No pupil of the class is due on {date} {session}.")));
        }
        Ok(())
    }

    /// The mark of each member, in their order.
    pub fn marks(&self) -> Vec<u8> {
        let at = self.at.position();
        let mark = |year: &Option<YearMarks>| {
            year.as_ref().and_then(|marks| marks.get(at).copied()).unwrap_or(NO_MARK)
        };
        self.years.iter().map(mark).collect()
    }

    /// The tag: from who is in the class, their marks and flags, and whether the register is taken and closed.
    pub fn tag(&self) -> ETag {
        tag(&self.members, &self.marks(), (&self.flags, self.header.as_ref()))
    }

    /// As it goes over the wire.
    pub fn page(&self, codes: &CodeTable) -> Register {
        let header = self.header.clone();
        let marks = self.members.iter().zip(self.marks()).map(|(member, mark)| RegisterMark {
            pupil_id: member.pupil_id,
            surname: member.surname.clone(),
            forename: member.forename.clone(),
            mark: codes.text(mark).map(str::to_owned),
            flags: self.flags.get(&member.pupil_id).cloned().unwrap_or_default(),
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
            notices: self.notices(codes),
        }
    }

    /// What is to be told of the marks, a code at a time.
    fn notices(&self, codes: &CodeTable) -> Vec<RegisterNotice> {
        let mut counts: BTreeMap<u8, u32> = BTreeMap::new();
        for mark in self.marks() {
            *counts.entry(mark).or_default() += 1;
        }
        let notice = |(mark, count): (u8, u32)| {
            let code = codes.text(mark)?;
            let ended = codes.read(code, self.session, self.date).ok().and_then(|r| r.withdrawn);
            let (kind, text) = match ended {
                Some(last) => {
                    let last = last.format("%-d %B %Y");
                    let text = format!(
                        "Code {code} was withdrawn after {last}; it was taken as it used to count."
                    );
                    (RegisterNoticeKind::WithdrawnCode, text)
                }
                None if code == PLANNED_CLOSURE => {
                    let text = "# stands for a planned closure, and the calendar has none then: an unplanned one is \
                                Y4, or Y3 for a part of the school; POST /v1/schools/{school_id}/closures gives it.";
                    (RegisterNoticeKind::PlannedClosure, text.to_owned())
                }
                None => return None,
            };
            Some(RegisterNotice { kind, code: code.to_owned(), count, text })
        };
        counts.into_iter().filter_map(notice).collect()
    }
}

fn tag(
    members: &[Member],
    marks: &[u8],
    (flags, header): (&BTreeMap<PupilId, Vec<PupilFlag>>, Option<&Header>),
) -> ETag {
    let mut bytes = Vec::with_capacity(members.len() * 5 + 2);
    bytes.push(u8::from(header.is_some()));
    bytes.push(u8::from(header.is_some_and(|header| header.closed_at.is_some())));
    for (member, mark) in members.iter().zip(marks) {
        bytes.extend(member.enrolment_id.number().to_be_bytes());
        bytes.push(*mark);
        for one in flags.get(&member.pupil_id).into_iter().flatten() {
            bytes.extend(one.case_id.number().to_be_bytes());
            bytes.extend(one.flag.as_bytes());
        }
    }
    ETag::of(&bytes)
}

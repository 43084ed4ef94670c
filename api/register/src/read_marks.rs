//! A pupil's marks, half day by half day, over every school that the caller may see.

use domain::{CodeTable, NO_MARK};

use base::clock::Clock;
use base::operation::*;
use roll::pupils::{self, Stay};
use school::tenants;

/// The longest stretch that one answer covers.
const LONGEST: i64 = 366;

/// From when to when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadMarksQuery {
    /// First day; the first day of the present academic year when absent.
    from: Option<NaiveDate>,
    /// Last day; today when absent. At most 366 days in all.
    to: Option<NaiveDate>,
}

impl ReadMarksQuery {
    /// The first and the last day. Errors: more days than one answer covers.
    pub(super) fn days(&self, clock: &Clock) -> Result<(NaiveDate, NaiveDate)> {
        let to = self.to.unwrap_or_else(|| clock.today());
        let from = match self.from {
            Some(from) => from,
            None => tenants::today_year(clock)?.first_day().min(to),
        };
        if from <= to && (to - from).num_days() < LONGEST {
            return Ok((from, to));
        }
        let expected = format!("a first day at most {LONGEST} days before the last");
        Err(Problem::at(Kind::BadQuery, "?from", expected))
    }
}

/// A pupil's marks.
#[derive(Debug, Serialize, ToSchema)]
pub struct Marks {
    /// The pupil.
    #[schema(example = 4711)]
    pub(super) pupil_id: PupilId,
    /// First day asked for.
    pub(super) from: NaiveDate,
    /// Last day asked for.
    pub(super) to: NaiveDate,
    /// Every mark there is, in the order of time. A half day without a mark does not appear.
    pub(super) marks: Vec<Mark>,
}

/// A mark.
#[derive(Debug, Serialize, ToSchema)]
pub struct Mark {
    /// The date.
    date: NaiveDate,
    /// The session.
    #[schema(value_type = words::Session)]
    session: Session,
    /// The code.
    #[schema(example = "I")]
    mark: String,
    /// The school whose register it stands in.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// The enrolment that it belongs to.
    #[schema(example = 5120)]
    enrolment_id: EnrolmentId,
}

/// Read a pupil's marks
#[utoipa::path(tag = "register", security(("token" = ["mark:read"])), params(PupilId, ReadMarksQuery),
    responses((status = 200, description = "The marks.", body = Marks)))]
#[get("/v1/pupils/{pupil_id}/marks")]
pub async fn read_marks(
    caller: May<ReadMark>,
    app: web::Data<App>,
    path: Path<PupilId>,
    params: Query<ReadMarksQuery>,
) -> Result<HttpResponse> {
    let pupil_id = path.0;
    let (from, to) = params.0.days(&app.db.clock_of(caller.scope()).await?)?;
    let codes = app.codes.clone();
    let marks = app.db.run(caller.scope(), move |tx| {
        pupils::pupil(tx, pupil_id)?;
        let stays = pupils::stays_of(tx, pupil_id)?;
        let marks = marks_of_stays(tx, &stays, (from, to), &codes)?;
        Ok(Marks { pupil_id, from, to, marks })
    });
    Ok(HttpResponse::Ok().json(marks.await?))
}

/// The marks of these stays, in the order of time.
pub(super) fn marks_of_stays(
    tx: &mut Tx,
    stays: &[Stay],
    days: (NaiveDate, NaiveDate),
    codes: &CodeTable,
) -> Result<Vec<Mark>> {
    let mut marks = Vec::new();
    for stay in stays {
        collect(tx, stay, days, codes, &mut marks)?;
    }
    marks.sort_by_key(|mark: &Mark| (mark.date, mark.session, mark.enrolment_id));
    Ok(marks)
}

fn collect(
    tx: &mut Tx,
    stay: &Stay,
    (from, to): (NaiveDate, NaiveDate),
    codes: &CodeTable,
    marks: &mut Vec<Mark>,
) -> Result<()> {
    let mut year = AcademicYear::of(from);
    while let Some(this) = year.filter(|year| year.first_day() <= to) {
        let stored = marks::marks_of(tx, stay.school_id, this.number(), &[stay.enrolment_id])?;
        if let Some(stored) = stored.get(&stay.enrolment_id) {
            let days = from
                .max(this.first_day())
                .iter_days()
                .take_while(|day| *day <= to.min(this.last_day()));
            for date in days {
                for session in [Session::Am, Session::Pm] {
                    let number = HalfDay::of(this, date, session)
                        .and_then(|at| stored.get(at.position()).copied())
                        .unwrap_or(NO_MARK);
                    if let Some(mark) = codes.text(number).map(str::to_owned) {
                        let (school_id, enrolment_id) = (stay.school_id, stay.enrolment_id);
                        marks.push(Mark { date, session, mark, school_id, enrolment_id });
                    }
                }
            }
        }
        year = this.next();
    }
    Ok(())
}

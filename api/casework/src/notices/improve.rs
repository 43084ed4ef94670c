//! A Notice to Improve: a last chance, with support, before the local authority is asked for a penalty notice. The national
//! framework says what stands in it; it is never given for a holiday.

use domain::policy::LetterOccasion;
use domain::policy::word::Over;

use super::limits::Counted;
use crate::letters::{self, LetterAnswer, Occasion, answers, long};
use base::operation::*;
use figures::{Counting, Figures, years_behind};
use roll::pupils;
use roll::visibility::{self, Act};
use school::policies::{self, Part};
use school::{calendars, tenants};

/// The shortest and the longest time that it gives, in days: 3 and 6 weeks.
const DAYS: std::ops::RangeInclusive<i64> = 21..=42;

/// A Notice to Improve that a person has decided on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNoticeToImprove {
    /// The school that gives it.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// Its first day: today or later.
    from: NaiveDate,
    /// Its last day: 3 to 6 weeks later.
    to: NaiveDate,
    /// The support that was given so far, as a sentence.
    #[schema(example = "We met on 3 November, and Ada comes in by the side entrance.")]
    support_given: String,
    /// What enough improvement looks like for this family, as a sentence.
    #[schema(example = "No unauthorised absence in these four weeks.")]
    enough: String,
    /// When it ends early, as a sentence.
    #[schema(
        example = "when there are two more unauthorised absences, we ask for a penalty notice at once."
    )]
    ends_early: String,
}

/// Give a Notice to Improve
///
/// A letter to every parent of the pupil who may be written to: with the attendance record, the parents' duty, the support
/// that was given and that is still on offer, clear dates, what enough improvement is, and when it ends early. It rests on
/// unauthorised absences other than holidays, and waits to be sent.
#[utoipa::path(tag = "notices", security(("token" = ["case:decide"])), request_body = NewNoticeToImprove,
    params(PupilId, Idempotency),
    responses((status = 201, description = "The letter.", body = LetterAnswer, headers(("Location"))),
        (status = 422, description = "Too short or too long a time; or no unauthorised absence but for a holiday."),
        refusal::NoPolicy, refusal::Merged, refusal::AnotherSchools))]
#[post("/v1/pupils/{pupil_id}/notices-to-improve")]
pub async fn give_notice_to_improve(
    caller: May<DecideCase>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<PupilId>,
    key: Idempotency,
    body: Json<NewNoticeToImprove>,
) -> Result<HttpResponse> {
    let Json { value: new, bytes } = body;
    let (pupil_id, school_id) = (path.0, new.school_id);
    let scope = caller.scope().clone();
    let counted = counting.school_blocks_of(&scope, move |tx| {
        let day = tenants::today(tx, school_id)?;
        Ok((school_id, years_behind(day)?, day))
    });
    let (counted, day) = counted.await?;
    let state = app.clone();
    let operation = format!("give_notice_to_improve/{pupil_id}");
    let reply = app.db.run(&scope, move |tx| {
        pupils::pupil(tx, pupil_id)?;
        tenants::school(tx, school_id)?;
        key.once(tx, &caller, &operation, &bytes, |tx| {
            check(tx, (school_id, pupil_id), &new, day)?;
            let limits = Counted::read(tx, &state.codes, pupil_id, None)?;
            let calendars = calendars::around(tx, school_id, day)?;
            let figures = Figures::new(&counted.blocks, &calendars, day);
            let fields = fields(tx, (school_id, pupil_id), &new, (&limits, &figures))?;
            let what = LetterOccasion::NoticeToImprove;
            let occasion = Occasion { what, school_id, pupil_id, fields, held: None };
            let none = || {
                let detail = "The school's policy has no letter \"notice-to-improve\".";
                Problem::new(Kind::NoPolicy).detail(detail)
            };
            let letter_id = letters::write_on(tx, occasion, caller.subject())?.ok_or_else(none)?;
            let row = letters::letter(tx, letter_id)?;
            let mut answer = answers(tx, &state, &caller, vec![row])?;
            let answer = answer.pop().ok_or_else(Problem::not_found)?;
            Reply::created(format!("/v1/letters/{letter_id}"), &answer)
        })
    });
    Ok(reply.await?.answer())
}

/// Errors: 422 for days that are no Notice to Improve's, and for a pupil who is not of compulsory age; 404.
fn check(
    tx: &mut Tx,
    (school_id, pupil_id): (SchoolId, PupilId),
    new: &NewNoticeToImprove,
    day: NaiveDate,
) -> Result<()> {
    let pupil = pupils::pupil(tx, pupil_id)?;
    pupils::check_unmerged(tx, pupil_id)?;
    visibility::check(tx, pupil_id, Act::Begin)?;
    let mut problem = Problem::new(Kind::Invalid);
    if !pupils::stays_of(tx, pupil_id)?.iter().any(|stay| stay.school_id == school_id) {
        problem = problem.and("/school_id", "a school on whose roll the pupil is or was");
    }
    if !domain::is_of_compulsory_age(pupil.birth_date, day) {
        let expected = "no notice: it is only for pupils of compulsory age";
        problem = problem.detail("The pupil is not of compulsory school age.").and("", expected);
    }
    if new.from < day {
        problem = problem.and("/from", "today or later");
    }
    if !DAYS.contains(&((new.to - new.from).num_days() + 1)) {
        problem = problem.and("/to", "a last day 3 to 6 weeks after the first");
    }
    if problem.errors().is_empty() { Ok(()) } else { Err(problem) }
}

/// What stands in it. Errors: 422 when nothing but holidays was unauthorised, and for a text that cannot be kept.
fn fields(
    tx: &mut Tx,
    (school_id, pupil_id): (SchoolId, PupilId),
    new: &NewNoticeToImprove,
    (limits, figures): (&Counted, &Figures<'_>),
) -> Result<BTreeMap<String, String>> {
    let (unauthorised, days) = (limits.missed_but(domain::LEAVE_NOT_ALLOWED), limits.days());
    if unauthorised == 0 {
        let expected = format!(
            "unauthorised absences other than holidays (G): there are none from {} to {}",
            days.from, days.to
        );
        return Err(Problem::at(Kind::Invalid, "", expected));
    }
    let kept = |text: &str, at: &str| name::words(text, at, name::NOTE);
    let mut fields = vec![
        ("unauthorised", unauthorised.to_string()),
        ("unauthorised_period", format!("{} to {}", long(days.from), long(days.to))),
        ("improve_from", long(new.from)),
        ("improve_to", long(new.to)),
        ("support_given", kept(&new.support_given, "/support_given")?),
        ("enough", kept(&new.enough, "/enough")?),
        ("ends_early", kept(&new.ends_early, "/ends_early")?),
    ];
    let follows = policies::assigned(tx, school_id, Part::Pathway, figures.day())?;
    let counted = follows.and_then(|follows| figures.of_pupil(&follows.policy, pupil_id));
    if let Some(counted) = counted
        && let (Some(rate), Some((from, to))) =
            (counted.rates.over(Over::Year), counted.days(Over::Year))
    {
        fields.extend([
            ("rate", rate.cut()),
            ("attended", rate.part().to_string()),
            ("possible", rate.whole().to_string()),
            ("period", format!("{} to {}", long(from), long(to))),
        ]);
    }
    Ok(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

//! The classes of a school over a week or a term, with a ready text for the assembly: the trophy for the highest
//! attendance, shared where it is the same, and no child's name (rules S-05, S-09, S-10, S-14).

use std::cmp::Reverse;

use analytics::Block;
use domain::policy::word::For;
use domain::{Rate, Window, WindowKind};

use super::attendance::Attended;
use super::bands::SchoolBands;
use super::frame::{Frame, ReportHead};
use super::people::People;
use super::small_numbers::LEAST;
use base::operation::*;
use figures::{Counting, Enrolled, pooled};

const BASIS: &str = "The sessions of everybody in the class on the session's date, pooled, up to the last register that \
    was taken. Places go by exact attendance; classes with the same attendance share a place and the trophy. A class of \
    fewer than 5 pupils has no figure here and no place, so that no child can be told.";

/// Which week, half term, term or year.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClassFiguresQuery {
    /// Academic year: 2026 for 2026/27; the present one when absent.
    #[param(value_type = Option<i16>)]
    year: Option<AcademicYear>,
    /// The window by its key: `2026-W46`, `half-term-1`, `term-1` or `year-to-date`; the last week with a register when
    /// absent.
    window: Option<String>,
}

/// The classes of a school.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClassReport {
    /// What the report says of itself.
    #[serde(flatten)]
    head: ReportHead,
    /// The window by its key.
    #[schema(example = "2026-W46")]
    window: String,
    /// In words.
    #[schema(example = "week of 9 November 2026")]
    label: String,
    /// The classes, highest attendance first; those without a place come last.
    classes: Vec<ClassPlace>,
    /// The classes with the highest attendance: several when they share it, none without a figure.
    trophy: Vec<String>,
    /// Ready text, with no child's name in it; absent without a figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        example = "In the week of 9 November 2026 6A had the highest attendance of all classes: 98.3%."
    )]
    text: Option<String>,
}

/// A class and its place.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClassPlace {
    /// The class.
    #[schema(example = 31)]
    class_id: ClassId,
    /// Its name.
    #[schema(example = "6A")]
    class: String,
    /// Its place, from 1; absent without a figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<usize>,
    /// Its attendance; absent when it has fewer than 5 pupils, or no possible session.
    #[serde(skip_serializing_if = "Option::is_none")]
    attendance: Option<Attended>,
}

/// Read the classes' figures
///
/// For the hall, the assembly and the newsletter: which class came highest, in figures and in words.
#[utoipa::path(tag = "reports", security(("token" = ["analytics:read"])),
    params(SchoolId, ClassFiguresQuery),
    responses((status = 200, description = "The classes.", body = ClassReport),
        refusal::NoCalendar))]
#[get("/v1/schools/{school_id}/reports/classes")]
pub async fn class_figures(
    caller: May<ReadAnalytics>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<SchoolId>,
    params: Query<ClassFiguresQuery>,
) -> Result<HttpResponse> {
    let scope = caller.scope().clone();
    let ClassFiguresQuery { year, window } = params.0;
    let (frame, today) = Frame::of_year(&counting, &scope, path.0, year).await?;
    let window = wanted(&frame, window.as_deref(), today)?;
    let frame = frame.over(&window);
    let to = window.to;
    let read = app.db.snapshot(&scope, move |tx| {
        Ok((SchoolBands::read(tx, path.0, to)?, People::read(tx, path.0, [])?))
    });
    let (bands, people) = read.await?;
    let head = frame.head(BASIS, bands.rules_about(For::BestClass));
    Ok(HttpResponse::Ok().json(report(head, window, &frame, &people)))
}

/// The window of that key, or the last week that has begun and has a register.
fn wanted(frame: &Frame, key: Option<&str>, today: NaiveDate) -> Result<Window> {
    let block = frame.block();
    let Some(key) = key else {
        let last = block.last_register().map_or(today, |last| last.date(block.year()));
        let weeks = block.calendar().windows(WindowKind::Week);
        let week = weeks.into_iter().rfind(|week| week.from <= last);
        return week.ok_or_else(Problem::not_found);
    };
    let window = WindowKind::of_key(key).and_then(|kind| block.window(kind, key)).cloned();
    let expected = "a window of that year, such as 2026-W46, half-term-1, term-1 or year-to-date";
    window.ok_or_else(|| Problem::at(Kind::BadQuery, "?window", expected))
}

fn report(head: ReportHead, window: Window, frame: &Frame, people: &People) -> ClassReport {
    let figures = by_class(frame.block(), window.from, window.to);
    let mut classes: Vec<(ClassId, String, Option<Rate>)> = figures
        .into_iter()
        .map(|(class, rate)| (class, people.class(class).cloned().unwrap_or_default(), rate))
        .collect();
    classes.sort_by(|a, b| (Reverse(a.2), &a.1, a.0).cmp(&(Reverse(b.2), &b.1, b.0)));
    let rates: Vec<Rate> = classes.iter().filter_map(|(_, _, rate)| *rate).collect();
    let place = |rate: Rate| 1 + rates.iter().filter(|other| **other > rate).count();
    let best = rates.first().copied();
    let holds = |class: &&(ClassId, String, Option<Rate>)| best.is_some() && class.2 == best;
    let trophy: Vec<String> =
        classes.iter().filter(holds).map(|(_, name, _)| name.clone()).collect();
    ClassReport {
        head,
        text: best.map(|rate| text(&window.label, &trophy, rate)),
        window: window.key,
        label: window.label,
        trophy,
        classes: classes
            .iter()
            .map(|(class_id, class, rate)| ClassPlace {
                class_id: *class_id,
                class: class.clone(),
                place: rate.map(place),
                attendance: rate.map(Into::into),
            })
            .collect(),
    }
}

/// The attendance of every class that had somebody on some days; `None` where they are too few to be shown.
fn by_class(block: &Block, from: NaiveDate, to: NaiveDate) -> BTreeMap<ClassId, Option<Rate>> {
    let mut parts: BTreeMap<ClassId, (BTreeSet<PupilId>, Vec<Rate>)> = BTreeMap::new();
    for member in block.members() {
        let nexts = member.placements.iter().skip(1).map(|next| next.from.pred_opt());
        let ends = nexts.chain([Some(to)]).map(|end| end.unwrap_or(to).min(to));
        for (placement, end) in member.placements.iter().zip(ends) {
            if let Some(rate) = block.attendance(member, placement.from.max(from), end) {
                let (pupils, rates) = parts.entry(ClassId::new(placement.class)).or_default();
                pupils.insert(member.pupil_id());
                rates.push(rate);
            }
        }
    }
    let few = |pupils: &BTreeSet<PupilId>| pupils.len() < usize::try_from(LEAST).unwrap_or(0);
    let figure = |(class, (pupils, rates)): (ClassId, (BTreeSet<PupilId>, Vec<Rate>))| {
        (class, pooled(rates.into_iter()).filter(|_| !few(&pupils)))
    };
    parts.into_iter().map(figure).collect()
}

fn text(label: &str, trophy: &[String], rate: Rate) -> String {
    let names = match trophy {
        [one] => format!("{one} had"),
        [rest @ .., last] => format!("{} and {last} shared", rest.join(", ")),
        [] => String::new(),
    };
    format!(
        "In the {} {names} the highest attendance of all classes: {}%.",
        lower(label),
        rate.cut()
    )
}

/// A label inside a sentence.
fn lower(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

//! Rows as sentences: what the book prints and what scenarios expect.

use std::fmt;

use crate::Percent;
use crate::policy::carried::CARRIED_IN;
use crate::policy::case::{Event, Place, Recorded, Target};
use crate::policy::model::{
    Action, BandRow, Body, Daily, Draw, EVERY_STAGE, Moment, Next, Regular, Row, START, Stage, Step,
};
use crate::policy::word::{
    Absence, Count, Do, Every, For, Improvement, Kind, On, Outcome, Trend, Waits,
};
use crate::word::{Word, joined};

/// Names as people list them: `a, b and c`.
pub(crate) fn and(names: &[String]) -> String {
    joined(names.to_vec(), "and")
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = &self.what;
        match self.kind {
            Do::Letter => write!(f, "letter {what:?}")?,
            Do::Target => write!(f, "target of {what}")?,
            Do::Flag => write!(f, "{what:?} stands on the pupil until the case ends")?,
            Do::Refer => write!(f, "referral to {what}, with the evidence pack")?,
            Do::Task => write!(f, "{what}")?,
            Do::Plan => write!(f, "plan: {what}")?,
            kind => write!(f, "{kind}: {what}")?,
        }
        if let Some(to) = &self.to {
            write!(f, ", to {to}")?;
        }
        if let Some(weeks) = self.school_weeks {
            write!(f, " over {weeks} school weeks")?;
        }
        if let Some(by) = &self.by {
            write!(f, ", by {by}")?;
        }
        if !self.with.is_empty() {
            write!(f, ", with {}", and(&self.with))?;
        }
        match self.within {
            Some(0) => write!(f, ", the same day")?,
            Some(1) => write!(f, ", within 1 school day")?,
            Some(days) => write!(f, ", within {days} school days")?,
            None => {}
        }
        if let Some(least) = self.unauthorised_at_least {
            let sessions = if least == 1 { "session" } else { "sessions" };
            write!(f, ", only with at least {least} {sessions} of unauthorised absence")?;
        }
        if let Some(time) = &self.before {
            write!(f, ", before {time}")?;
        }
        if let Some(reason) = &self.only_if {
            write!(f, ", if {reason}")?;
        }
        if let Some(reason) = &self.unless {
            write!(f, ", unless {reason}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let every = self.every;
        match (every, self.on) {
            (Every::Day, _) => f.write_str("Every school day"),
            (Every::Entry, _) => write!(f, "On {}", plain(every)),
            (_, On::LastDay) => write!(f, "On the last school day of every {}", plain(every)),
            (_, On::NextTerm) => {
                write!(
                    f,
                    "On the Monday of the first full school week after every {}",
                    plain(every)
                )
            }
            (Every::Week | Every::Fortnight | Every::FourWeeks, day) => {
                write!(f, "On the {day} of every {}", plain(every))
            }
            (_, day) => write!(f, "On the {day} of the last school week of every {}", plain(every)),
        }
    }
}

fn plain(every: Every) -> &'static str {
    match every {
        Every::Week => "school week",
        Every::Fortnight => "second school week",
        Every::FourWeeks => "fourth school week",
        Every::HalfTermHoliday => "half term before a half-term holiday",
        Every::Day | Every::HalfTerm | Every::Term | Every::Year | Every::Entry => every.text(),
    }
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Next::Stay => f.write_str("the case stays where it is"),
            Next::Closed => f.write_str("the case ends"),
            Next::PersonSays => f.write_str("the case goes where the person says"),
            Next::Left => f.write_str("the case goes back to the stage that was left"),
            Next::Stage(stage) => write!(f, "the case moves to {stage:?}"),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Event { rule, day, by, what, .. } = self;
        write!(f, "{day}, {rule}, {by}: {what}")
    }
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Recorded::Moved { outcome, to, reason, .. } => {
                write!(f, "{}; ", self::outcome(outcome))?;
                match to {
                    Place::At(stage) => write!(f, "the case is at {stage:?}")?,
                    Place::Closed => f.write_str("the case ends")?,
                }
                reason.iter().try_for_each(|reason| write!(f, "; the reason: {reason}"))
            }
            Recorded::Letter(letter) => write!(f, "letter {letter:?}"),
            Recorded::Held { letter, why } => write!(f, "letter {letter:?} is held: {why}"),
            Recorded::Flagged(words) => {
                write!(f, "{words:?} stands on the pupil until the case ends")
            }
            Recorded::Lifted { flag, reason, .. } => {
                write!(f, "{flag:?} does not stand on the pupil any more")?;
                reason.iter().try_for_each(|reason| write!(f, "; the reason: {reason}"))
            }
            Recorded::Target(Target { rate, from, to }) => {
                write!(f, "target of {rate} from {from} to {to}")
            }
            Recorded::Action(action) => f.write_str(action),
            Recorded::Undone { from, why } => write!(f, "undone from step {from} on: {why}"),
            Recorded::Due { says, .. } => write!(f, "due today: {says}"),
            Recorded::Breached { says, .. } => write!(f, "overdue: {says}"),
            Recorded::Carried { from, state } => match state.stage() {
                Some(stage) => write!(f, "case {from} of the school before goes on at {stage:?}"),
                None => write!(f, "case {from} of the school before had ended"),
            },
        }
    }
}

/// A row as one sentence, or a sentence and a list of what is done.
pub fn sentence(row: &Row) -> String {
    match &row.body {
        Body::Band(band) => band_sentence(band),
        Body::Daily(daily) => daily_sentence(daily) + &list(&daily.does, None),
        Body::Regular(regular) => regular_sentence(row.kind, regular) + &list(&regular.does, None),
        Body::Step(step) => step_sentence(step) + &list(&step.does, Some(&step.then)),
        Body::Draw(draw) => draw_sentence(draw),
        Body::Always(promise) => format!("Always: {}.", promise.text),
    }
}

fn list(does: &[Action], then: Option<&Next>) -> String {
    let items = does.iter().map(ToString::to_string).chain(then.map(ToString::to_string));
    let items: Vec<String> = items.collect();
    match items.as_slice() {
        [] => ".".to_owned(),
        [only] => format!(": {only}."),
        _ => items.iter().fold(":".to_owned(), |text, item| text + "\n  - " + item),
    }
}

/// A band with what stands beside it.
pub(crate) fn band_sentence(band: &BandRow) -> String {
    let mut text = format!("Band {:?}: from {}", band.name, band.from);
    if let Some(shown) = &band.shown {
        text = text + "; " + shown;
    }
    if let Some(responsible) = &band.responsible {
        text = text + "; responsible: " + responsible;
    }
    text + "."
}

/// Words for being in some bands; without any, none.
pub(crate) fn in_bands(bands: &[String]) -> String {
    match bands {
        [] => String::new(),
        [band] => format!(", in the band {band:?}"),
        _ => {
            let quoted = bands.iter().map(|band| format!("{band:?}")).collect();
            format!(", in the bands {}", joined(quoted, "or"))
        }
    }
}

fn daily_sentence(daily: &Daily) -> String {
    let when = match daily.when {
        Absence::Reported => "When a parent reports an absence",
        Absence::Unexplained => "When a pupil is absent and no reason is known",
        Absence::Unanswered => "When a call is not answered",
        Absence::Again => "On each further day of an absence",
        Absence::NoContact => "On the second day of absence without contact",
        Absence::FromNoContact => "On each day of absence without contact from the second on",
        Absence::Unreached => "When nobody has been reached since the absence began",
        Absence::Protected => {
            "First of all, when the pupil is in care, has a child protection plan or special needs"
        }
    };
    let day = daily.day.map(|day| format!(", on school day {day} of the absence"));
    when.to_owned() + &day.unwrap_or_default() + &in_bands(&daily.bands)
}

fn regular_sentence(kind: Kind, regular: &Regular) -> String {
    let mut text = regular.moment.to_string();
    if regular.on_entry && regular.moment.every != Every::Entry {
        text += &format!(", and on {}", plain(Every::Entry));
    }
    text += match regular.whom {
        For::EachPupil if kind == Kind::Review => ", list the pupils",
        For::EachPupil => ", for each pupil",
        For::Families => ", for each family all of whose children fit",
        For::Teachers => ", for every teacher with a pupil on the list",
        For::Silent => ", for exactly the teachers whose feedback is missing",
        For::School => ", for the school as a whole",
        For::BestClass => ", for the class with the highest attendance (ties share)",
    };
    text += &in_bands(&regular.bands);
    if !regular.at.is_empty() {
        let quoted = regular.at.iter().map(|stage| format!("{stage:?}")).collect();
        text += &format!(", with a case at {}", joined(quoted, "or"));
    }
    if let Some((count, least)) = regular.comes_to {
        let what = match count {
            Count::Late => "late marks",
            Count::Unauthorised => "sessions of unauthorised absence",
            Count::Leave => "days of leave that nobody allowed",
        };
        text += &format!(", who has come to {least} {what} over the {}", regular.over);
    }
    text += match regular.when {
        Trend::Any => "",
        Trend::Entered => ", who has come into the band",
        Trend::MovedUp => ", who has moved up",
        Trend::Improved => ", whose attendance has improved",
        Trend::NotImproved => ", whose attendance has not improved",
        Trend::Declined => ", whose last 4 school weeks are below the 4 before",
        Trend::AtRisk => ", who is at risk of leaving the band",
    };
    if let Some(rate) = regular.at_least {
        text += &format!(", with at least {rate} over the {}", regular.over);
    }
    if let Some(rate) = regular.below {
        text += &format!(", below {rate} over the {}", regular.over);
    }
    if let Some(role) = &regular.decides {
        text += &format!("; {role} decides what is proposed for each case");
    }
    text
}

fn step_sentence(step: &Step) -> String {
    let when: Vec<String> = step.when.iter().map(|when| outcome(when)).collect();
    let at = match step.at.as_slice() {
        [one] if one == START => "For a pupil without a case".to_owned(),
        [one] if one == EVERY_STAGE => "At every stage".to_owned(),
        stages => {
            let quoted = stages.iter().map(|stage| format!("{stage:?}")).collect();
            format!("At {}", joined(quoted, "or"))
        }
    };
    format!("{at}, when {}{}", joined(when, "or"), in_bands(&step.bands))
}

/// An outcome as part of a sentence; a policy's own answers stand in quotation marks.
pub(crate) fn outcome(text: &str) -> String {
    let known = Outcome::read(text).map(|outcome| match outcome {
        Outcome::Listed => "a review lists them",
        Outcome::Again => "a review lists them in the term in which their last case ended",
        Outcome::Improved => "attendance has improved",
        Outcome::Better => "attendance is better but below",
        Outcome::NotImproved => "attendance has not improved",
        Outcome::MovedUp => "attendance has moved up a band",
        Outcome::Achieved => "the target is achieved",
        Outcome::NotAchieved => "the target is not achieved",
        Outcome::NoFigure => "there is no figure",
        Outcome::Attended => "the parents attend",
        Outcome::NotAttended => "the parents do not attend",
        Outcome::Refused => "the parents refuse",
        Outcome::LeftRoll => "the pupil has left the roll",
        Outcome::NewYear => "a new school year begins",
        Outcome::Otherwise => "a person decides otherwise, with a reason",
    });
    let known = known.or((text == CARRIED_IN).then_some("carried in from before"));
    known.map_or_else(|| format!("the answer is {text:?}"), str::to_owned)
}

fn draw_sentence(draw: &Draw) -> String {
    let tickets = draw.tickets.as_ref().map(|tickets| format!("an entry for each {tickets:?}"));
    let rate = draw
        .at_least
        .map(|rate| format!("an entry for each pupil with at least {rate} over the {}", draw.over));
    let entries = joined(tickets.into_iter().chain(rate).collect(), "and");
    format!("{}, draw for {}: {entries}.", draw.moment, draw.prize)
}

/// What a stage waits for, as a sentence.
pub(crate) fn stage_sentence(stage: &Stage) -> String {
    let waits = match (stage.waits, stage.school_weeks) {
        (Waits::Review, None) => "waits for the next review".to_owned(),
        (Waits::Review, Some(weeks)) => format!("is reviewed after {weeks} school weeks"),
        (Waits::Target, _) => "waits for the end of the target".to_owned(),
        (Waits::Meeting, _) => "waits for the meeting".to_owned(),
        (Waits::Answer, _) => {
            let quoted = stage.answers.iter().map(|answer| format!("{answer:?}")).collect();
            let asks = stage.asks.as_deref().unwrap_or("what next?");
            let by = stage.by.as_deref().unwrap_or("a person");
            format!("waits for {by} to answer: {asks} ({})", joined(quoted, "or"))
        }
    };
    let too = if stage.reviewed { "; every review looks at it too" } else { "" };
    let improved = stage.improved.map(|improved| improved_words(improved, stage.improved_rate));
    let improved = improved.map(|words| format!("; there \"improved\" means: {words}"));
    format!("{:?} {waits}{too}{}.", stage.name, improved.unwrap_or_default())
}

/// What "improved" means, in words.
pub(crate) fn improved_words(improved: Improvement, rate: Option<Percent>) -> String {
    match (improved, rate) {
        (Improvement::Gain, Some(points)) => {
            let points = points.to_string();
            format!("a gain of at least {} percentage points", points.trim_end_matches('%'))
        }
        (Improvement::Reaches, Some(rate)) => format!("attendance is at least {rate}"),
        (meaning, _) => format!("attendance is better, measured {meaning}; equal is not improved"),
    }
}

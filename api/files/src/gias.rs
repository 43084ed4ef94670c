//! The files of Get Information About Schools: establishments (`edubasealldata`), members of groups, and links between
//! a school and the one that it became.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use domain::Phase;

use super::Reading;
use super::cells;
use super::headers::{Column, Header, Place};
use super::problem::Fault;
use super::rows::{Findings, Progress, Sent, Stopped, each_row};
use super::table::Row;

/// A school as a row of the file says it.
#[derive(Debug, Clone)]
pub struct SchoolRow {
    /// The line of the file, from 1.
    pub line: u64,
    /// Its URN.
    pub urn: String,
    /// Its name.
    pub name: String,
    /// Its phase of education, when one can be told.
    pub phase: Option<Phase>,
    /// Whether it is open; a file of group members does not say, and means open ones.
    pub open: bool,
    /// The group (trust) that it belongs to.
    pub group: Option<String>,
}

/// That one school became another.
#[derive(Debug, Clone)]
pub struct LinkRow {
    /// The line of the file, from 1.
    pub line: u64,
    /// The URN of before.
    pub before: String,
    /// The URN of after.
    pub after: String,
    /// Whether one school simply became the other: not merged, not split.
    pub plain: bool,
    /// Since when, if the file says.
    pub since: Option<NaiveDate>,
}

/// Reads a file of schools, or of the members of groups.
///
/// # Errors
/// Only when `progress` returns `false`. Whatever is wrong with the file is in the [`Reading`].
pub fn read_schools(
    sent: &Sent<'_>,
    progress: &mut Progress<'_>,
) -> Result<Reading<Vec<SchoolRow>>, Stopped> {
    let mut findings = Findings::default();
    let mut rows = Vec::new();
    each_row(sent, &mut findings, progress, SchoolPlaces::open, |places, row, findings| {
        rows.extend(places.read(row, findings));
    })?;
    Ok(findings.finish(rows))
}

/// Reads a file of links between schools.
///
/// # Errors
/// As [`read_schools`].
pub fn read_links(
    sent: &Sent<'_>,
    progress: &mut Progress<'_>,
) -> Result<Reading<Vec<LinkRow>>, Stopped> {
    let mut findings = Findings::default();
    let mut rows = Vec::new();
    each_row(sent, &mut findings, progress, LinkPlaces::open, |places, row, findings| {
        rows.extend(places.read(row, findings));
    })?;
    Ok(findings.finish(rows))
}

/// Where the columns stand of a file of schools.
struct SchoolPlaces {
    urn: Place,
    name: Place,
    status: Option<Place>,
    phase: Option<Place>,
    kind: Option<Place>,
    low_age: Option<Place>,
    high_age: Option<Place>,
    group: Option<Place>,
}

impl SchoolPlaces {
    /// Of the many columns of these files only few are of use, and the rest is not worth a notice.
    fn open(header: &Header, findings: &mut Findings) -> Option<Self> {
        let problems = &mut findings.problems;
        let places = Self {
            urn: header.needed(Column::Urn, problems),
            name: header.needed(Column::SchoolName, problems),
            status: header.optional(Column::SchoolStatus, problems),
            phase: header.optional(Column::SchoolPhase, problems),
            kind: header.optional(Column::SchoolType, problems),
            low_age: header.optional(Column::LowAge, problems),
            high_age: header.optional(Column::HighAge, problems),
            group: header.optional(Column::Group, problems),
        };
        problems.is_empty().then_some(places)
    }

    fn read(&self, row: &Row<'_>, findings: &mut Findings) -> Option<SchoolRow> {
        let urn = findings.needed(row, &self.urn, |text| cells::urn(text).map(str::to_owned));
        let name = findings.needed(row, &self.name, cells::text);
        let number = |place: &Option<Place>| {
            let text = row.cell(place.as_ref()?.at).trim_start_matches('0');
            text.parse::<u32>().ok()
        };
        let ages = number(&self.low_age).zip(number(&self.high_age)).map(|(low, high)| low..=high);
        let group = self.group.as_ref().map(|place| row.cell(place.at).to_owned());
        Some(SchoolRow {
            line: row.line,
            urn: urn?,
            name: name?,
            phase: phase(number(&self.phase), number(&self.kind), ages),
            open: !matches!(number(&self.status), Some(CLOSED | PROPOSED)),
            group: group.filter(|group| !group.is_empty()),
        })
    }
}

/// `EstablishmentStatus (code)` of a closed school. 1 is open, 3 open but proposed to close.
const CLOSED: u32 = 2;
/// Of one that is proposed to open.
const PROPOSED: u32 = 4;

/// The phase of a school by `PhaseOfEducation (code)` and `TypeOfEstablishment (code)`; where the phase is "not
/// applicable" by the ages that it may teach.
fn phase(
    phase: Option<u32>,
    kind: Option<u32>,
    ages: Option<RangeInclusive<u32>>,
) -> Option<Phase> {
    match (kind, phase) {
        // Community, non-maintained, independent, foundation, academy (sponsored, free, converter) special schools.
        (Some(7 | 8 | 10 | 12 | 33 | 36 | 44), _) => Some(Phase::Special),
        // Pupil referral units; free schools and academies of alternative provision.
        (Some(14 | 38 | 42 | 43), _) => Some(Phase::AlternativeProvision),
        // Nursery, primary, middle deemed primary.
        (_, Some(1..=3)) => Some(Phase::Primary),
        // Secondary, middle deemed secondary, 16 plus.
        (_, Some(4..=6)) => Some(Phase::Secondary),
        (_, Some(7)) => Some(Phase::AllThrough),
        _ => match ages? {
            ages if *ages.end() <= 12 => Some(Phase::Primary),
            ages if *ages.start() >= 9 => Some(Phase::Secondary),
            _ => Some(Phase::AllThrough),
        },
    }
}

/// Where the columns stand of a file of links.
struct LinkPlaces {
    urn: Place,
    link: Place,
    kind: Place,
    since: Option<Place>,
}

impl LinkPlaces {
    fn open(header: &Header, findings: &mut Findings) -> Option<Self> {
        let known =
            [Column::Urn, Column::LinkUrn, Column::LinkType, Column::LinkSince, Column::LinkName];
        findings.notices.extend(header.ignored(&known, &BTreeSet::new()));
        let problems = &mut findings.problems;
        let places = Self {
            urn: header.needed(Column::Urn, problems),
            link: header.needed(Column::LinkUrn, problems),
            kind: header.needed(Column::LinkType, problems),
            since: header.optional(Column::LinkSince, problems),
        };
        problems.is_empty().then_some(places)
    }

    /// Reads a row; links that are neither to a predecessor nor to a successor say nothing here.
    fn read(&self, row: &Row<'_>, findings: &mut Findings) -> Option<LinkRow> {
        let urn = |text: &str| -> Result<String, Fault> { cells::urn(text).map(str::to_owned) };
        let own = findings.needed(row, &self.urn, urn);
        let other = findings.needed(row, &self.link, urn);
        let kind = findings.needed(row, &self.kind, |text| Ok(text.to_lowercase()));
        let since = findings.optional(row, self.since.as_ref(), cells::date);
        let (own, other, kind) = (own?, other?, kind?);
        let forwards = kind.starts_with("successor");
        if !forwards && !kind.starts_with("predecessor") {
            return None;
        }
        let (before, after) = if forwards { (own, other) } else { (other, own) };
        let plain = matches!(kind.as_str(), "successor" | "predecessor");
        Some(LinkRow { line: row.line, before, after, plain, since })
    }
}

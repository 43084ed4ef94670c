//! What every class of one school has over one window: what a period is closed with.

use ::analytics::{By, Filter, Level, Query, Value};
use domain::{Calendar, Definition, WindowKind};

use super::Counting;
use super::answer::CellAnswer;
use super::blocks::YearRead;
use base::prelude::*;
use roll::pupils;
use school::tenants;

/// What the figures of one school are counted from, read in one snapshot.
pub struct OneSchool {
    trust: TrustId,
    school: SchoolId,
    names: BTreeMap<ClassId, String>,
    standing: YearRead,
}

/// The classes of a school over a window.
pub struct ClassFigures {
    /// What was counted.
    pub definition: Definition,
    /// The version of the school's year that was counted.
    pub version: i64,
    /// The instant as of which everything is known.
    pub at: DateTime<Utc>,
    /// Each class in which anything is counted: its id, its name and its figures, in the order of ids.
    pub classes: Vec<(ClassId, String, CellAnswer)>,
}

impl OneSchool {
    /// Reads a school's year. Errors: 404.
    pub fn read(
        tx: &mut Tx,
        counting: &Counting,
        school_id: SchoolId,
        year: AcademicYear,
    ) -> Result<Self> {
        let school = tenants::school(tx, school_id)?;
        let classes = pupils::classes_of_schools(tx, &[school_id])?;
        let names = classes.into_iter().map(|row| (row.class_id, row.name)).collect();
        let standing = counting.blocks.read(tx, vec![school], year, None)?;
        Ok(Self { trust: tx.trust(), school: school_id, names, standing })
    }

    /// Counts every class over the window of that key; no class when the year has no such window. Errors: a panic while
    /// counting.
    pub fn over(self, counting: &Counting, kind: WindowKind, key: &str) -> Result<ClassFigures> {
        let Self { trust, school, mut names, standing } = self;
        let version = standing.versions.get(&school).map_or(0, |version| version.number);
        let built = counting.blocks.build(trust, &counting.pool, standing)?;
        let calendar = built.blocks.first().map(|block| block.calendar());
        let (kind, key) = calendar
            .and_then(|calendar| across_schools(calendar, kind, key))
            .unwrap_or_else(|| (kind, key.to_owned()));
        let definition = Definition::DfeDaily;
        let query = Query {
            definition,
            level: Level::Enrolment,
            window: kind,
            by: [Some(By::Class), None, None],
            filter: Filter::default(),
        };
        let trend =
            ::analytics::trend(&counting.pool, &built.blocks, &query).map_err(Problem::internal)?;
        let window = trend.windows.iter().position(|window| window.key == key);
        let figures = |series: ::analytics::Series| {
            let [Some(Value::Class(class)), ..] = series.group else { return None };
            let id = ClassId::new(class);
            let cell = series.cells.get(window?)?;
            let anything = cell.expected > 0 || cell.to_date.enrolments > 0;
            anything.then(|| (id, names.remove(&id).unwrap_or_default(), CellAnswer::from(cell)))
        };
        let classes = trend.series.into_iter().filter_map(figures).collect();
        Ok(ClassFigures { definition, version, at: built.at, classes })
    }
}

/// What a school's own window is called beside those of other schools: a term without a break is one half term to the
/// school, and the whole term beside others.
fn across_schools(
    calendar: &Calendar,
    kind: WindowKind,
    key: &str,
) -> Option<(WindowKind, String)> {
    let own = calendar.windows(kind).into_iter().find(|own| own.key == key)?;
    [kind, WindowKind::Term].into_iter().find_map(|kind| {
        let mut windows = calendar.windows_across_schools(kind).into_iter();
        let same = windows.find(|window| (window.from, window.to) == (own.from, own.to))?;
        Some((kind, same.key))
    })
}

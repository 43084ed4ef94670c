//! The schools of the demonstration trust. All of them are invented.
//!
//! Twelve schools are a family: eight primary schools, the three secondary schools that their leavers go to, and a
//! special school. A larger trust is more such families, a smaller one a part of the first.
//!
//! URNs from 990001 and the local authority codes 991 and 992 are not in use in England.

use std::fmt;
use std::str::FromStr;

use super::rng::Key;

/// What kind of school it is: the Department for Education publishes its figures by this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Primary,
    Secondary,
    Special,
}

impl Phase {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Phase::Primary => "primary",
            Phase::Secondary => "secondary",
            Phase::Special => "special",
        }
    }

    /// The year groups from joining to leaving; reception is 0.
    pub(super) const fn year_groups(self) -> (i16, i16) {
        match self {
            Phase::Primary => (0, 6),
            Phase::Secondary => (7, 11),
            Phase::Special => (0, 11),
        }
    }

    /// What the establishment numbers of the phase's schools are counted from.
    const fn first_establishment(self) -> u16 {
        match self {
            Phase::Primary => 2000,
            Phase::Secondary => 4000,
            Phase::Special => 7000,
        }
    }
}

/// What stays the same about a school, whatever the day.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    pub(super) urn: String,
    pub(super) name: String,
    pub(super) phase: Phase,
    pub(super) la_code: u16,
    /// The establishment number in the UPNs of pupils who started school here.
    pub(super) establishment: u16,
    /// Pupils in a year group.
    pub(super) intake: u16,
    /// Whether some pupils stay for years 12 and 13.
    pub(super) sixth_form: bool,
    /// Absence against the phase's, per thousand. Schools differ about as much as the local
    /// authorities do in 2024/25 (primary overall absence 4.8 to 5.8% between the outer tenths).
    pub(super) level: u64,
    /// The URN of the secondary school most of the leavers go to.
    pub(super) next: Option<String>,
}

/// The trust's name.
pub(super) const TRUST: &str = "Larkspindle Learning Trust (demonstration)";

/// How large a demonstration is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    schools: u16,
    pupils: Option<u32>,
}

impl Default for Size {
    /// One family: twelve schools with about 7,000 pupils.
    fn default() -> Self {
        Self { schools: 12, pupils: None }
    }
}

impl fmt::Display for Size {
    /// Such as `12 schools` or `150 schools, 60000 pupils`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} schools", self.schools)?;
        self.pupils.map_or(Ok(()), |pupils| write!(out, ", {pupils} pupils"))
    }
}

impl FromStr for Size {
    type Err = String;

    /// The opposite of its text.
    fn from_str(text: &str) -> Result<Self, String> {
        let numbers: Result<Vec<u32>, _> = text
            .split(|one: char| !one.is_ascii_digit())
            .filter(|number| !number.is_empty())
            .map(str::parse)
            .collect();
        let size = match numbers.as_deref() {
            Ok([schools]) => u16::try_from(*schools).ok().zip(Some(None)),
            Ok([schools, pupils]) => u16::try_from(*schools).ok().zip(Some(Some(*pupils))),
            _ => None,
        };
        let (schools, pupils) = size.ok_or_else(|| format!("{text:?} is no size of a trust"))?;
        Self::new(schools, pupils)
    }
}

impl Size {
    /// The most schools: as many as there are names and establishment numbers for.
    const MOST_SCHOOLS: u16 = 500;

    /// A trust of so many schools and about so many pupils; without a number of pupils, as many as fit such schools.
    ///
    /// # Errors
    /// What would have been right, as a sentence.
    pub fn new(schools: u16, pupils: Option<u32>) -> Result<Self, String> {
        if !(1..=Self::MOST_SCHOOLS).contains(&schools) {
            return Err(format!("{schools} schools: expected 1 to {}", Self::MOST_SCHOOLS));
        }
        let size = Self { schools, pupils };
        let usual = size.usual_pupils();
        let (least, most) = (usual.div_ceil(8), usual * 3 / 2);
        match pupils {
            Some(pupils) if !(least..=most).contains(&u64::from(pupils)) => Err(format!(
                "{pupils} pupils in {schools} schools: expected {least} to {most} pupils"
            )),
            _ => Ok(size),
        }
    }

    /// The pupils of such schools when their year groups have their usual sizes, sixth forms aside.
    fn usual_pupils(self) -> u64 {
        FAMILY.iter().cycle().take(usize::from(self.schools)).map(Template::pupils).sum()
    }

    /// The schools of a trust of this size.
    pub(super) fn profiles(self, seed: Key) -> Vec<Profile> {
        let usual = self.usual_pupils();
        let pupils = self.pupils.map_or(usual, u64::from);
        let profile = |(number, template): (u16, &Template)| {
            let intake = (2 * u64::from(template.intake) * pupils + usual) / (2 * usual).max(1);
            template.profile(number, u16::try_from(intake).unwrap_or(u16::MAX).max(1), seed)
        };
        (0..self.schools).zip(FAMILY.iter().cycle()).map(profile).collect()
    }
}

/// One of the twelve schools of a family.
struct Template {
    name: &'static str,
    phase: Phase,
    la_code: u16,
    intake: u16,
    level: u64,
    /// The place in the family of the secondary school that leavers go to.
    next: Option<u16>,
}

const FAMILY: [Template; 12] = [
    primary("Foxlantern Primary School", 991, 60, 900, 8),
    primary("Mossgate Hollow Primary School", 991, 45, 1070, 8),
    primary("Quillhaven Primary School", 991, 58, 960, 8),
    primary("Tumblewick Church Primary School", 991, 30, 850, 9),
    primary("Pennyfeather Primary School", 991, 60, 1180, 9),
    primary("Starling Wharf Primary School", 992, 45, 1010, 10),
    primary("Bramblecote Primary School", 992, 56, 930, 10),
    primary("Wrenbury Steps Primary School", 992, 45, 1080, 10),
    later("Aldermere Vale Academy", Phase::Secondary, 991, 210, 900),
    later("Hollowbrook Academy", Phase::Secondary, 991, 250, 990),
    later("Thornquay Academy", Phase::Secondary, 992, 280, 1080),
    later("Kitesfield School", Phase::Special, 991, 10, 1000),
];

const fn primary(name: &'static str, la_code: u16, intake: u16, level: u64, next: u16) -> Template {
    Template { name, phase: Phase::Primary, la_code, intake, level, next: Some(next) }
}

const fn later(
    name: &'static str,
    phase: Phase,
    la_code: u16,
    intake: u16,
    level: u64,
) -> Template {
    Template { name, phase, la_code, intake, level, next: None }
}

/// The place in a family of the school with a sixth form.
const SIXTH_FORM: u16 = 9;

impl Template {
    fn pupils(&self) -> u64 {
        let (first, last) = self.phase.year_groups();
        u64::from(self.intake) * u64::from((last - first + 1).unsigned_abs())
    }

    /// The school with this number, from 0, in the trust.
    fn profile(&self, number: u16, intake: u16, seed: Key) -> Profile {
        let (family, place) = (number / 12, number % 12);
        let urn = |number: u16| (990_001 + u32::from(number)).to_string();
        // Schools of later families are up to 5% better or worse than the ones they are made after.
        let differs = seed.about("family").with(u64::from(number)).below(101);
        let level = if family == 0 { self.level } else { self.level * (950 + differs) / 1000 };
        Profile {
            urn: urn(number),
            name: if family == 0 { self.name.to_owned() } else { name(number, self.phase) },
            phase: self.phase,
            la_code: self.la_code,
            establishment: self.phase.first_establishment() + number + 1,
            intake,
            sixth_form: place == SIXTH_FORM,
            level,
            next: self.next.map(|place| urn(12 * family + place)),
        }
    }
}

const NAME_BEGINS: [&str; 29] = [
    "Amber", "Barley", "Bell", "Birch", "Brindle", "Candle", "Clover", "Copper", "Dove", "Ember",
    "Fern", "Glass", "Harrow", "Heron", "Ivy", "Kestrel", "Lantern", "Linnet", "Marl", "Mill",
    "Nettle", "Otter", "Pebble", "Plover", "Rook", "Saffron", "Thistle", "Willow", "Yarrow",
];
const NAME_ENDS: [&str; 19] = [
    "beck", "bridge", "combe", "croft", "dale", "fell", "field", "ford", "gate", "holme", "hurst",
    "ley", "mere", "moor", "shaw", "stead", "thorpe", "wick", "worth",
];

/// A name for the school with this number. Both lists' lengths are prime: the first 551 differ.
fn name(number: u16, phase: Phase) -> String {
    let of = |names: &[&'static str]| {
        names.iter().cycle().nth(usize::from(number)).copied().unwrap_or_default()
    };
    let kind = match phase {
        Phase::Primary => "Primary School",
        Phase::Secondary => "Academy",
        Phase::Special => "School",
    };
    format!("{}{} {kind}", of(&NAME_BEGINS), of(&NAME_ENDS))
}

/// Names of the special schools' classes, which do not follow year groups' numbers.
const TREES: [&str; 12] = [
    "Acorn", "Beech", "Cedar", "Damson", "Elder", "Fir", "Hazel", "Juniper", "Larch", "Maple",
    "Oak", "Rowan",
];

/// The class of the pupil who holds a place (from 0) in a year group.
///
/// About 30 pupils a class in primary schools: where a year group makes a class and a half, the
/// halves of two neighbouring year groups share a class ("34M"). Secondary schools have tutor
/// groups in two halves of the year ("7H1", "7K1").
pub(super) fn class_name(school: &Profile, year_group: i16, place: u16) -> String {
    match school.phase {
        Phase::Special => {
            let tree = usize::try_from(year_group).ok().and_then(|group| TREES.get(group));
            tree.copied().unwrap_or("Willow").to_owned()
        }
        Phase::Secondary if year_group > 11 => format!("{year_group}S{}", place % 2 + 1),
        Phase::Secondary => {
            let form = place % school.intake.div_ceil(30);
            let half = if form.is_multiple_of(2) { 'H' } else { 'K' };
            format!("{year_group}{half}{}", form / 2 + 1)
        }
        Phase::Primary => primary_class(school.intake, year_group, place),
    }
}

fn primary_class(intake: u16, year_group: i16, place: u16) -> String {
    let year = if year_group == 0 { "R".to_owned() } else { year_group.to_string() };
    let mixed = (40..=50).contains(&intake) && year_group > 0;
    if mixed && place >= 30 {
        let lower = if year_group % 2 == 1 { year_group } else { year_group - 1 };
        return format!("{lower}{}M", lower + 1);
    }
    let classes = if mixed || intake < 40 { 1 } else { intake.div_ceil(32) };
    let letter = match place % classes {
        0 => 'A',
        1 => 'B',
        _ => 'C',
    };
    format!("{year}{letter}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_trust_has_as_many_schools_as_asked_for_each_with_a_name_of_its_own() {
        let profiles = Size::new(500, None).unwrap().profiles(Key::new(1));
        let names: BTreeSet<&str> = profiles.iter().map(|one| one.name.as_str()).collect();
        let numbers: BTreeSet<u16> = profiles.iter().map(|one| one.establishment).collect();
        assert_eq!((profiles.len(), names.len(), numbers.len()), (500, 500, 500));
        let leavers_go_on = profiles.iter().filter_map(|one| one.next.as_ref());
        for next in leavers_go_on.take(300) {
            let next = profiles.iter().find(|one| one.urn == *next).unwrap();
            assert_eq!(next.phase, Phase::Secondary);
        }
    }

    #[test]
    fn a_size_that_no_school_could_have_is_refused_with_what_would_do() {
        assert_eq!(Size::new(0, None).unwrap_err(), "0 schools: expected 1 to 500");
        let refused = Size::new(12, Some(60_000)).unwrap_err();
        assert_eq!(refused, "60000 pupils in 12 schools: expected 827 to 9919 pupils");
        for size in [Size::default(), Size::new(150, Some(60_000)).unwrap()] {
            assert_eq!(size.to_string().parse(), Ok(size));
        }
        assert!("many schools".parse::<Size>().is_err());
    }
}

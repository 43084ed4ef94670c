//! The schools of the demonstration trust. All of them are invented.
//!
//! URNs from 990001 and the local authority codes 991 and 992 are not in use in England.

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
}

/// What stays the same about a school, whatever the seed and the day.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) urn: &'static str,
    pub(super) name: &'static str,
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
    pub(super) next: Option<&'static str>,
}

/// The trust's name.
pub(super) const TRUST: &str = "Larkspindle Learning Trust (demonstration)";

const ALDERMERE: Option<&str> = Some("990009");
const HOLLOWBROOK: Option<&str> = Some("990010");
const THORNQUAY: Option<&str> = Some("990011");

/// Eight primary schools, three secondary schools and a special school.
pub(super) const SCHOOLS: [Profile; 12] = [
    primary("990001", "Foxlantern Primary School", 991, 2901, 60, 900, ALDERMERE),
    primary("990002", "Mossgate Hollow Primary School", 991, 2902, 45, 1070, ALDERMERE),
    primary("990003", "Quillhaven Primary School", 991, 2903, 58, 960, ALDERMERE),
    primary("990004", "Tumblewick Church Primary School", 991, 2904, 30, 850, HOLLOWBROOK),
    primary("990005", "Pennyfeather Primary School", 991, 2905, 60, 1180, HOLLOWBROOK),
    primary("990006", "Starling Wharf Primary School", 992, 2906, 45, 1010, THORNQUAY),
    primary("990007", "Bramblecote Primary School", 992, 2907, 56, 930, THORNQUAY),
    primary("990008", "Wrenbury Steps Primary School", 992, 2908, 45, 1080, THORNQUAY),
    secondary("990009", "Aldermere Vale Academy", 991, 4901, 210, 900, false),
    secondary("990010", "Hollowbrook Academy", 991, 4902, 250, 990, true),
    secondary("990011", "Thornquay Academy", 992, 4903, 280, 1080, false),
    Profile {
        urn: "990012",
        name: "Kitesfield School",
        phase: Phase::Special,
        la_code: 991,
        establishment: 7901,
        intake: 10,
        sixth_form: false,
        level: 1000,
        next: None,
    },
];

const fn primary(
    urn: &'static str,
    name: &'static str,
    la_code: u16,
    establishment: u16,
    intake: u16,
    level: u64,
    next: Option<&'static str>,
) -> Profile {
    let phase = Phase::Primary;
    Profile { urn, name, phase, la_code, establishment, intake, sixth_form: false, level, next }
}

const fn secondary(
    urn: &'static str,
    name: &'static str,
    la_code: u16,
    establishment: u16,
    intake: u16,
    level: u64,
    sixth_form: bool,
) -> Profile {
    let phase = Phase::Secondary;
    Profile { urn, name, phase, la_code, establishment, intake, sixth_form, level, next: None }
}

/// Names of the special school's classes, which do not follow year groups' numbers.
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
    let mixed = (31..=50).contains(&intake) && year_group > 0;
    if mixed && place >= 30 {
        let lower = if year_group % 2 == 1 { year_group } else { year_group - 1 };
        return format!("{lower}{}M", lower + 1);
    }
    let one_class = intake <= 30 || mixed;
    let letter = if one_class || place.is_multiple_of(2) { 'A' } else { 'B' };
    format!("{year}{letter}")
}

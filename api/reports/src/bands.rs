//! By which bands a school's lists go: those of the policy that it follows, or the nation's thresholds.

use domain::policy::word::{Do, Every, For, Over};
use domain::policy::{BandRow, Body, Regular, Row};
use domain::{Band, Bands, Rate};

use base::prelude::*;
use school::policies::{self, Follows, Part};

/// More missed sessions that make a pupil "at risk" where a policy does not say.
const AT_RISK: u32 = 2;
/// With fewer possible sessions than this nothing is concluded, where no policy says otherwise.
const FEW: u32 = 20;

/// The bands of a school, and how it judges by them.
pub struct SchoolBands {
    /// What the school follows.
    pub policy: Option<Follows>,
    /// The bands.
    pub bands: Bands,
}

/// The policy that a list goes by.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReportPolicy {
    /// Its key.
    #[schema(example = "strategy")]
    policy: String,
    /// Its version.
    #[schema(example = 1)]
    version: i32,
}

/// What a policy puts on the agenda of a regular meeting.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Agenda {
    /// The rules that say so.
    pub rules: Vec<String>,
    /// The bands whose pupils are listed.
    pub bands: Vec<String>,
}

impl SchoolBands {
    /// The bands of the policy that a school follows on a day; without one those of persistent and severe absence.
    pub fn read(tx: &mut Tx, school_id: SchoolId, day: NaiveDate) -> Result<Self> {
        let policy = policies::assigned(tx, school_id, Part::Pathway, day)?;
        let own = policy.as_ref().and_then(|follows| follows.policy.bands.clone());
        let bands = own.map_or_else(national, Ok)?;
        Ok(Self { policy, bands })
    }

    /// The policy, as an answer names it.
    pub fn answer(&self) -> Option<ReportPolicy> {
        let follows = self.policy.as_ref()?;
        Some(ReportPolicy { policy: follows.key.clone(), version: follows.version })
    }

    /// The days that bands are taken over.
    pub fn over(&self) -> Over {
        self.policy.as_ref().map_or(Over::Year, |follows| follows.policy.over)
    }

    /// The name of a rate's band.
    pub fn name(&self, rate: Rate) -> &str {
        &self.bands.of(rate).name
    }

    /// What the policy says of a band, beside where it begins; of the nation's thresholds nothing.
    pub fn row(&self, name: &str) -> Option<(&Row, &BandRow)> {
        let policy = &self.policy.as_ref()?.policy;
        policy.band_rows().find(|(_, band)| band.name == name)
    }

    /// Whether there are too few possible sessions to conclude anything.
    pub fn is_few(&self, rate: Rate) -> bool {
        let few = self.policy.as_ref().map_or(FEW, |follows| follows.policy.few_sessions);
        rate.whole() < u64::from(few)
    }

    /// How many more missed sessions that leave the band make a pupil "at risk".
    pub fn at_risk(&self) -> u32 {
        let said = self.policy.as_ref().map(|follows| follows.policy.at_risk_sessions);
        said.filter(|sessions| *sessions > 0).unwrap_or(AT_RISK)
    }

    /// The fewest further missed sessions, up to `most`, that lead to another band, and that band.
    pub fn falls_after(&self, rate: Rate, most: u32) -> Option<(u32, &str)> {
        let now = self.name(rate);
        (1..=most).find_map(|more| {
            let then = self.name(Rate::of(rate.part(), rate.whole() + u64::from(more))?);
            (then != now).then_some((more, then))
        })
    }

    /// The reports about pupils that the policy asks for so often: by which rules, and about which bands.
    pub fn agenda(&self, every: Every) -> Agenda {
        let mut agenda = Agenda::default();
        let rows = self.policy.iter().flat_map(|follows| &follows.policy.rows);
        let all = || self.bands.iter().map(|band| band.name.clone()).collect();
        for row in rows {
            let Body::Regular(regular) = &row.body else { continue };
            if is_report(regular, every) {
                agenda.rules.push(row.rule.clone());
                let own: Vec<String> =
                    if regular.bands.is_empty() { all() } else { regular.bands.clone() };
                agenda.bands.extend(own);
            }
        }
        agenda.bands.sort();
        agenda.bands.dedup();
        agenda
    }

    /// The rules of the policy that ask for a report about the whole school so often.
    pub fn rules_about(&self, whom: For) -> Vec<String> {
        let rows = self.policy.iter().flat_map(|follows| &follows.policy.rows);
        let about = |regular: &Regular| {
            regular.whom == whom && regular.does.iter().any(|action| action.kind == Do::Report)
        };
        let rules = rows.filter_map(|row| match &row.body {
            Body::Regular(regular) if about(regular) => Some(row.rule.clone()),
            _ => None,
        });
        rules.collect()
    }
}

fn is_report(regular: &Regular, every: Every) -> bool {
    regular.moment.every == every
        && regular.whom == For::EachPupil
        && regular.does.iter().any(|action| action.kind == Do::Report)
}

/// The thresholds of persistent and severe absence, as bands of attendance. Missing exactly 10% is persistent absence,
/// so that the band above begins a thousandth later: no year has so many sessions that a rate could lie between.
fn national() -> Result<Bands> {
    let band = |name: &str, from: &str| {
        let from = from.parse().map_err(Problem::internal)?;
        Ok::<_, Problem>(Band { name: name.to_owned(), from })
    };
    let bands = vec![
        band("above 90%", "90.001%")?,
        band("persistently absent", "50.001%")?,
        band("severely absent", "0%")?,
    ];
    Bands::new(bands).map_err(Problem::internal)
}

//! What a court has ordered about a parent and a child, and when there is to be no contact.

use base::prelude::*;

/// What has to be respected before anybody contacts a parent about a child.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Safeguards {
    /// A court order; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub court_order: Option<Order>,
    /// That there is to be no contact, and why; absent when there may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_contact: Option<Order>,
}

/// What holds from a day on.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// What it says, 1 to 1000 characters.
    #[schema(example = "Non-molestation order, family court")]
    pub text: String,
    /// From this day on.
    pub from: NaiveDate,
    /// To this day; absent when no end is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
}

impl Order {
    /// An order as it stands in a row.
    pub(super) fn of(
        text: Option<String>,
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
    ) -> Option<Self> {
        text.zip(from).map(|(text, from)| Self { text, from, to })
    }

    /// Whether it has to be respected: one that begins tomorrow counts today, for a letter takes days.
    fn stands(&self, today: NaiveDate) -> bool {
        self.to.is_none_or(|to| today <= to)
    }
}

impl Safeguards {
    /// Whether anything has to be respected.
    pub fn stand(&self, today: NaiveDate) -> bool {
        [&self.court_order, &self.no_contact].into_iter().flatten().any(|o| o.stands(today))
    }

    /// Whether everything that has to be respected goes on as it was; what has ended may go.
    pub(super) fn keep(&self, before: &Safeguards, today: NaiveDate) -> bool {
        let kept = |before: &Option<Order>, now: &Option<Order>| {
            before == now || !before.as_ref().is_some_and(|order| order.stands(today))
        };
        kept(&before.court_order, &self.court_order) && kept(&before.no_contact, &self.no_contact)
    }

    /// Whether there is anything at all on record.
    pub fn is_empty(&self) -> bool {
        self.court_order.is_none() && self.no_contact.is_none()
    }

    /// The same as it is kept. Errors: every member that cannot be kept.
    pub(super) fn check(&self) -> Result<Safeguards> {
        let mut problem = Problem::new(Kind::Invalid);
        for (at, order) in [("court_order", &self.court_order), ("no_contact", &self.no_contact)] {
            let Some(order) = order else { continue };
            if !(1..=name::ORDER).contains(&order.text.trim().chars().count()) {
                let expected = format!("a text of 1 to {} characters", name::ORDER);
                problem = problem.and(format!("/{at}/text"), expected);
            }
            if order.to.is_some_and(|to| to < order.from) {
                problem = problem.and(format!("/{at}/to"), "a day on or after the first day");
            }
        }
        if !problem.errors().is_empty() {
            return Err(problem);
        }
        let kept = |order: &Order| Order { text: order.text.trim().to_owned(), ..*order };
        Ok(Safeguards {
            court_order: self.court_order.as_ref().map(kept),
            no_contact: self.no_contact.as_ref().map(kept),
        })
    }
}

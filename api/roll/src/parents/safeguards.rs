//! What a court has ordered about a parent and a child, and when there is to be no contact.

use base::prelude::*;

words! {
    /// What a court order does to the parent whom it restrains.
    OrderEffect {
        NoInformation = "no_information": "the parent is told nothing about the child: no letter, no call",
        AddressHidden = "address_hidden": "where the child lives is kept from the parent",
        NoContactWithChild = "no_contact_with_child": "the parent does not meet the child",
        NoContactWithOtherParent = "no_contact_with_other_parent": "the parent does not meet the other parent",
        MayNotCollect = "may_not_collect": "the parent does not collect the child",
    }
}

/// What has to be respected before anybody contacts a parent about a child.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Safeguards {
    /// A court order that restrains this parent; absent when there is none. What it does stands in `effects`: one without
    /// any is a question for whoever leads on safeguarding, and bars nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub court_order: Option<Order>,
    /// That there is to be no contact, and why; absent when there may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_contact: Option<Order>,
    /// Of a child in care: whether this parent is written to, as the social worker says; absent until the social worker
    /// was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letters_in_care: Option<bool>,
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
    /// What a court order does; of no contact there is nothing to say here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<OrderEffect>,
}

impl Order {
    /// An order as it stands in a row.
    pub(super) fn of(
        text: Option<String>,
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
    ) -> Option<Self> {
        text.zip(from).map(|(text, from)| Self { text, from, to, effects: Vec::new() })
    }

    /// The order, which does this.
    pub(super) fn with(self, effects: Vec<OrderEffect>) -> Self {
        Self { effects, ..self }
    }

    /// Whether it has to be respected: one that begins tomorrow counts today, for a letter takes days.
    pub fn stands(&self, today: NaiveDate) -> bool {
        self.to.is_none_or(|to| today <= to)
    }
}

impl Safeguards {
    /// Whether anything has to be respected.
    pub fn stand(&self, today: NaiveDate) -> bool {
        [&self.court_order, &self.no_contact].into_iter().flatten().any(|o| o.stands(today))
    }

    /// Whether the parent is not contacted about the child: there is to be no contact, or a court has ordered that the
    /// parent is told nothing. Any other order restrains the parent in another way.
    pub fn silence(&self, today: NaiveDate) -> bool {
        self.no_contact.as_ref().is_some_and(|order| order.stands(today))
            || self.orders(OrderEffect::NoInformation, today)
    }

    /// Whether a court has ordered that the parent does not meet the other parent.
    pub fn keep_apart(&self, today: NaiveDate) -> bool {
        self.orders(OrderEffect::NoContactWithOtherParent, today)
    }

    /// Whether a court order stands that does this.
    fn orders(&self, effect: OrderEffect, today: NaiveDate) -> bool {
        let does = |order: &Order| order.stands(today) && order.effects.contains(&effect);
        self.court_order.as_ref().is_some_and(does)
    }

    /// Whether a court order stands of which nobody has said what it does.
    pub fn ask(&self, today: NaiveDate) -> bool {
        self.court_order
            .as_ref()
            .is_some_and(|order| order.stands(today) && order.effects.is_empty())
    }

    /// Whether everything that has to be respected goes on as it was; what has ended may go. That no letters go to a parent
    /// of a child in care is such a matter, too.
    pub fn keep(&self, before: &Safeguards, today: NaiveDate) -> bool {
        let kept = |before: &Option<Order>, now: &Option<Order>| {
            before == now || !before.as_ref().is_some_and(|order| order.stands(today))
        };
        let no_letters = |all: &Safeguards| all.letters_in_care == Some(false);
        kept(&before.court_order, &self.court_order)
            && kept(&before.no_contact, &self.no_contact)
            && (no_letters(self) || !no_letters(before))
    }

    /// Whether there is anything at all on record.
    pub fn is_empty(&self) -> bool {
        self.court_order.is_none() && self.no_contact.is_none() && self.letters_in_care.is_none()
    }

    /// The same as it is kept. Errors: every member that cannot be kept.
    pub fn check(&self) -> Result<Safeguards> {
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
        if self.no_contact.as_ref().is_some_and(|order| !order.effects.is_empty()) {
            problem = problem
                .and("/no_contact/effects", "nothing here: no contact says itself what it does");
        }
        if !problem.errors().is_empty() {
            return Err(problem);
        }
        let kept = |order: &Order| {
            let effects: BTreeSet<OrderEffect> = order.effects.iter().copied().collect();
            let (text, effects) = (order.text.trim().to_owned(), effects.into_iter().collect());
            Order { text, effects, ..*order }
        };
        Ok(Safeguards {
            court_order: self.court_order.as_ref().map(kept),
            no_contact: self.no_contact.as_ref().map(kept),
            letters_in_care: self.letters_in_care,
        })
    }
}

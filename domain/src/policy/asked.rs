//! What a policy asks for, by whom, and when it asks for the same again: what nobody did by then lapses.

use chrono::NaiveDate;

use crate::Calendar;
use crate::policy::model::{Action, Policy};
use crate::policy::moment::{due_days, is_due};

/// The role of the product that leads on attendance at a school.
const LEADS: &str = "school_lead";
/// What it is called where a policy has no name of its own for it.
const LEAD: &str = "Attendance Lead";

impl Policy {
    /// Who does what a row gives to nobody, in the policy's words: whoever decides its reviews, or leads at the school.
    pub fn lead(&self) -> &str {
        let decides = self.regular().find_map(|(_, regular)| regular.decides.as_deref());
        let leads = || self.roles.iter().find(|(_, role)| *role == LEADS);
        decides.or_else(|| leads().map(|(name, _)| name.as_str())).unwrap_or(LEAD)
    }

    /// What is to be done, by whoever does it.
    pub fn by_somebody(&self, action: &Action) -> Action {
        let by = action.by.clone().or_else(|| Some(self.lead().to_owned()));
        Action { by, ..action.clone() }
    }

    /// The product's role of whoever does it, such as `teacher`.
    pub fn role_of(&self, action: &Action) -> Option<&str> {
        self.roles.get(action.by.as_deref()?).map(String::as_str)
    }
}

/// The first day after a day on which a rule's row is due that asks for this. `None` for what is only asked of those who
/// enter a band, and where the calendars do not reach so far.
pub fn asked_again(
    policy: &Policy,
    (rule, action): (&str, &Action),
    day: NaiveDate,
    calendars: &[Calendar],
) -> Option<NaiveDate> {
    let rows = policy
        .regular()
        .filter(|(row, regular)| row.rule == rule && regular.does.iter().any(|one| one == action));
    let days = rows.flat_map(|(_, regular)| due_days(regular.moment, calendars));
    days.filter(|due| *due > day).min()
}

/// What the rows that are due on a day ask for, each with its rule.
pub fn asked_on<'p>(
    policy: &'p Policy,
    day: NaiveDate,
    calendars: &'p [Calendar],
) -> impl Iterator<Item = (&'p str, &'p Action)> {
    let due = policy.regular().filter(move |(_, one)| is_due(one.moment, day, calendars));
    due.flat_map(|(row, regular)| regular.does.iter().map(|action| (row.rule.as_str(), action)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Answers, example_calendars, parse};

    fn policy() -> Policy {
        let text = r#"
            [roles]
            "Head" = "school_lead"
            "Form tutor" = "teacher"

            [[response]]
            rule = "X-1"
            every = "week"
            do = [{ give = "sticker", to = "the pupil" }, { task = "praise", by = "Form tutor" }]

            [[response]]
            rule = "X-1"
            every = "day"
            do = [{ task = "praise", by = "Form tutor" }]

            [[response]]
            rule = "X-2"
            every = "entry into the band"
            do = [{ talk = "welcome" }]
        "#;
        parse(text, Answers::Examples).0
    }

    #[test]
    fn the_same_is_asked_again_when_a_row_of_its_rule_is_due_next() {
        let (policy, calendars) = (policy(), example_calendars());
        let rows: Vec<_> = policy.regular().collect();
        let again = |rule: &str, action: &Action, day: &str| {
            asked_again(&policy, (rule, action), day.parse().unwrap(), &calendars)
                .map(|day| day.to_string())
        };
        let (sticker, praise, welcome) =
            (&rows[0].1.does[0], &rows[0].1.does[1], &rows[2].1.does[0]);
        // Over the half-term holiday; daily as well as weekly; and only on entry.
        assert_eq!(again("X-1", sticker, "2025-10-24").as_deref(), Some("2025-11-07"));
        assert_eq!(again("X-1", praise, "2025-10-24").as_deref(), Some("2025-11-03"));
        assert_eq!(again("X-2", welcome, "2025-10-24"), None);
        let on = |day: &str| asked_on(&policy, day.parse().unwrap(), &calendars).count();
        assert_eq!((on("2025-10-24"), on("2025-10-23"), on("2025-10-25")), (3, 1, 0));
    }

    #[test]
    fn what_a_row_gives_to_nobody_is_done_by_whoever_leads() {
        let policy = policy();
        let rows: Vec<_> = policy.regular().collect();
        let (sticker, praise) = (&rows[0].1.does[0], &rows[0].1.does[1]);
        assert_eq!(policy.by_somebody(sticker).to_string(), "give: sticker, to the pupil, by Head");
        assert_eq!(policy.by_somebody(praise), *praise);
        assert_eq!(policy.role_of(praise), Some("teacher"));
        assert_eq!(policy.role_of(sticker), None);
        let nobody = parse("", Answers::Examples).0;
        assert_eq!(nobody.lead(), "Attendance Lead");
    }
}

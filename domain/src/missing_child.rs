//! A missing child: who is rung, told and sent, and by when, until a responsible adult has accounted for the child.
//!
//! It holds under every policy; what a policy wants comes on top. The times are a school's settings. A voicemail, a text,
//! and a visit at which nobody was seen end nothing: the steps go on, in the afternoon and on each further day, and the
//! safeguarding lead decides. Whom an order bars is never among the people to ring.
//!
//! The defaults are ours, for no national clock exists; *Keeping children safe in education* asks for more than one
//! emergency contact, and councils for a visit the same morning where a child is at risk.

use chrono::NaiveTime;

use crate::policy::Priority;
use crate::words;

/// Everybody is visited on this school day of an absence at the latest.
pub const VISITED_AT_THE_LATEST: u32 = 3;

/// By when a school does what about a child whom nobody has accounted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactTimes {
    /// Every number of every contact was rung, and a text was sent.
    pub call_by: NaiveTime,
    /// The safeguarding lead has decided, where nobody was reached.
    pub decide_by: NaiveTime,
    /// A child at risk was visited.
    pub visit_by: NaiveTime,
    /// Everybody was rung again.
    pub again_by: NaiveTime,
    /// On which school day of an absence everybody else is visited.
    pub visit_on_day: u32,
}

/// A time of day, on the minute.
fn at(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN)
}

impl Default for ContactTimes {
    fn default() -> Self {
        Self {
            call_by: at(9, 30),
            decide_by: at(10, 30),
            visit_by: at(12, 0),
            again_by: at(14, 0),
            visit_on_day: VISITED_AT_THE_LATEST,
        }
    }
}

impl ContactTimes {
    /// What is wrong with them: the member and what was expected.
    pub fn wrong(&self) -> Vec<(&'static str, &'static str)> {
        let mut wrong = Vec::new();
        if self.call_by > self.decide_by {
            wrong.push(("decide_by", "a time that is not before `call_by`"));
        }
        if self.decide_by > self.visit_by {
            wrong.push(("visit_by", "a time that is not before `decide_by`"));
        }
        if self.visit_by > at(12, 0) {
            wrong.push((
                "visit_by",
                "12:00:00 or earlier: a child at risk is visited the same morning",
            ));
        }
        if self.again_by <= at(12, 0) {
            wrong.push(("again_by", "a time in the afternoon"));
        }
        if !(1..=VISITED_AT_THE_LATEST).contains(&self.visit_on_day) {
            wrong.push((
                "visit_on_day",
                "1, 2 or 3: everybody is visited on the third day at the latest",
            ));
        }
        wrong
    }
}

words! {
    /// What is done to find a missing child, in this order.
    SearchStep {
        Call = "call": "a number is rung",
        Text = "text": "a text goes to everybody who is rung",
        AskSchool = "ask_school": "the school of a brother or sister is asked",
        TellSocialWorker = "tell_social_worker": "the child's social worker is told",
        Decide = "decide": "the safeguarding lead decides what is done",
        Visit = "visit": "somebody goes to the home",
        AfterVisit = "after_visit": "a visit saw nobody: the safeguarding lead decides, and a welfare check by the police is proposed",
    }
}

impl SearchStep {
    /// Whether the safeguarding lead does it.
    pub const fn is_the_leads(self) -> bool {
        matches!(self, Self::Decide | Self::AfterVisit)
    }
}

words! {
    /// What the safeguarding lead decides about a child whom nobody has accounted for.
    SearchDecision {
        Visit = "visit": "somebody goes to the home now",
        PoliceWelfareCheck = "police_welfare_check": "the police are asked to look after the child's welfare at the home",
        SocialCare = "social_care": "children's social care is told",
        KeepCalling = "keep_calling": "the school goes on ringing, and visits on the day on which it is due",
    }
}

/// Somebody who may be rung, in the order in which they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactPerson {
    /// Who, by the caller's number.
    pub id: i64,
    /// Whether they are a parent, or stand in for one.
    pub is_parent: bool,
    /// Their telephone numbers, in the order in which they are tried.
    pub numbers: Vec<String>,
    /// Whether one of them takes texts.
    pub takes_texts: bool,
}

words! {
    /// How somebody was tried, as far as it matters here.
    TryKind {
        Call = "call": "by telephone, or in person",
        Text = "text": "by a text, an e-mail or another message",
        Visit = "visit": "at home",
    }
}

/// An attempt of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactTry {
    /// When, by the school's clock.
    pub at: NaiveTime,
    /// How.
    pub kind: TryKind,
    /// Whom of those who may be rung.
    pub whom: Option<i64>,
    /// Which number; none said is the first that was not tried yet.
    pub number: Option<String>,
    /// The school of a brother or sister, or the social worker, was told.
    pub told: Option<SearchStep>,
    /// Somebody answered, or was met.
    pub reached: bool,
}

/// A child whom nobody has accounted for, on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MissingChild {
    /// Which school day of the absence it is, from 1.
    pub day: u32,
    /// Why the child is looked for before others.
    pub priorities: Vec<Priority>,
    /// When a register said that a child who was seen in the morning is gone.
    pub gone_at: Option<NaiveTime>,
    /// Who may be rung, in the school's order.
    pub people: Vec<ContactPerson>,
    /// Whether there is somebody whom nobody rings without asking the safeguarding lead.
    pub somebody_is_barred: bool,
    /// How many other schools have a brother or sister.
    pub schools_to_ask: usize,
    /// The day on which the policy has the home visited, where it names one.
    pub policy_visits_on: Option<u32>,
    /// The attempts of the day, in order.
    pub tries: Vec<ContactTry>,
    /// What the safeguarding lead decided today, and when, in order.
    pub decided: Vec<(NaiveTime, SearchDecision)>,
    /// The school's clock.
    pub now: NaiveTime,
}

/// Something to be done to find the child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searching {
    /// What.
    pub step: SearchStep,
    /// Whom to ring.
    pub whom: Option<i64>,
    /// Which number.
    pub number: Option<String>,
    /// By what time of the school's clock; without one, in the course of the day.
    pub due: Option<NaiveTime>,
    /// Whether it is done.
    pub done: bool,
    /// Why, in plain English.
    pub because: Vec<String>,
}

/// What is done to find a child, in order, with what is done already. The caller asks only while no responsible adult has
/// accounted for the child.
pub fn steps(child: &MissingChild, times: &ContactTimes) -> Vec<Searching> {
    Searched { child, times }.steps()
}

/// The people in the order in which they are rung: parents first, then those who are none.
fn in_order(people: &[ContactPerson]) -> Vec<&ContactPerson> {
    let (parents, others): (Vec<_>, Vec<_>) = people.iter().partition(|one| one.is_parent);
    parents.into_iter().chain(others).collect()
}

struct Searched<'a> {
    child: &'a MissingChild,
    times: &'a ContactTimes,
}

impl Searched<'_> {
    fn steps(&self) -> Vec<Searching> {
        let calls = self.calls();
        let all_in_vain = calls.iter().all(|call| call.done);
        let mut steps = calls;
        steps.extend(self.text());
        steps.extend(self.ask_schools());
        steps.extend(self.tell_social_worker());
        steps.extend(self.decide(all_in_vain));
        steps.extend(self.visit());
        steps
    }

    fn is_urgent(&self) -> bool {
        self.child.priorities.iter().any(|why| why.is_urgent())
    }

    /// Why the child is looked for at once.
    fn urgency(&self) -> Vec<String> {
        let urgent = self.child.priorities.iter().filter(|why| why.is_urgent());
        urgent.map(|why| crate::Word::meaning(*why).to_owned()).collect()
    }

    /// The attempts of this half of the day: in the afternoon everybody is rung again, and whoever was here in the morning
    /// is rung for the first time.
    fn of_this_round(&self, one: &ContactTry) -> bool {
        let noon = at(12, 0);
        self.child.now < noon || one.at >= noon
    }

    /// Every number of everybody, in order.
    fn calls(&self) -> Vec<Searching> {
        let mut calls = Vec::new();
        for person in in_order(&self.child.people) {
            let today = self.tried(person, |_| true);
            let this_round = self.tried(person, |one| self.of_this_round(one));
            for (number, (before, done)) in
                person.numbers.iter().zip(today.into_iter().zip(this_round))
            {
                calls.push(Searching {
                    step: SearchStep::Call,
                    whom: Some(person.id),
                    number: Some(number.clone()),
                    due: Some(self.call_by(before)),
                    done,
                    because: Vec::new(),
                });
            }
        }
        calls
    }

    /// Of each number of somebody whether it was rung in one of these attempts.
    fn tried(&self, person: &ContactPerson, counts: impl Fn(&ContactTry) -> bool) -> Vec<bool> {
        let mut tried = vec![false; person.numbers.len()];
        let calls = self.child.tries.iter().filter(|one| one.kind == TryKind::Call);
        for call in calls.filter(|one| one.whom == Some(person.id) && counts(one)) {
            let said = call.number.as_ref();
            let at = match said.and_then(|said| person.numbers.iter().position(|one| one == said)) {
                Some(at) => Some(at),
                None => tried.iter().position(|done| !done),
            };
            if let Some(done) = at.and_then(|at| tried.get_mut(at)) {
                *done = true;
            }
        }
        tried
    }

    /// By when somebody is rung: for the first time today, or again.
    fn call_by(&self, tried_before: bool) -> NaiveTime {
        match self.child.gone_at {
            Some(at) => at,
            None if tried_before && self.child.now >= at(12, 0) => self.times.again_by,
            None => self.times.call_by,
        }
    }

    fn text(&self) -> Option<Searching> {
        let texts = |one: &&ContactTry| one.kind == TryKind::Text && one.whom.is_some();
        let today = self.child.tries.iter().any(|one| texts(&one));
        let done = self.child.tries.iter().any(|one| texts(&one) && self.of_this_round(one));
        let anybody = self.child.people.iter().any(|one| one.takes_texts);
        anybody.then(|| self.step(SearchStep::Text, Some(self.call_by(today)), done))
    }

    fn ask_schools(&self) -> Option<Searching> {
        let done = self.told(SearchStep::AskSchool);
        (self.child.schools_to_ask > 0)
            .then(|| self.step(SearchStep::AskSchool, Some(self.call_by(done)), done))
    }

    fn tell_social_worker(&self) -> Option<Searching> {
        let has_one = self.child.priorities.iter().any(|why| why.has_social_worker());
        let done = self.told(SearchStep::TellSocialWorker);
        has_one.then(|| Searching {
            because: self.urgency(),
            ..self.step(SearchStep::TellSocialWorker, None, done)
        })
    }

    fn told(&self, whom: SearchStep) -> bool {
        self.child.tries.iter().any(|one| one.told == Some(whom))
    }

    /// The safeguarding lead decides: at once about a child at risk and where nobody is left to ring, and otherwise when
    /// everybody was rung in vain or the time has come.
    fn decide(&self, all_in_vain: bool) -> Option<Searching> {
        let nobody = self.child.people.iter().all(|one| one.numbers.is_empty());
        let late = self.child.now >= self.times.decide_by;
        let at_once = self.is_urgent() || nobody;
        if !(at_once || late || all_in_vain) {
            return None;
        }
        let mut because = self.urgency();
        because.extend(match (nobody, self.child.somebody_is_barred) {
            (true, true) => Some("only people are left whom nobody rings without asking the safeguarding lead"),
            (true, false) => Some("nobody who can be rung is on record"),
            (false, true) if all_in_vain => {
                Some("everybody else was rung in vain: only people are left whom nobody rings without asking")
            }
            (false, _) if all_in_vain => Some("every number was rung, and nobody has accounted for the child"),
            (false, _) if late => Some("nobody has accounted for the child by the time that the school has set"),
            (false, _) => None,
        }.map(str::to_owned));
        let due = match self.child.gone_at {
            Some(at) => at,
            None if at_once => self.times.call_by,
            None => self.times.decide_by,
        };
        let done = !self.child.decided.is_empty();
        Some(Searching { because, ..self.step(SearchStep::Decide, Some(due), done) })
    }

    /// Somebody goes to the home. A visit at which nobody was seen is no visit: what follows is for the safeguarding lead.
    fn visit(&self) -> Option<Searching> {
        let day = self.child.policy_visits_on.unwrap_or(VISITED_AT_THE_LATEST);
        let day = day.min(self.times.visit_on_day).min(VISITED_AT_THE_LATEST);
        let sent = self.child.decided.iter().any(|(_, what)| *what == SearchDecision::Visit);
        let visits = self.child.tries.iter().filter(|one| one.kind == TryKind::Visit);
        let last = visits.max_by_key(|one| one.at);
        if let Some(visit) = last {
            let decided = self.child.decided.iter().any(|(at, _)| *at >= visit.at);
            let saw = if visit.reached {
                "met nobody who could account for the child"
            } else {
                "could not get in"
            };
            let because = vec![format!("a visit at {} {saw}", visit.at.format("%H:%M"))];
            let step = self.step(SearchStep::AfterVisit, Some(visit.at), decided);
            return Some(Searching { because, ..step });
        }
        let urgent = self.is_urgent();
        if !urgent && !sent && self.child.day < day {
            return None;
        }
        let mut because = self.urgency();
        if sent {
            because.push("the safeguarding lead has decided so".to_owned());
        }
        if self.child.day >= day {
            because.push(format!("it is day {} of the absence", self.child.day));
        }
        let morning = if urgent { Some(self.times.visit_by) } else { None };
        let due = self.child.gone_at.or(morning);
        Some(Searching { because, ..self.step(SearchStep::Visit, due, false) })
    }

    fn step(&self, step: SearchStep, due: Option<NaiveTime>, done: bool) -> Searching {
        Searching { step, whom: None, number: None, due, done, because: Vec::new() }
    }
}

#[cfg(test)]
mod tests;

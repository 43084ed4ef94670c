//! The closed vocabulary of policies: every word one may use, with its meaning.
//!
//! A word that is not listed here is refused together with the list of those that are. The
//! meanings are what `policies/README.md` teaches; a test holds the two together.

use crate::words;

words! {
    /// The kinds of row a policy is made of.
    Kind {
        Band = "band": "a range of attendance rates with a name",
        Daily = "daily": "what is done on a day of absence",
        Review = "review": "a moment at which pupils are listed, and perhaps cases decided",
        Response = "response": "what is regularly done for pupils in a band",
        Step = "step": "what happens to a case at a stage on an outcome",
        Reward = "reward": "what is given for good attendance",
        Draw = "draw": "a prize draw and who enters it",
        Always = "always": "a promise that the product keeps for this policy",
    }
}

words! {
    /// What the engine itself keeps of a promise.
    Keeps {
        Mitigation = "mitigation": "while mitigation is accepted, a letter waits for a person's decision",
        Record = "record": "each step of a case is recorded: the day, the rule, the person, and all that was decided",
    }
}

words! {
    /// What is to be done.
    Do as "ActionKind" {
        Letter = "letter": "a letter from the policy's folder; it waits for a person's decision",
        Message = "message": "a text, e-mail or message",
        Call = "call": "a telephone call",
        Talk = "talk": "a conversation",
        Visit = "visit": "a visit to the home",
        Meeting = "meeting": "a meeting to be dated and held",
        Plan = "plan": "an agreed plan, written down",
        Target = "target": "an attendance rate to be reached over a number of school weeks",
        Flag = "flag": "words that stand on the pupil until the case ends",
        Record = "record": "something to be written down and kept",
        Report = "report": "a list or paper that the product prepares",
        Refer = "refer": "a referral, with the evidence pack",
        Give = "give": "something given: a certificate, a ticket, a trophy",
        Task = "task": "anything else that somebody does",
    }
}

words! {
    /// How often.
    Every {
        Day = "day": "every school day",
        Week = "week": "every school week",
        Fortnight = "fortnight": "every second school week",
        FourWeeks = "4 weeks": "every fourth school week",
        HalfTerm = "half term": "every half term, six in an ordinary year",
        HalfTermHoliday = "half-term holiday": "only the half terms that end in a half-term holiday",
        Term = "term": "every term",
        Year = "year": "once, at the end of the school year",
        Entry = "entry into the band": "the first school day on which the pupil is in the band",
    }
}

words! {
    /// Which day of the week, half term or term.
    On {
        Monday = "Monday": "that day of its last school week",
        Tuesday = "Tuesday": "that day of its last school week",
        Wednesday = "Wednesday": "that day of its last school week",
        Thursday = "Thursday": "that day of its last school week",
        Friday = "Friday": "that day of its last school week",
        LastDay = "last day": "its last school day",
        NextTerm = "first full week of the next": "the Monday of the first full school week after it",
    }
}

words! {
    /// Over which days a rate is taken.
    Over as "RateWindow" {
        Week = "week": "the school week",
        Fortnight = "fortnight": "two school weeks, counted from the first of the year",
        HalfTerm = "half term": "the half term",
        Term = "term": "the term",
        Year = "year to date": "the school year so far",
    }
}

words! {
    /// For whom a regular row is done.
    For {
        EachPupil = "each pupil": "every pupil the row fits",
        Teachers = "teachers of listed pupils": "every teacher who has a pupil on the list",
        Silent = "teachers who have not answered": "exactly those whose feedback is missing",
        Families = "each family": "once for each family all of whose children at the school the row fits",
        School = "the school": "once, for the school as a whole",
        BestClass = "the best class": "the class with the highest attendance; ties share",
    }
}

words! {
    /// What has become of a pupil's attendance, in responses and rewards.
    Trend {
        Any = "in the band": "being in the band is enough",
        Entered = "entered the band": "the pupil was in another band before",
        MovedUp = "moved up": "the pupil was in a lower band before",
        Improved = "improved": "attendance is better than before; equal is not improved",
        NotImproved = "not improved": "attendance is not better than before",
        Declined = "declined": "the last 4 school weeks are below the 4 before",
        AtRisk = "at risk": "a few more missed sessions would leave the band",
    }
}

words! {
    /// What is counted beside attendance.
    Count {
        Late = "late": "sessions for which the pupil came late",
        Unauthorised = "unauthorised": "sessions of unauthorised absence",
        Leave = "leave": "days of leave in term time that nobody allowed",
    }
}

words! {
    /// What happens on a day of absence.
    Absence {
        Reported = "absence reported": "a parent has told the school",
        Unexplained = "no reason known": "nobody has told the school",
        Unanswered = "call not answered": "the school called and reached nobody",
        Again = "absent again": "a second or later day of the same absence",
        NoContact = "second day without contact": "the second day absent, and nobody reached",
        FromNoContact = "from the second day without contact": "the second and every later day absent, and nobody reached",
        Unreached = "without contact": "nobody has been reached since the absence began",
        Protected = "protected pupil absent": "a child in care, with a child protection plan or with special needs",
    }
}

words! {
    /// What a stage of a case waits for.
    Waits {
        Review = "review": "the next review, which compares attendance with the last decision",
        Target = "target": "the last day of a target",
        Meeting = "meeting": "a record of who came to a meeting",
        Answer = "answer": "an answer that a named role records",
    }
}

words! {
    /// The outcomes that have a fixed meaning.
    Outcome {
        Listed = "listed": "at the start: a pupil without a case is found in the band",
        Again = "listed again": "at the start: a pupil whose case ended in the same term is found in the band",
        Improved = "improved": "attendance has improved, in the sense the policy gives the word",
        Better = "better but below": "better than before, yet not at the rate; only where `improved` is \"reaches the target\"",
        NotImproved = "not improved": "attendance is not better",
        MovedUp = "moved up": "the pupil is in a higher band than at the last decision",
        Achieved = "achieved": "the target was reached",
        NotAchieved = "not achieved": "the target was not reached",
        NoFigure = "no figure": "there was no possible session to count",
        Attended = "attended": "the parents came to the meeting",
        NotAttended = "not attended": "the parents did not come",
        Refused = "refused": "the parents will not take part",
        LeftRoll = "left the roll": "the pupil is no longer at the school",
        NewYear = "a new school year": "the pupil comes back in September",
        Otherwise = "a person decides otherwise": "a named person decides, with a reason",
    }
}

words! {
    /// What "improved" means.
    Improvement {
        SinceDecision = "since the last decision": "the rate since the last decision against the rate to date at that decision",
        SinceLetter = "since the letter": "the rate since the last letter against the rate to date at that letter",
        Period = "period against period": "the rate of this period against that of the period before",
        Reaches = "reaches the target": "the rate is at least the one named by `improved_rate`",
        Gain = "gain": "the rate has risen by at least the points named by `improved_rate`",
    }
}

//! The permissions, as types. `domain/roles.toml` says what each is for and which roles hold it.

/// A permission that a handler can ask for in the type of its argument.
pub trait Permission: 'static {
    /// Its name in `roles.toml`, in the OpenAPI document and in a 403.
    const NAME: &'static str;
}

macro_rules! permissions {
    ($($type:ident = $name:literal,)*) => {
        $(
            #[doc = concat!("`", $name, "`: see `domain/roles.toml`.")]
            #[derive(Debug)]
            pub struct $type;
            impl Permission for $type { const NAME: &'static str = $name; }
        )*

        /// Every permission that a handler can ask for.
        pub const ALL: &[&str] = &[$($name,)*];
    };
}

permissions! {
    ReadMe = "me:read",
    ReadClient = "client:read",
    WriteClient = "client:write",
    CreateTrust = "trust:create",
    ReadTrust = "trust:read",
    ReadSchool = "school:read",
    WriteSchool = "school:write",
    ReadCalendar = "calendar:read",
    WriteCalendar = "calendar:write",
    WriteLetterhead = "letterhead:write",
    ReadClass = "class:read",
    WriteClass = "class:write",
    ReadPupil = "pupil:read",
    WritePupil = "pupil:write",
    ReadEnrolment = "enrolment:read",
    WriteEnrolment = "enrolment:write",
    ReadParent = "parent:read",
    WriteParent = "parent:write",
    ReadContact = "contact:read",
    RecordContact = "contact:record",
    DecideSearch = "contact:decide",
    DecideLeave = "leave:decide",
    ReadSafeguarding = "safeguarding:read",
    WriteSafeguarding = "safeguarding:write",
    LiftSafeguarding = "safeguarding:lift",
    ReadStaff = "staff:read",
    WriteStaff = "staff:write",
    ReadRegister = "register:read",
    TakeRegister = "register:take",
    ReadMark = "mark:read",
    AmendMark = "mark:amend",
    ReadEarlierMark = "mark:earlier",
    ReadImport = "import:read",
    RunImport = "import:run",
    ReadJob = "job:read",
    ReadPolicy = "policy:read",
    WritePolicy = "policy:write",
    AssignPolicy = "policy:assign",
    OpenReview = "review:open",
    GiveFeedback = "review:feedback",
    ReadCase = "case:read",
    RecordCase = "case:record",
    RecordAction = "action:record",
    DecideCase = "case:decide",
    ReadSchedule = "schedule:read",
    ReadRun = "run:read",
    RetryRun = "run:retry",
    MoveClock = "clock:write",
    ReadReward = "reward:read",
    GiveReward = "reward:give",
    AdjustReward = "reward:adjust",
    WeighReward = "reward:weigh",
    HoldDraw = "draw:hold",
    ReadReport = "report:read",
    ReadAnalytics = "analytics:read",
}

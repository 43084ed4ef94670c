//! The tables of the database as diesel sees them. A test compares this file with the catalogue of the migrated database.
//!
//! A crate of its own, because diesel makes some tens of thousands of implementations of it, which the compiler would
//! otherwise go through again after each edit of the API.
#![expect(missing_docs, reason = "the columns are described in migrations/")]

mod of_trust;

pub use of_trust::OfTrust;

diesel::table! {
    trust (trust_id) {
        trust_id -> Int4,
        name -> Text,
        created_at -> Timestamptz,
        created_by -> Text,
        sandbox -> Bool,
    }
}

diesel::table! {
    trust_clock (trust_id, ahead) {
        trust_id -> Int4,
        ahead -> Int8,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    school (trust_id, school_id) {
        trust_id -> Int4,
        school_id -> Int4,
        urn -> Text,
        name -> Text,
        phase -> Text,
        created_at -> Timestamptz,
        created_by -> Text,
        time_zone -> Text,
    }
}

diesel::table! {
    former_urn (trust_id, school_id, recorded_at) {
        trust_id -> Int4,
        school_id -> Int4,
        recorded_at -> Timestamptz,
        old_urn -> Text,
        new_urn -> Text,
        changed_on -> Nullable<Date>,
        recorded_by -> Text,
    }
}

diesel::table! {
    school_version (trust_id, school_id, year) {
        trust_id -> Int4,
        school_id -> Int4,
        year -> Int2,
        version -> Int8,
        at -> Timestamptz,
    }
}

diesel::table! {
    school_calendar (trust_id, school_id, year, version) {
        trust_id -> Int4,
        school_id -> Int4,
        year -> Int2,
        version -> Int8,
        body -> Jsonb,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    school_letterhead (trust_id, school_id, version) {
        trust_id -> Int4,
        school_id -> Int4,
        version -> Int4,
        body -> Jsonb,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    unplanned_closure (trust_id, school_id, closure_id) {
        trust_id -> Int4,
        school_id -> Int4,
        closure_id -> Int4,
        year -> Int2,
        version -> Int8,
        from_day -> Date,
        to_day -> Date,
        session -> Nullable<Int2>,
        year_groups -> Nullable<Array<Int2>>,
        code -> Text,
        reason -> Text,
        marks -> Int4,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    idempotency (trust_id, client, operation, key) {
        trust_id -> Int4,
        client -> Text,
        operation -> Text,
        key -> Text,
        body_hash -> Bytea,
        status -> Int2,
        location -> Nullable<Text>,
        body -> Jsonb,
        recorded_at -> Timestamptz,
        school_ids -> Array<Int4>,
    }
}

diesel::table! {
    code_period (number, first_day) {
        number -> Int2,
        code -> Text,
        first_day -> Date,
        last_day -> Date,
        category -> Text,
        possible -> Bool,
        absent -> Bool,
        authorised -> Bool,
        unauthorised -> Bool,
        late -> Bool,
        approved -> Bool,
        withdrawn -> Bool,
    }
}

diesel::table! {
    pupil (trust_id, pupil_id) {
        trust_id -> Int4,
        pupil_id -> Int4,
        upn -> Text,
        surname -> Text,
        forename -> Text,
        name_key -> Text,
        given_key -> Text,
        birth_date -> Date,
        sex -> Nullable<Text>,
        school_ids -> Array<Int4>,
        created_at -> Timestamptz,
        created_by -> Text,
        merged_into -> Nullable<Int4>,
        kept_by -> Array<Int4>,
        known_to -> Array<Int4>,
    }
}

diesel::table! {
    pupil_copy (trust_id, pupil_id, recorded_at) {
        trust_id -> Int4,
        pupil_id -> Int4,
        recorded_at -> Timestamptz,
        school_ids -> Array<Int4>,
        known_to -> Array<Int4>,
        upn -> Text,
        surname -> Text,
        forename -> Text,
        name_key -> Text,
        given_key -> Text,
        birth_date -> Date,
        sex -> Nullable<Text>,
        merged_into -> Nullable<Int4>,
    }
}

diesel::table! {
    class (trust_id, class_id) {
        trust_id -> Int4,
        school_id -> Int4,
        class_id -> Int4,
        year -> Int2,
        name -> Text,
        created_at -> Timestamptz,
        created_by -> Text,
    }
}

diesel::table! {
    enrolment (trust_id, enrolment_id) {
        trust_id -> Int4,
        school_id -> Int4,
        enrolment_id -> Int4,
        pupil_id -> Int4,
        created_at -> Timestamptz,
        created_by -> Text,
    }
}

diesel::table! {
    enrolment_days (trust_id, school_id, enrolment_id, recorded_at) {
        trust_id -> Int4,
        school_id -> Int4,
        enrolment_id -> Int4,
        first_day -> Date,
        last_day -> Nullable<Date>,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    placement (trust_id, school_id, enrolment_id, from_day, recorded_at) {
        trust_id -> Int4,
        school_id -> Int4,
        enrolment_id -> Int4,
        from_day -> Date,
        class_id -> Int4,
        year_group -> Int2,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    characteristic (trust_id, school_id, enrolment_id, kind, from_day, recorded_at) {
        trust_id -> Int4,
        school_id -> Int4,
        enrolment_id -> Int4,
        kind -> Text,
        from_day -> Date,
        value -> Nullable<Text>,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    pupil_change (trust_id, pupil_id, recorded_at, field) {
        trust_id -> Int4,
        pupil_id -> Int4,
        recorded_at -> Timestamptz,
        field -> Text,
        old -> Nullable<Text>,
        new -> Nullable<Text>,
        reason -> Text,
        recorded_by -> Text,
        school_ids -> Array<Int4>,
    }
}

diesel::table! {
    enrolment_pupil (trust_id, school_id, enrolment_id, recorded_at) {
        trust_id -> Int4,
        school_id -> Int4,
        enrolment_id -> Int4,
        recorded_at -> Timestamptz,
        old_pupil_id -> Int4,
        new_pupil_id -> Int4,
        reason -> Text,
        recorded_by -> Text,
    }
}

diesel::table! {
    parent (trust_id, parent_id) {
        trust_id -> Int4,
        parent_id -> Int4,
        title -> Nullable<Text>,
        forename -> Nullable<Text>,
        surname -> Text,
        name_key -> Text,
        language -> Text,
        interpreter -> Bool,
        contacts -> Jsonb,
        school_ids -> Array<Int4>,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
        kept_by -> Array<Int4>,
    }
}

diesel::table! {
    parent_change (trust_id, parent_id, recorded_at) {
        trust_id -> Int4,
        parent_id -> Int4,
        recorded_at -> Timestamptz,
        old -> Jsonb,
        recorded_by -> Text,
        job_id -> Nullable<Int8>,
        school_ids -> Array<Int4>,
        since -> Nullable<Timestamptz>,
        name_key -> Nullable<Text>,
    }
}

diesel::table! {
    pupil_parent (trust_id, pupil_id, parent_id, recorded_at) {
        trust_id -> Int4,
        pupil_id -> Int4,
        parent_id -> Int4,
        relationship -> Text,
        priority -> Int2,
        responsibility -> Bool,
        lives_with -> Bool,
        last_day -> Nullable<Date>,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
        taken_back -> Bool,
        job_id -> Nullable<Int8>,
        school_ids -> Array<Int4>,
    }
}

diesel::table! {
    parent_safeguard (trust_id, pupil_id, parent_id, recorded_at) {
        trust_id -> Int4,
        pupil_id -> Int4,
        parent_id -> Int4,
        court_order -> Nullable<Text>,
        court_order_from -> Nullable<Date>,
        court_order_to -> Nullable<Date>,
        no_contact -> Nullable<Text>,
        no_contact_from -> Nullable<Date>,
        no_contact_to -> Nullable<Date>,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
        job_id -> Nullable<Int8>,
        school_ids -> Array<Int4>,
        reason -> Nullable<Text>,
        court_order_effects -> Array<Text>,
        letters_in_care -> Nullable<Bool>,
    }
}

diesel::table! {
    staff (trust_id, staff_id) {
        trust_id -> Int4,
        staff_id -> Int4,
        name -> Text,
        email -> Nullable<Text>,
        subject -> Nullable<Text>,
        school_ids -> Array<Int4>,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    staff_change (trust_id, staff_id, recorded_at) {
        trust_id -> Int4,
        staff_id -> Int4,
        recorded_at -> Timestamptz,
        old -> Jsonb,
        recorded_by -> Text,
        school_ids -> Array<Int4>,
    }
}

diesel::table! {
    staff_duty (trust_id, school_id, staff_id, duty, from_day, recorded_at) {
        trust_id -> Int4,
        school_id -> Int4,
        staff_id -> Int4,
        duty -> Text,
        from_day -> Date,
        to_day -> Nullable<Date>,
        role -> Nullable<Text>,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    order_release (trust_id, pupil_id, to_school, released_at) {
        trust_id -> Int4,
        pupil_id -> Int4,
        to_school -> Int4,
        released_at -> Timestamptz,
        released_by -> Text,
        school_ids -> Array<Int4>,
    }
}

diesel::table! {
    joining_draft (trust_id, school_id, pupil_id, recorded_at) {
        trust_id -> Int4,
        school_id -> Int4,
        pupil_id -> Int4,
        draft -> Jsonb,
        live -> Bool,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    leaver_destination (trust_id, school_id, enrolment_id, recorded_at) {
        trust_id -> Int4,
        school_id -> Int4,
        enrolment_id -> Int4,
        destination -> Text,
        place -> Nullable<Text>,
        says -> Text,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

// A view: pupils as whoever asks knows them.
diesel::table! {
    pupil_known (trust_id, pupil_id) {
        trust_id -> Int4,
        pupil_id -> Int4,
        upn -> Text,
        surname -> Text,
        forename -> Text,
        name_key -> Text,
        given_key -> Text,
        birth_date -> Date,
        sex -> Nullable<Text>,
        merged_into -> Nullable<Int4>,
        known_to -> Array<Int4>,
    }
}

// Views: the latest record of the two append-only tables above.
diesel::table! {
    enrolment_now (trust_id, enrolment_id) {
        trust_id -> Int4,
        school_id -> Int4,
        enrolment_id -> Int4,
        pupil_id -> Int4,
        first_day -> Date,
        last_day -> Nullable<Date>,
    }
}

diesel::table! {
    placement_now (trust_id, enrolment_id, from_day) {
        trust_id -> Int4,
        school_id -> Int4,
        enrolment_id -> Int4,
        from_day -> Date,
        class_id -> Int4,
        year_group -> Int2,
    }
}

diesel::table! {
    register_year (trust_id, year, school_id, enrolment_id) {
        trust_id -> Int4,
        year -> Int2,
        school_id -> Int4,
        enrolment_id -> Int4,
        version -> Int8,
        marks -> Bytea,
    }
}

diesel::table! {
    class_year (trust_id, year, school_id, class_id) {
        trust_id -> Int4,
        year -> Int2,
        school_id -> Int4,
        class_id -> Int4,
        version -> Int8,
        taken -> Bytea,
    }
}

diesel::table! {
    class_year_change (trust_id, year, school_id, class_id, recorded_at) {
        trust_id -> Int4,
        year -> Int2,
        school_id -> Int4,
        class_id -> Int4,
        recorded_at -> Timestamptz,
        old -> Bytea,
    }
}

diesel::table! {
    register_session (trust_id, class_id, date, session) {
        trust_id -> Int4,
        school_id -> Int4,
        class_id -> Int4,
        date -> Date,
        session -> Int2,
        opened_at -> Timestamptz,
        opened_by -> Text,
        taken_at -> Timestamptz,
        taken_by -> Text,
        closed_at -> Nullable<Timestamptz>,
        closed_by -> Nullable<Text>,
        version -> Int8,
    }
}

diesel::table! {
    mark_event (trust_id, school_id, year, version, part) {
        trust_id -> Int4,
        school_id -> Int4,
        year -> Int2,
        version -> Int8,
        part -> Int4,
        source -> Text,
        enrolment_ids -> Array<Int4>,
        first_half_day -> Int2,
        half_days -> Int2,
        old -> Bytea,
        new -> Bytea,
        reason -> Nullable<Text>,
        job_id -> Nullable<Int8>,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
        role -> Text,
    }
}

diesel::table! {
    reported_absence (trust_id, report_id) {
        trust_id -> Int4,
        school_id -> Int4,
        report_id -> Int4,
        pupil_id -> Int4,
        first_day -> Date,
        last_day -> Date,
        reason -> Text,
        reported_by -> Text,
        expected_back -> Nullable<Date>,
        reported_at -> Timestamptz,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
        role -> Text,
    }
}

diesel::table! {
    report_withdrawal (trust_id, report_id) {
        trust_id -> Int4,
        school_id -> Int4,
        report_id -> Int4,
        reason -> Text,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    leave_request (trust_id, leave_id) {
        trust_id -> Int4,
        school_id -> Int4,
        leave_id -> Int4,
        pupil_id -> Int4,
        first_day -> Date,
        last_day -> Date,
        reason -> Text,
        requested_by -> Text,
        requested_on -> Date,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    leave_decision (trust_id, leave_id) {
        trust_id -> Int4,
        school_id -> Int4,
        leave_id -> Int4,
        granted -> Bool,
        code -> Nullable<Text>,
        reason -> Nullable<Text>,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
        role -> Text,
    }
}

diesel::table! {
    contact_attempt (trust_id, attempt_id) {
        trust_id -> Int4,
        school_id -> Int4,
        attempt_id -> Int4,
        pupil_id -> Int4,
        day -> Date,
        parent_id -> Nullable<Int4>,
        whom -> Nullable<Text>,
        kind -> Text,
        reached -> Bool,
        says -> Nullable<Text>,
        concern -> Bool,
        no_call_until -> Nullable<Date>,
        made_at -> Timestamptz,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
        role -> Text,
        accounts_for -> Bool,
        number -> Nullable<Text>,
        professional -> Nullable<Text>,
    }
}

diesel::table! {
    message (trust_id, message_id) {
        trust_id -> Int4,
        school_id -> Int4,
        message_id -> Int4,
        review_id -> Nullable<Int4>,
        pupil_id -> Nullable<Int4>,
        rule -> Nullable<Text>,
        kind -> Text,
        to_role -> Nullable<Text>,
        to_class -> Nullable<Text>,
        subject -> Text,
        body -> Text,
        due -> Date,
        state -> Text,
        written_at -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
        sent_how -> Nullable<Text>,
        sent_by -> Nullable<Text>,
    }
}

diesel::table! {
    log_entered (trust_id, school_id, entry, system) {
        trust_id -> Int4,
        school_id -> Int4,
        entry -> Text,
        system -> Text,
        entered_at -> Timestamptz,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    search_decision (trust_id, decision_id) {
        trust_id -> Int4,
        school_id -> Int4,
        decision_id -> Int4,
        pupil_id -> Int4,
        day -> Date,
        decided -> Text,
        says -> Text,
        decided_at -> Timestamptz,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
        role -> Text,
    }
}

diesel::table! {
    policy_version (trust_id, policy, version) {
        trust_id -> Int4,
        policy -> Text,
        version -> Int4,
        name -> Text,
        built_in -> Bool,
        body -> Jsonb,
        sha256 -> Bytea,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    school_contact_times (trust_id, school_id, from_day, recorded_at) {
        trust_id -> Int4,
        school_id -> Int4,
        from_day -> Date,
        call_by -> Time,
        decide_by -> Time,
        visit_by -> Time,
        again_by -> Time,
        visit_on_day -> Int4,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    school_hours (trust_id, school_id, from_day, recorded_at) {
        trust_id -> Int4,
        school_id -> Int4,
        from_day -> Date,
        opens -> Time,
        closes -> Time,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    school_policy (trust_id, school_id, part, from_day, recorded_at) {
        trust_id -> Int4,
        school_id -> Int4,
        part -> Text,
        from_day -> Date,
        policy -> Text,
        version -> Int4,
        answers -> Jsonb,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    review (trust_id, review_id) {
        trust_id -> Int4,
        school_id -> Int4,
        review_id -> Int4,
        day -> Date,
        policy -> Text,
        version -> Int4,
        known_at -> Timestamptz,
        opened_at -> Timestamptz,
        opened_by -> Text,
    }
}

diesel::table! {
    review_item (trust_id, review_id, item) {
        trust_id -> Int4,
        school_id -> Int4,
        review_id -> Int4,
        item -> Int4,
        pupil_id -> Nullable<Int4>,
        rule -> Text,
        proposal -> Jsonb,
        state -> Text,
        reason -> Nullable<Text>,
        decided_at -> Nullable<Timestamptz>,
        decided_by -> Nullable<Text>,
    }
}

diesel::table! {
    feedback (trust_id, review_id, seq) {
        trust_id -> Int4,
        school_id -> Int4,
        review_id -> Int4,
        seq -> Int4,
        pupil_id -> Int4,
        says -> Text,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    second_look (trust_id, job_id, school_id, pupil_id) {
        trust_id -> Int4,
        job_id -> Int8,
        school_id -> Int4,
        pupil_id -> Int4,
        from_day -> Date,
        changed_at -> Timestamptz,
        why -> Text,
        source_job_id -> Nullable<Int8>,
        touched -> Nullable<Jsonb>,
        done_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    case_state (trust_id, case_id) {
        trust_id -> Int4,
        school_id -> Int4,
        case_id -> Int4,
        pupil_id -> Int4,
        policy -> Text,
        version -> Int4,
        answers -> Jsonb,
        stage -> Nullable<Text>,
        since -> Date,
        steps -> Int4,
        seq -> Int4,
        opened_on -> Date,
        target_to -> Nullable<Date>,
        flags -> Array<Text>,
    }
}

diesel::table! {
    case_event (trust_id, case_id, seq) {
        trust_id -> Int4,
        school_id -> Int4,
        case_id -> Int4,
        seq -> Int4,
        body -> Jsonb,
        because -> Array<Text>,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
        role -> Text,
        review_id -> Nullable<Int4>,
        job_id -> Nullable<Int8>,
    }
}

diesel::table! {
    case_record (trust_id, record_id, seq) {
        trust_id -> Int4,
        school_id -> Int4,
        record_id -> Int4,
        seq -> Int4,
        kind -> Text,
        pupil_id -> Int4,
        case_id -> Nullable<Int4>,
        case_step -> Nullable<Int4>,
        action_id -> Nullable<Int4>,
        state -> Text,
        day -> Date,
        says -> Text,
        details -> Jsonb,
        confidential -> Nullable<Jsonb>,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
        role -> Text,
        carried_from -> Nullable<Int4>,
    }
}

diesel::table! {
    penalty_notice (trust_id, notice_id, seq) {
        trust_id -> Int4,
        notice_id -> Int4,
        seq -> Int4,
        pupil_id -> Int4,
        parent_id -> Int4,
        case_id -> Nullable<Int4>,
        asking_school -> Int4,
        state -> Text,
        day -> Date,
        says -> Text,
        details -> Jsonb,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
        role -> Text,
        school_ids -> Array<Int4>,
    }
}

diesel::table! {
    letter (trust_id, letter_id) {
        trust_id -> Int4,
        school_id -> Int4,
        letter_id -> Int4,
        pupil_id -> Int4,
        case_id -> Nullable<Int4>,
        step -> Nullable<Int4>,
        name -> Text,
        rule -> Text,
        state -> Text,
        why -> Nullable<Text>,
        figure -> Jsonb,
        decided_on -> Date,
        decided_by -> Text,
        review_id -> Nullable<Int4>,
        sent_on -> Nullable<Date>,
        sent_by -> Nullable<Text>,
        sent_how -> Nullable<Text>,
        unsupported_at -> Nullable<Timestamptz>,
        job_id -> Nullable<Int8>,
        over -> Nullable<Text>,
        fields -> Jsonb,
        lacks -> Nullable<Jsonb>,
    }
}

diesel::table! {
    letter_decision (trust_id, letter_id, seq) {
        trust_id -> Int4,
        school_id -> Int4,
        letter_id -> Int4,
        seq -> Int4,
        decided -> Text,
        reason -> Text,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    letter_copy (trust_id, letter_id, round, place) {
        trust_id -> Int4,
        school_id -> Int4,
        letter_id -> Int4,
        round -> Int4,
        place -> Int4,
        parent_id -> Nullable<Int4>,
        addressed -> Text,
        subject -> Nullable<Text>,
        body -> Nullable<Text>,
        why_not -> Nullable<Text>,
        recorded_at -> Timestamptz,
        address -> Nullable<Text>,
        language -> Nullable<Text>,
        written_in -> Nullable<Text>,
        dated -> Nullable<Date>,
        letterhead -> Nullable<Int4>,
    }
}

diesel::table! {
    action (trust_id, action_id) {
        trust_id -> Int4,
        school_id -> Int4,
        action_id -> Int4,
        pupil_id -> Nullable<Int4>,
        case_id -> Nullable<Int4>,
        review_id -> Nullable<Int4>,
        rule -> Text,
        kind -> Text,
        says -> Text,
        role -> Nullable<Text>,
        opened_on -> Date,
        due -> Nullable<Date>,
        done_at -> Nullable<Timestamptz>,
        overtaken_at -> Nullable<Timestamptz>,
        staff_id -> Nullable<Int4>,
        class_id -> Nullable<Int4>,
        lapsed_by -> Nullable<Int4>,
    }
}

diesel::table! {
    action_pupil (trust_id, action_id, pupil_id) {
        trust_id -> Int4,
        school_id -> Int4,
        action_id -> Int4,
        pupil_id -> Int4,
        review_id -> Int4,
        done_at -> Nullable<Timestamptz>,
        overtaken_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    action_event (trust_id, action_id, seq) {
        trust_id -> Int4,
        school_id -> Int4,
        action_id -> Int4,
        seq -> Int4,
        what -> Text,
        on_day -> Date,
        staff_id -> Nullable<Int4>,
        role -> Nullable<Text>,
        reason -> Nullable<Text>,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    evidence (trust_id, action_id, seq) {
        trust_id -> Int4,
        school_id -> Int4,
        action_id -> Int4,
        seq -> Int4,
        says -> Text,
        done -> Bool,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
        pupil_id -> Nullable<Int4>,
    }
}

diesel::table! {
    letter_stop (trust_id, pupil_id, recorded_at) {
        trust_id -> Int4,
        pupil_id -> Int4,
        school_ids -> Array<Int4>,
        recorded_at -> Timestamptz,
        stopped -> Bool,
        reason -> Text,
        recorded_by -> Text,
        died -> Bool,
    }
}

diesel::table! {
    mitigation (trust_id, school_id, pupil_id, first_day, recorded_at) {
        trust_id -> Int4,
        school_id -> Int4,
        pupil_id -> Int4,
        first_day -> Date,
        last_day -> Nullable<Date>,
        kind -> Text,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    job_queue (job_id) {
        job_id -> Int8,
        trust_id -> Int4,
        kind -> Text,
        due -> Timestamptz,
        attempt -> Int4,
        lease_until -> Nullable<Timestamptz>,
        fence -> Int8,
        turn -> Timestamptz,
    }
}

diesel::table! {
    job (trust_id, job_id) {
        trust_id -> Int4,
        job_id -> Int8,
        school_id -> Nullable<Int4>,
        kind -> Text,
        state -> Text,
        stage -> Text,
        done -> Int8,
        total -> Int8,
        attempt -> Int4,
        fence -> Int8,
        schools -> Text,
        requested_by -> Text,
        role -> Text,
        requested_at -> Timestamptz,
        started_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
        rests_on -> Nullable<Jsonb>,
    }
}

diesel::table! {
    client (trust_id, client_id) {
        trust_id -> Int4,
        client_id -> Int4,
        school_ids -> Array<Int4>,
        name -> Text,
        purpose -> Text,
        acts -> Text,
        role -> Text,
        audiences -> Array<Text>,
        expires_at -> Timestamptz,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
        revoked_at -> Nullable<Timestamptz>,
        revoked_by -> Nullable<Text>,
        last_used_at -> Nullable<Timestamptz>,
        last_used_from -> Nullable<Text>,
    }
}

diesel::table! {
    client_secret (trust_id, client_id, number) {
        trust_id -> Int4,
        client_id -> Int4,
        number -> Int4,
        school_ids -> Array<Int4>,
        sha256 -> Bytea,
        before_until -> Timestamptz,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    identity_providers (trust_id, version) {
        trust_id -> Int4,
        version -> Int4,
        body -> Jsonb,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    staff_identity (trust_id, issuer, person, recorded_at) {
        trust_id -> Int4,
        issuer -> Text,
        person -> Text,
        recorded_at -> Timestamptz,
        staff_id -> Nullable<Int4>,
        recorded_by -> Text,
    }
}

diesel::table! {
    used_id_token (trust_id, sha256) {
        trust_id -> Int4,
        sha256 -> Bytea,
        until -> Timestamptz,
    }
}

diesel::table! {
    signing_key (number) {
        number -> Int4,
        sealed -> Bytea,
        made_at -> Timestamptz,
    }
}

diesel::table! {
    revocation (revocation_id) {
        revocation_id -> Int8,
        trust_id -> Int4,
        about -> Text,
        until -> Timestamptz,
        xact -> Int8,
    }
}

diesel::table! {
    run (trust_id, run_id) {
        trust_id -> Int4,
        school_id -> Int4,
        run_id -> Int8,
        kind -> Text,
        period -> Text,
        attempt -> Int4,
        from_day -> Date,
        to_day -> Date,
        due -> Timestamptz,
        noticed_at -> Timestamptz,
    }
}

diesel::table! {
    run_item (trust_id, school_id, kind, period, item) {
        trust_id -> Int4,
        school_id -> Int4,
        kind -> Text,
        period -> Text,
        item -> Text,
        run_id -> Int8,
        result -> Jsonb,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    import (trust_id, job_id) {
        trust_id -> Int4,
        job_id -> Int8,
        school_id -> Nullable<Int4>,
        kind -> Text,
        file_name -> Nullable<Text>,
        dry_run -> Bool,
        bytes -> Int8,
        sha256 -> Bytea,
        result -> Nullable<Jsonb>,
        options -> Jsonb,
        applied_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    import_chunk (trust_id, job_id, seq) {
        trust_id -> Int4,
        job_id -> Int8,
        school_id -> Nullable<Int4>,
        seq -> Int4,
        body -> Bytea,
    }
}

diesel::table! {
    import_undo (trust_id, job_id) {
        trust_id -> Int4,
        job_id -> Int8,
        import_id -> Int8,
        school_id -> Nullable<Int4>,
        result -> Nullable<Jsonb>,
    }
}

diesel::table! {
    upload (trust_id, upload_id) {
        trust_id -> Int4,
        upload_id -> Int8,
        school_id -> Nullable<Int4>,
        begun_at -> Timestamptz,
        begun_by -> Text,
        touched_at -> Timestamptz,
    }
}

diesel::table! {
    upload_part (trust_id, upload_id, part) {
        trust_id -> Int4,
        upload_id -> Int8,
        part -> Int4,
        school_id -> Nullable<Int4>,
        bytes -> Int4,
        sha256 -> Bytea,
        body -> Bytea,
    }
}

diesel::table! {
    ticket_event (trust_id, school_id, pupil_id, policy_row, period, seq) {
        trust_id -> Int4,
        school_id -> Int4,
        pupil_id -> Int4,
        policy_row -> Text,
        period -> Text,
        seq -> Int4,
        state -> Text,
        draw -> Text,
        draw_period -> Text,
        reason -> Nullable<Text>,
        draw_id -> Nullable<Int4>,
        source -> Text,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    ticket (trust_id, school_id, pupil_id, policy_row, period) {
        trust_id -> Int4,
        school_id -> Int4,
        pupil_id -> Int4,
        policy_row -> Text,
        period -> Text,
        seq -> Int4,
        state -> Text,
        draw -> Text,
        draw_period -> Text,
        reason -> Nullable<Text>,
        draw_id -> Nullable<Int4>,
        source -> Text,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    ticket_pool_closed (trust_id, school_id, draw, draw_period) {
        trust_id -> Int4,
        school_id -> Int4,
        draw -> Text,
        draw_period -> Text,
        closed_at -> Timestamptz,
        closed_by -> Text,
    }
}

diesel::table! {
    award (trust_id, school_id, award_id) {
        trust_id -> Int4,
        school_id -> Int4,
        award_id -> Int4,
        policy -> Text,
        policy_version -> Int4,
        policy_row -> Text,
        rule -> Text,
        part -> Int2,
        period -> Text,
        from_day -> Date,
        to_day -> Date,
        kind -> Text,
        what -> Text,
        role -> Nullable<Text>,
        pupil_id -> Nullable<Int4>,
        class_id -> Nullable<Int4>,
        attended -> Int4,
        possible -> Int4,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    award_now (trust_id, school_id, award_id) {
        trust_id -> Int4,
        school_id -> Int4,
        award_id -> Int4,
        policy -> Text,
        policy_version -> Int4,
        policy_row -> Text,
        rule -> Text,
        part -> Int2,
        period -> Text,
        from_day -> Date,
        to_day -> Date,
        kind -> Text,
        what -> Text,
        role -> Nullable<Text>,
        pupil_id -> Nullable<Int4>,
        class_id -> Nullable<Int4>,
        attended -> Int4,
        possible -> Int4,
        recorded_at -> Timestamptz,
        seq -> Int4,
        state -> Text,
        why -> Nullable<Text>,
        given_on -> Nullable<Date>,
        in_doubt -> Bool,
        letter_id -> Nullable<Int4>,
        state_at -> Timestamptz,
        state_by -> Text,
    }
}

diesel::table! {
    award_event (trust_id, school_id, award_id, seq) {
        trust_id -> Int4,
        school_id -> Int4,
        award_id -> Int4,
        seq -> Int4,
        state -> Text,
        why -> Nullable<Text>,
        given_on -> Nullable<Date>,
        in_doubt -> Bool,
        letter_id -> Nullable<Int4>,
        run_id -> Nullable<Int8>,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    reward_judged (trust_id, school_id, run_id, policy_row, period) {
        trust_id -> Int4,
        school_id -> Int4,
        run_id -> Int8,
        policy_row -> Text,
        period -> Text,
        year -> Int2,
        from_day -> Date,
        to_day -> Date,
        cut_off -> Int4,
        earned -> Int4,
        held -> Int4,
        marks_version -> Int8,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    reward_adjustment (trust_id, school_id, adjustment_id, seq) {
        trust_id -> Int4,
        school_id -> Int4,
        adjustment_id -> Int4,
        seq -> Int4,
        pupil_id -> Int4,
        codes -> Array<Text>,
        from_day -> Date,
        to_day -> Nullable<Date>,
        reason -> Text,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    equality_record (trust_id, school_id, equality_id) {
        trust_id -> Int4,
        school_id -> Int4,
        equality_id -> Int4,
        policy -> Text,
        policy_version -> Nullable<Int4>,
        considered_by -> Text,
        considered_on -> Date,
        note -> Text,
        year -> Int2,
        report -> Jsonb,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    draw (trust_id, draw_id) {
        trust_id -> Int4,
        school_id -> Int4,
        draw_id -> Int4,
        uuid -> Text,
        prize -> Text,
        period -> Text,
        mode -> Text,
        title -> Text,
        policy -> Text,
        policy_version -> Int4,
        rule -> Text,
        prizes -> Jsonb,
        redraws -> Int4,
        wait_seconds -> Int4,
        opens_on -> Date,
        freezes_on -> Date,
        link -> Text,
        follows -> Nullable<Int4>,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    draw_event (trust_id, draw_id, seq) {
        trust_id -> Int4,
        school_id -> Int4,
        draw_id -> Int4,
        seq -> Int4,
        kind -> Text,
        published -> Nullable<Text>,
        body -> Jsonb,
        recorded_at -> Timestamptz,
        recorded_by -> Text,
    }
}

diesel::table! {
    draw_secret (trust_id, draw_id, purpose) {
        trust_id -> Int4,
        school_id -> Int4,
        draw_id -> Int4,
        purpose -> Text,
        sealed -> Bytea,
    }
}

diesel::table! {
    draw_entry (trust_id, draw_id, pupil_id) {
        trust_id -> Int4,
        school_id -> Int4,
        draw_id -> Int4,
        pupil_id -> Int4,
        surname -> Text,
        forename -> Text,
        birth_date -> Date,
        tickets -> Int8,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    action,
    action_event,
    action_pupil,
    award,
    award_event,
    award_now,
    case_event,
    case_record,
    case_state,
    characteristic,
    class,
    class_year,
    class_year_change,
    client,
    client_secret,
    contact_attempt,
    draw,
    draw_entry,
    draw_event,
    draw_secret,
    enrolment,
    enrolment_days,
    enrolment_now,
    enrolment_pupil,
    equality_record,
    evidence,
    feedback,
    former_urn,
    identity_providers,
    import,
    import_chunk,
    import_undo,
    job,
    joining_draft,
    leave_decision,
    leave_request,
    leaver_destination,
    letter,
    letter_copy,
    letter_decision,
    letter_stop,
    log_entered,
    mark_event,
    message,
    mitigation,
    order_release,
    parent,
    parent_change,
    parent_safeguard,
    penalty_notice,
    placement,
    placement_now,
    policy_version,
    pupil,
    pupil_change,
    pupil_copy,
    pupil_known,
    pupil_parent,
    register_session,
    register_year,
    report_withdrawal,
    reported_absence,
    review,
    review_item,
    reward_adjustment,
    reward_judged,
    run,
    run_item,
    school,
    school_calendar,
    school_contact_times,
    school_hours,
    school_letterhead,
    school_policy,
    school_version,
    search_decision,
    second_look,
    staff,
    staff_change,
    staff_duty,
    staff_identity,
    ticket,
    ticket_event,
    ticket_pool_closed,
    trust,
    unplanned_closure,
    upload,
    upload_part,
    used_id_token,
);

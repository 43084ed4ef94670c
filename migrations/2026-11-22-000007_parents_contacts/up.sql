-- Parents: who they are, whose, how to reach them, and what a court has said. And a merge of pupils is kept as a change.

CREATE SEQUENCE parent_ids AS int;

-- A parent of several children is one person. `school_ids`: every school of any of the children; row-level security reads
-- it. `contacts`: ways to reach the parent, in the order in which they are tried. What stood before is in `parent_change`.
CREATE TABLE parent (
    trust_id    int NOT NULL REFERENCES trust,
    parent_id   int NOT NULL DEFAULT nextval('parent_ids'),
    title       text CHECK (length(title) BETWEEN 1 AND 30),
    forename    text CHECK (length(forename) BETWEEN 1 AND 100),
    surname     text NOT NULL CHECK (length(surname) BETWEEN 1 AND 100),
    name_key    text NOT NULL,
    language    text NOT NULL CHECK (length(language) BETWEEN 2 AND 50),
    interpreter boolean NOT NULL,
    contacts    jsonb NOT NULL,
    school_ids  int[] NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, parent_id)
);
CREATE INDEX parent_by_name ON parent (trust_id, name_key COLLATE "C", parent_id);

-- What was merged into a record.
CREATE INDEX pupil_merged ON pupil (trust_id, merged_into) WHERE merged_into IS NOT NULL;

-- Append-only: what stood in a parent's row until `recorded_at`.
CREATE TABLE parent_change (
    trust_id    int NOT NULL,
    parent_id   int NOT NULL,
    recorded_at timestamptz NOT NULL,
    old         jsonb NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, parent_id, recorded_at),
    FOREIGN KEY (trust_id, parent_id) REFERENCES parent
);

-- Append-only: the latest row says what somebody is to a pupil, from which day to which.
CREATE TABLE pupil_parent (
    trust_id       int NOT NULL,
    pupil_id       int NOT NULL,
    parent_id      int NOT NULL,
    relationship   text NOT NULL CHECK (relationship IN ('mother', 'father', 'step_parent', 'grandparent', 'foster_carer',
                                                         'guardian', 'relative', 'social_worker', 'virtual_school', 'other')),
    priority       smallint NOT NULL CHECK (priority BETWEEN 1 AND 99),
    responsibility boolean NOT NULL,
    lives_with     boolean NOT NULL,
    last_day       date,
    recorded_at    timestamptz NOT NULL,
    recorded_by    text NOT NULL,
    PRIMARY KEY (trust_id, pupil_id, parent_id, recorded_at),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil,
    FOREIGN KEY (trust_id, parent_id) REFERENCES parent
);
CREATE INDEX pupil_parent_by_parent ON pupil_parent (trust_id, parent_id);

-- Append-only: the latest row says what a court has ordered about a parent and a pupil, and when there is to be no contact.
CREATE TABLE parent_safeguard (
    trust_id         int NOT NULL,
    pupil_id         int NOT NULL,
    parent_id        int NOT NULL,
    court_order      text CHECK (length(court_order) BETWEEN 1 AND 1000),
    court_order_from date,
    court_order_to   date CHECK (court_order_to >= court_order_from),
    no_contact       text CHECK (length(no_contact) BETWEEN 1 AND 1000),
    no_contact_from  date,
    no_contact_to    date CHECK (no_contact_to >= no_contact_from),
    recorded_at      timestamptz NOT NULL,
    recorded_by      text NOT NULL,
    PRIMARY KEY (trust_id, pupil_id, parent_id, recorded_at),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil,
    FOREIGN KEY (trust_id, parent_id) REFERENCES parent,
    CHECK ((court_order IS NULL) = (court_order_from IS NULL)),
    CHECK ((no_contact IS NULL) = (no_contact_from IS NULL))
);

CREATE INDEX parent_safeguard_by_parent ON parent_safeguard (trust_id, parent_id);

ALTER TABLE pupil_change DROP CONSTRAINT pupil_change_field_check;
ALTER TABLE pupil_change ADD CONSTRAINT pupil_change_field_check
    CHECK (field IN ('upn', 'surname', 'forename', 'birth_date', 'sex', 'merged_into'));

ALTER TABLE parent ENABLE ROW LEVEL SECURITY;
ALTER TABLE parent FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON parent
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_ids && nullif(current_setting('app.schools', true), '')::int[] END);

-- Read through the parent and the pupil, whom row-level security shows to their schools only.
ALTER TABLE parent_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE parent_change FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON parent_change
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

ALTER TABLE pupil_parent ENABLE ROW LEVEL SECURITY;
ALTER TABLE pupil_parent FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON pupil_parent
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

ALTER TABLE parent_safeguard ENABLE ROW LEVEL SECURITY;
ALTER TABLE parent_safeguard FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON parent_safeguard
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

GRANT USAGE ON SEQUENCE parent_ids TO rollcall_app;
GRANT SELECT, INSERT ON parent, parent_change, pupil_parent, parent_safeguard TO rollcall_app;
GRANT UPDATE (title, forename, surname, name_key, language, interpreter, contacts, school_ids, recorded_at, recorded_by)
    ON parent TO rollcall_app;

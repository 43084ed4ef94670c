-- Prize draws that anybody can verify: what was prepared, what was published of it, and what it was drawn from.

CREATE SEQUENCE draw_ids AS int;

-- Append-only. `uuid` is its id in all that is published. `prize` and `period` name the pool of tickets. `link` opens what
-- is published to whoever has it. `follows`: the draw in whose place it stands, which was voided or of which nothing was published.
CREATE TABLE draw (
    trust_id       int NOT NULL,
    school_id      int NOT NULL,
    draw_id        int NOT NULL DEFAULT nextval('draw_ids'),
    uuid           text NOT NULL,
    prize          text NOT NULL,
    period         text NOT NULL,
    mode           text NOT NULL CHECK (mode IN ('beacon', 'two secrets')),
    title          text NOT NULL,
    policy         text NOT NULL,
    policy_version int NOT NULL,
    rule           text NOT NULL,
    prizes         jsonb NOT NULL,
    redraws        int NOT NULL CHECK (redraws >= 0),
    wait_seconds   int NOT NULL CHECK (wait_seconds >= 3600),
    opens_on       date NOT NULL,
    freezes_on     date NOT NULL CHECK (freezes_on >= opens_on),
    link           text NOT NULL,
    follows        int,
    recorded_at    timestamptz NOT NULL,
    recorded_by    text NOT NULL,
    PRIMARY KEY (trust_id, draw_id),
    UNIQUE (trust_id, uuid),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, follows) REFERENCES draw
);
-- One draw for a prize and a period, and one in the place of each.
CREATE UNIQUE INDEX draw_once ON draw (trust_id, school_id, prize, period, coalesce(follows, 0));

-- Append-only: what became of a draw, in order. `published`: the text that counts to the byte.
CREATE TABLE draw_event (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    draw_id     int NOT NULL,
    seq         int NOT NULL CHECK (seq > 0),
    kind        text NOT NULL CHECK (kind IN ('invited', 'committed', 'opened', 'frozen', 'drawn', 'declined', 'void', 'noted')),
    published   text CHECK ((published IS NOT NULL) = (kind IN ('opened', 'frozen', 'drawn', 'declined', 'void'))),
    body        jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, draw_id, seq),
    FOREIGN KEY (trust_id, draw_id) REFERENCES draw,
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);
-- Whatever happens, each of these is published once.
CREATE UNIQUE INDEX draw_event_once ON draw_event (trust_id, draw_id, kind)
    WHERE kind IN ('committed', 'opened', 'frozen', 'drawn', 'void');

-- What hides the entries, and the trust's own secret, sealed; sealed anew when the operator changes keys.
CREATE TABLE draw_secret (
    trust_id  int NOT NULL,
    school_id int NOT NULL,
    draw_id   int NOT NULL,
    purpose   text NOT NULL CHECK (purpose IN ('draw entries', 'draw secret')),
    sealed    bytea NOT NULL,
    PRIMARY KEY (trust_id, draw_id, purpose),
    FOREIGN KEY (trust_id, draw_id) REFERENCES draw,
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);

-- Append-only: who was in when the draw was frozen, as the slips have it.
CREATE TABLE draw_entry (
    trust_id   int NOT NULL,
    school_id  int NOT NULL,
    draw_id    int NOT NULL,
    pupil_id   int NOT NULL,
    surname    text NOT NULL,
    forename   text NOT NULL,
    birth_date date NOT NULL,
    tickets    bigint NOT NULL CHECK (tickets > 0),
    PRIMARY KEY (trust_id, draw_id, pupil_id),
    FOREIGN KEY (trust_id, draw_id) REFERENCES draw,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil,
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);

ALTER TABLE draw ENABLE ROW LEVEL SECURITY;
ALTER TABLE draw FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON draw
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

ALTER TABLE draw_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE draw_event FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON draw_event
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

ALTER TABLE draw_secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE draw_secret FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON draw_secret
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

ALTER TABLE draw_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE draw_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON draw_entry
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

GRANT USAGE ON SEQUENCE draw_ids TO rollcall_app;
GRANT SELECT, INSERT ON draw, draw_event, draw_secret, draw_entry TO rollcall_app;
GRANT UPDATE (sealed) ON draw_secret TO rollcall_app;

//! The migrated database keeps the rules that one trust's privacy, and the registers' speed, rest on.
//!
//! Each rule is a query that lists what breaks it, beside a statement that would break it. One test asks every query
//! about the schema as it is; another breaks every rule in turn, and expects to be told.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};

use crate::support::build::{class, marks, pupil, school};
use crate::support::own_server::OwnServer;
use crate::support::postgres::fresh_database;
use crate::support::sql::Sql;

/// What the queries below are about.
///
/// `tenant_table`: every table but those that belong to no trust, each with its reason. `may_change`: what the
/// application may do to a table beyond reading it and adding to it; a table that is not in the list is append-only.
/// `of_the_whole_trust`: tables about nobody and no school, each with what they are about; every other knows its schools.
/// `plain_*`: policies in the only form there is, for tables without and with schools. No branch of them casts `*`: an
/// engine that shards by trust evaluates all of them on writes.
const GROUND: &str = "
    CREATE TEMP VIEW tenant_table AS
        SELECT c.oid, c.relname AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT IN (
            'job_queue',                  -- a worker that has no trust yet finds its work here; ids only
            'revocation',                 -- a token of any trust may come; ids only
            'signing_key',                -- the keys that sign tokens of all trusts, sealed
            'code_period',                -- the national code table: the same for everybody
            '__diesel_schema_migrations'  -- diesel's own
        );
    CREATE TEMP TABLE may_change (name, what, of_columns) AS VALUES
        ('school_version', 'UPDATE', '{}'::text[]),      -- bumped by every write
        -- a school that enrols the pupil may see the pupil; pupil_change has the history of the rest
        ('pupil', 'UPDATE', '{school_ids,known_to,kept_by,upn,surname,forename,name_key,given_key,birth_date,sex,merged_into}'),
        ('pupil_copy', 'UPDATE', '{birth_date,sex,merged_into}'), -- what is for every school that had the pupil
        ('enrolment', 'UPDATE', '{pupil_id}'),           -- enrolment_pupil has the history
        -- a school that enrols a child may see the parents; parent_change has the history of the rest
        ('parent', 'UPDATE', '{title,forename,surname,name_key,language,interpreter,contacts,school_ids,kept_by,recorded_at,recorded_by}'),
        -- a school that comes to have the child sees what was recorded before
        ('pupil_change', 'UPDATE', '{school_ids}'),
        ('parent_change', 'UPDATE', '{school_ids}'),
        ('pupil_parent', 'UPDATE', '{school_ids}'),
        ('parent_safeguard', 'UPDATE', '{school_ids}'),
        ('staff', 'UPDATE', '{name,email,subject,school_ids,recorded_at,recorded_by}'), -- staff_change has the history
        ('register_year', 'UPDATE', '{}'),               -- how the marks stand; mark_event has the history
        ('class_year', 'UPDATE', '{}'),                  -- which registers were taken
        ('register_session', 'UPDATE', '{}'),            -- opened, taken, closed
        ('review_item', 'UPDATE', '{}'),                 -- proposed, then decided
        ('case_state', 'UPDATE', '{}'),                  -- where a case stands; case_event has the history
        ('letter', 'UPDATE', '{}'),                      -- waiting, then sent or taken back
        ('action', 'UPDATE', '{}'),                      -- open, then done
        ('action_pupil', 'UPDATE', '{review_id,done_at,overtaken_at}'), -- open, then done
        ('message', 'UPDATE', '{state,sent_at,sent_how,sent_by}'), -- waiting, then sent
        ('second_look', 'UPDATE', '{touched,done_at}'),  -- what became of it, once
        ('job', 'UPDATE', '{}'),                         -- how far it is
        ('job_queue', 'UPDATE', '{}'),                   -- leases
        -- revoked once, and when it last came in
        ('client', 'UPDATE', '{revoked_at,revoked_by,last_used_at,last_used_from}'),
        ('used_id_token', 'DELETE', '{}'),               -- it has ended anyway
        ('revocation', 'DELETE', '{}'),                  -- no token rests on it any more
        ('idempotency', 'UPDATE', '{recorded_at}'),      -- only to lock what is deleted
        ('idempotency', 'DELETE', '{}'),                 -- a key holds for some days
        ('job_queue', 'DELETE', '{}'),                   -- done
        ('import', 'UPDATE', '{result,applied_at}'),     -- what came of it, and when
        ('school', 'UPDATE', '{urn,name,phase}'),        -- former_urn has the history of the URN
        -- a school that enrols a child sees what holds for the child everywhere
        ('penalty_notice', 'UPDATE', '{school_ids}'),
        ('letter_stop', 'UPDATE', '{school_ids}'),
        ('draw_secret', 'UPDATE', '{sealed}'),           -- sealed anew when the operator changes keys
        ('signing_key', 'UPDATE', '{sealed}'),           -- likewise
        ('upload', 'UPDATE', '{touched_at}'),            -- a part came
        ('upload', 'DELETE', '{}'),                      -- imported, or nobody came back for it
        ('upload_part', 'UPDATE', '{bytes,sha256,body}'), -- a part may be put again
        ('upload_part', 'DELETE', '{}'),
        ('import_undo', 'UPDATE', '{result}'),           -- what came of it
        ('import_chunk', 'DELETE', '{}');                -- a file of pupils is not kept longer than it is needed
    CREATE TEMP TABLE of_the_whole_trust (name) AS VALUES
        ('trust'),            -- its name
        ('trust_clock'),      -- what time it is there
        ('identity_providers'), -- where its staff sign in
        ('staff_identity'),   -- and as whom
        ('used_id_token'),    -- and with what they have done so
        ('policy_version');   -- policies, which its schools may follow
    CREATE TEMP TABLE plain_trust (trust_id int);
    CREATE TEMP TABLE plain_school (trust_id int, school_id int);
    CREATE TEMP TABLE plain_schools (trust_id int, school_ids int[]);
    CREATE POLICY plain ON plain_trust
        USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);
    CREATE POLICY plain ON plain_school
        USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
            AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
                ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);
    CREATE POLICY plain ON plain_schools
        USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
            AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
                ELSE school_ids && nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[] END);
    -- Who sees a row need not write it: beside `school_ids` it says by whom it is kept.
    CREATE TEMP TABLE plain_kept (trust_id int, school_ids int[], kept_by int[]);
    CREATE POLICY plain ON plain_kept
        USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
            AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
                ELSE school_ids && nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[] END)
        WITH CHECK (trust_id = nullif(current_setting('app.trust_id', true), '')::int
            AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
                ELSE kept_by && nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[] END);
    CREATE TEMP VIEW application AS
        SELECT oid, rolname FROM pg_roles WHERE rolname IN ('rollcall', 'rollcall_app');
    CREATE TEMP VIEW our_relation AS
        SELECT * FROM pg_class WHERE relnamespace = 'public'::regnamespace;
";

/// A rule, the query that lists what breaks it, and a statement that breaks it.
type Rule = (&'static str, &'static str, &'static str);

const TENANCY: &[Rule] = &[
    (
        "everything is in the schema public",
        "SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'public'
           AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'",
        "CREATE SCHEMA hidden; CREATE TABLE hidden.breach (id int)",
    ),
    (
        "every primary key begins with trust_id",
        "SELECT t.name FROM tenant_table t WHERE NOT EXISTS (
             SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
             WHERE i.indrelid = t.oid AND i.indisprimary AND a.attname = 'trust_id')",
        "CREATE TABLE breach (id int PRIMARY KEY, trust_id int NOT NULL)",
    ),
    (
        "every unique index begins with trust_id",
        "SELECT i.indexrelid::regclass FROM pg_index i JOIN tenant_table t ON t.oid = i.indrelid
         LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
         WHERE i.indisunique AND a.attname IS DISTINCT FROM 'trust_id'",
        "CREATE UNIQUE INDEX breach ON school (urn)",
    ),
    (
        "every foreign key goes from trust_id to trust_id first",
        "SELECT t.name || ': ' || f.conname FROM pg_constraint f JOIN tenant_table t ON t.oid = f.conrelid
         JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
         JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = f.confkey[1]
         WHERE f.contype = 'f' AND (a.attname <> 'trust_id' OR b.attname <> 'trust_id')",
        "CREATE UNIQUE INDEX ON school (school_id);
         ALTER TABLE class ADD CONSTRAINT breach FOREIGN KEY (school_id) REFERENCES school (school_id)",
    ),
    (
        "row-level security is enabled, and forced on the owner too",
        "SELECT t.name FROM tenant_table t JOIN pg_class c USING (oid)
         WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity)",
        "ALTER TABLE school NO FORCE ROW LEVEL SECURITY",
    ),
    (
        "a table has one policy",
        "SELECT t.name FROM tenant_table t LEFT JOIN pg_policy p ON p.polrelid = t.oid
         GROUP BY t.name HAVING count(p.oid) <> 1",
        "CREATE POLICY breach ON school AS RESTRICTIVE USING (true)",
    ),
    (
        "the policy is permissive, for everybody and everything, in the plain form; with the schools where they are",
        "SELECT t.name FROM tenant_table t JOIN pg_policy p ON p.polrelid = t.oid
         JOIN pg_policy plain ON plain.polrelid = CASE
             WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'school_id')
                 THEN 'plain_school'::regclass
             WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'kept_by')
                 THEN 'plain_kept'::regclass
             WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'school_ids')
                 THEN 'plain_schools'::regclass
             ELSE 'plain_trust'::regclass END
         WHERE (p.polpermissive, p.polcmd, p.polroles) <> (plain.polpermissive, plain.polcmd, plain.polroles)
            OR pg_get_expr(p.polwithcheck, p.polrelid) IS DISTINCT FROM pg_get_expr(plain.polwithcheck, plain.polrelid)
            OR pg_get_expr(p.polqual, p.polrelid) <> pg_get_expr(plain.polqual, plain.polrelid)",
        "DROP POLICY tenant ON class;
         CREATE POLICY tenant ON class USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int)",
    ),
    (
        "every table knows its schools, but for those that are about no school and nobody",
        "SELECT t.name FROM tenant_table t WHERE t.name NOT IN (SELECT name FROM of_the_whole_trust)
           AND NOT EXISTS (SELECT FROM pg_attribute a
             WHERE a.attrelid = t.oid AND a.attname IN ('school_id', 'school_ids') AND NOT a.attisdropped)",
        "ALTER TABLE penalty_notice DROP COLUMN school_ids CASCADE",
    ),
    (
        "a view looks with the eyes of whoever asks",
        "SELECT relname FROM our_relation WHERE relkind = 'm'
            OR relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)",
        "CREATE VIEW breach AS SELECT * FROM school",
    ),
    (
        "nothing happens behind a statement's back: no triggers, no rules",
        "SELECT tgname FROM pg_trigger JOIN our_relation c ON c.oid = tgrelid WHERE NOT tgisinternal
         UNION ALL SELECT rulename FROM pg_rewrite JOIN our_relation c ON c.oid = ev_class WHERE rulename <> '_RETURN'",
        "CREATE TRIGGER breach BEFORE UPDATE ON school FOR EACH ROW
             EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    ),
    (
        "no function runs with its owner's rights",
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef",
        "CREATE FUNCTION breach() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    ),
    (
        "the queue, which lies outside the trusts, holds ids and times only",
        "SELECT attname FROM pg_attribute WHERE attrelid = 'job_queue'::regclass AND attnum > 0 AND attname <> 'kind'
           AND atttypid NOT IN ('int'::regtype, 'bigint'::regtype, 'timestamptz'::regtype)",
        "ALTER TABLE job_queue ADD COLUMN breach text",
    ),
];

const RIGHTS: &[Rule] = &[
    (
        "the application's roles are above nobody",
        "SELECT rolname FROM pg_roles JOIN application USING (rolname)
         WHERE rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication",
        "ALTER ROLE rollcall BYPASSRLS",
    ),
    (
        "the application's role is a member of its group, and the group of none",
        "SELECT member::regrole || ' of ' || roleid::regrole FROM pg_auth_members JOIN application a ON a.oid = member
         WHERE roleid::regrole::text <> 'rollcall_app'",
        "GRANT rollcall_owner TO rollcall_app",
    ),
    (
        "the application's roles own nothing",
        "SELECT classid::regclass || ' ' || objid FROM pg_shdepend JOIN application a ON a.oid = refobjid
         WHERE refclassid = 'pg_authid'::regclass AND deptype = 'o'
           AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))",
        "ALTER TABLE class OWNER TO rollcall",
    ),
    (
        "the application makes no tables of its own",
        "SELECT rolname FROM application WHERE has_schema_privilege(oid, 'public', 'CREATE')",
        "GRANT CREATE ON SCHEMA public TO rollcall_app",
    ),
    (
        "a table is append-only for the application unless it is in the list",
        "SELECT c.relname || ': ' || what FROM our_relation c, unnest('{UPDATE,DELETE,TRUNCATE,TRIGGER}'::text[]) what
         WHERE c.relkind IN ('r', 'p', 'v') AND (c.relname, what) NOT IN (SELECT name, m.what FROM may_change m)
           AND CASE what WHEN 'UPDATE' THEN has_any_column_privilege('rollcall', c.oid, what)
               ELSE has_table_privilege('rollcall', c.oid, what) END",
        "GRANT UPDATE (new) ON mark_event TO rollcall_app",
    ),
    (
        "where the application may change some columns, it may change no others",
        "SELECT m.name || '.' || a.attname FROM may_change m JOIN pg_attribute a ON a.attrelid = m.name::regclass
         WHERE m.of_columns <> '{}' AND a.attnum > 0 AND a.attname <> ALL (m.of_columns)
           AND has_column_privilege('rollcall', a.attrelid, a.attnum, m.what)",
        "GRANT UPDATE (created_by) ON pupil TO rollcall_app",
    ),
    (
        "nobody but the owner and the application's group has any right",
        "SELECT DISTINCT relname FROM our_relation, aclexplode(relacl)
         WHERE grantee <> relowner AND grantee <> 'rollcall_app'::regrole",
        "GRANT SELECT ON school TO PUBLIC",
    ),
];

const SPEED: &[Rule] = &[
    (
        "a register's version is not in an index: an update has to stay on its page",
        "SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid
         WHERE i.indrelid IN ('register_year'::regclass, 'class_year'::regclass)
           AND a.attnum = ANY (i.indkey) AND a.attname IN ('version', 'marks', 'taken')",
        "CREATE INDEX breach ON register_year (trust_id, year) INCLUDE (version)",
    ),
    (
        "pages keep room for updates",
        "SELECT relname FROM our_relation WHERE relname IN ('register_year', 'class_year', 'school_version', 'job')
           AND NOT coalesce(reloptions && '{fillfactor=70,fillfactor=85}', false)",
        "ALTER TABLE register_year RESET (fillfactor)",
    ),
    (
        "the planner expects as much of one trust as of another, whichever of them it has seen",
        "SELECT t.name FROM tenant_table t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'trust_id'
         WHERE a.attstattarget IS DISTINCT FROM 0",
        "ALTER TABLE school ALTER COLUMN trust_id SET STATISTICS -1",
    ),
];

fn rules() -> impl Iterator<Item = &'static Rule> {
    [TENANCY, RIGHTS, SPEED].into_iter().flatten()
}

#[test]
fn the_schema_keeps_every_rule() {
    let database = fresh_database();
    let mut sql = Sql::at(&database.admin_url());
    sql.run(GROUND);
    assert!(sql.number("SELECT count(*) FROM tenant_table") > 10);
    for (rule, query, _) in rules() {
        assert_eq!(sql.texts(query), Vec::<String>::new(), "{rule}");
    }
}

#[test]
fn a_breach_of_any_rule_is_noticed() {
    let database = fresh_database();
    let mut sql = Sql::at(&database.admin_url());
    sql.run(GROUND);
    for (rule, query, breach) in rules() {
        sql.run("BEGIN");
        sql.run(breach);
        assert_ne!(sql.texts(query), Vec::<String>::new(), "{rule}");
        sql.run("ROLLBACK");
    }
}

#[test]
fn what_is_append_only_cannot_be_changed_by_the_application() {
    let database = fresh_database();
    let mut sql = Sql::at(&database.admin_url());
    sql.run(GROUND);
    let append_only =
        sql.texts("SELECT name FROM tenant_table WHERE name NOT IN (SELECT name FROM may_change)");
    assert!(append_only.contains(&"mark_event".to_owned()), "{append_only:?}");
    let Sql(mut application) = Sql::at(&database.url(api::base::migrate::APPLICATION));
    for table in append_only {
        for statement in [
            format!("UPDATE {table} SET trust_id = 1"),
            format!("DELETE FROM {table}"),
            format!("TRUNCATE {table}"),
        ] {
            let error = application.batch_execute(&statement).expect_err(&statement).to_string();
            assert_eq!(error, format!("permission denied for table {table}"), "{statement}");
        }
    }
}

#[test]
fn a_year_of_any_other_length_than_744_half_days_is_refused() {
    let database = fresh_database();
    let mut sql = PgConnection::establish(&database.admin_url()).unwrap();
    for (table, column) in [("register_year", "marks"), ("class_year", "taken")] {
        for (bytes, refused_by) in [
            (0, format!("{table}_{column}_check")),
            (743, format!("{table}_{column}_check")),
            (745, format!("{table}_{column}_check")),
            // The right length: what is wrong now is only that there is no such pupil or class.
            (744, "foreign key".to_owned()),
        ] {
            let row = format!(
                "INSERT INTO {table} VALUES (1, 2026, 1, 1, 1, decode(repeat('00', {bytes}), 'hex'))"
            );
            let error = sql_query(row).execute(&mut sql).unwrap_err().to_string();
            assert!(error.contains(&refused_by), "{table}, {bytes} bytes: {error}");
        }
    }
}

#[test]
fn register_updates_stay_on_their_page() {
    // Registers alone: while anything else on the server reads or writes for long, no page is tidied.
    let own = OwnServer::new("pages");
    let admin = &own.admin;
    let school = school(admin, 1, "primary");
    let class = class(admin, school, "6A");
    let pupils: Vec<i32> = (1..=30).map(|number| pupil(admin, school, class, number)).collect();
    let all = |mark| marks(&pupils.iter().map(|pupil| (*pupil, mark)).collect::<Vec<_>>());
    // September's school days: every pupil's row is written 42 times. The first updates find full pages, for the rows
    // were added next to each other; it is what follows that counts.
    for day in (2..=30).filter(|day| !matches!(day % 7, 5 | 6)) {
        for (session, mark) in [("AM", "/"), ("PM", "\\")] {
            let place = format!("/v1/classes/{class}/registers/2026-09-{day:02}/{session}");
            admin.put(&place, &all(mark)).expect(200);
        }
    }
    // A connection tells what it did when it ends.
    let mut sql = own.sql();
    sql.run(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
         WHERE datname = current_database() AND usename = 'rollcall'",
    );
    let updates = "FROM pg_stat_user_tables WHERE relname = 'register_year'";
    let all = sql.number(&format!("SELECT n_tup_upd {updates}"));
    let on_their_page = sql.number(&format!("SELECT n_tup_hot_upd {updates}"));
    assert!(all > 1000, "{all} updates");
    assert!(10 * on_their_page > 9 * all, "{on_their_page} of {all} updates stayed on their page");
}

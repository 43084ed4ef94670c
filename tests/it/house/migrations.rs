//! Migrations go up, down and up again and leave no trace, and the code sees the tables as they are.

use std::fs;
use std::process::Command;

use api::base::migrate::{MIGRATIONS, OWNER, versions};
use diesel::{Connection, PgConnection};
use diesel_migrations::MigrationHarness;
use domain::{CodeTable, folded_name_key};

use crate::support::folder::Folder;
use crate::support::postgres::{TestDatabase, cluster, empty_database, fresh_database};
use crate::support::program::{rollcall, run, said};
use crate::support::sql::Sql;

/// The tables as diesel sees them.
const SCHEMA: &str = include_str!("../../../api/schema/src/lib.rs");

/// What it says about migrations that change rows.
const README: &str = include_str!("../../../migrations/README.md");

/// What `pg_dump` of the server's own version says of a database, without what differs from dump to dump.
fn dump(database: &TestDatabase, what: &[&str]) -> String {
    let server = fs::read_link(format!("/proc/{}/exe", cluster().pid())).expect("the server");
    let pg_dump = server.with_file_name("pg_dump");
    let text = said(Command::new(pg_dump).args(what).arg(database.admin_url()));
    let same = |line: &&str| {
        !line.is_empty()
            && !["--", "\\restrict ", "\\unrestrict "].iter().any(|start| line.starts_with(start))
    };
    text.lines().filter(same).collect::<Vec<_>>().join("\n")
}

/// Everything but diesel's own list of migrations.
fn schema(database: &TestDatabase) -> String {
    dump(database, &["--schema-only", "--exclude-table=__diesel_schema_migrations"])
}

#[test]
fn each_migration_goes_up_and_down_and_up_again() {
    let database = empty_database();
    let mut owner = PgConnection::establish(&database.url(OWNER)).unwrap();
    for version in versions().unwrap() {
        let before = schema(&database);
        owner.run_next_migration(MIGRATIONS).unwrap();
        let after = schema(&database);
        assert_ne!(before, after, "{version} does nothing");
        owner.revert_last_migration(MIGRATIONS).unwrap();
        assert_eq!(
            schema(&database),
            before,
            "{version}: down.sql does not take back all of up.sql"
        );
        owner.run_next_migration(MIGRATIONS).unwrap();
        assert_eq!(schema(&database), after, "{version}: not the same the second time");
    }
    assert!(!owner.has_pending_migration(MIGRATIONS).unwrap());
}

#[test]
fn all_migrations_go_down_to_nothing_and_up_again() {
    let database = empty_database();
    let nothing = schema(&database);
    let mut owner = PgConnection::establish(&database.url(OWNER)).unwrap();
    owner.run_pending_migrations(MIGRATIONS).unwrap();
    let everything = schema(&database);
    owner.revert_all_migrations(MIGRATIONS).unwrap();
    assert_eq!(schema(&database), nothing);
    owner.run_pending_migrations(MIGRATIONS).unwrap();
    assert_eq!(schema(&database), everything);
}

#[test]
fn rollcall_migrate_twice_changes_nothing() {
    let (database, data) = (empty_database(), Folder::new());
    let migrate = || {
        let said = run(rollcall(&["migrate"])
            .env("MIGRATE_URL", database.url(OWNER))
            .env("ROLLCALL_DATA", data.text()));
        assert_eq!((said.code, said.out.as_str()), (Some(0), "The database is up to date.\n"));
    };
    migrate();
    // With the rows in it: the code table, and when each migration ran.
    let once = dump(&database, &[]);
    migrate();
    assert_eq!(dump(&database, &[]), once);
}

#[test]
fn names_that_were_folded_otherwise_are_folded_anew_in_every_trust() {
    let (database, data) = (fresh_database(), Folder::new());
    let mut all = Sql::at(&database.admin_url());
    all.run(
        "INSERT INTO trust SELECT nextval('trust_ids'), 'Trust', now(), 'test' FROM generate_series(1, 2);
         INSERT INTO pupil (trust_id, upn, surname, forename, name_key, given_key, birth_date, school_ids, created_at, created_by)
             SELECT trust_id, 'A801200010001', 'Łukasz-Ørsted', 'Zoë', 'łukasz ørsted zoë', 'zoë', '2015-03-14', '{}', now(), 'test'
             FROM trust;
         INSERT INTO parent (trust_id, surname, name_key, language, interpreter, contacts, school_ids, recorded_at, recorded_by)
             SELECT trust_id, 'O’Neill', 'o neill', 'en', false, '[]', '{}', now(), 'test' FROM trust;
         INSERT INTO pupil_copy (trust_id, pupil_id, recorded_at, school_ids, known_to, upn, surname, forename, name_key,
                 given_key, birth_date)
             SELECT trust_id, pupil_id, now() + n * '1 microsecond'::interval, '{}', '{}', upn, surname, forename,
                 name_key, given_key, birth_date FROM pupil, generate_series(1, 2) AS n;
         INSERT INTO parent_change (trust_id, parent_id, recorded_at, old, recorded_by, school_ids, name_key)
             SELECT trust_id, parent_id, now(), '{\"surname\": \"O’Neill\"}', 'test', '{}', name_key FROM parent",
    );
    let people = "SELECT concat_ws(' | ', trust_id, name_key, given_key) FROM pupil
        UNION ALL SELECT DISTINCT concat_ws(' | ', trust_id, name_key, given_key) FROM pupil_copy
        UNION ALL SELECT concat_ws(' | ', trust_id, name_key) FROM parent
        UNION ALL SELECT concat_ws(' | ', trust_id, name_key) FROM parent_change ORDER BY 1";
    let migrate = || {
        let said = run(rollcall(&["migrate"])
            .env("MIGRATE_URL", database.url(OWNER))
            .env("ROLLCALL_DATA", data.text()));
        assert_eq!(said.code, Some(0), "{}", said.err);
    };
    migrate();
    let name = format!(
        "{} | {}",
        folded_name_key("Łukasz-Ørsted", "Zoë"),
        folded_name_key("Zoë", "Łukasz-Ørsted")
    );
    let parent = folded_name_key("O’Neill", "");
    let expected =
        ["1", "2"].map(|trust| [format!("{trust} | {name}"), format!("{trust} | {parent}")]);
    // As they stand, and as they stood: a copy of a pupil each, a change of a parent each.
    let mut expected = [expected.clone(), expected].concat().concat();
    expected.sort();
    let mut there = all.texts(people);
    there.sort();
    assert_eq!(there, expected);
    // Whoever has the keys of today is left alone.
    let versions = "SELECT xmin::text FROM pupil ORDER BY trust_id";
    let once = all.texts(versions);
    migrate();
    assert_eq!(all.texts(versions), once);
}

#[test]
fn an_owner_who_is_no_administrator_migrates_for_an_application_that_is_set_up() {
    let (database, data) = (empty_database(), Folder::new());
    let said = run(rollcall(&["migrate"])
        .env("MIGRATE_URL", database.url(OWNER))
        .env("DATABASE_URL", database.url(api::base::migrate::APPLICATION))
        .env("ROLLCALL_DATA", data.text()));
    assert_eq!(said.code, Some(0), "{}", said.err);
}

#[test]
fn the_owner_fills_a_column_a_trust_at_a_time_and_not_otherwise() {
    let database = fresh_database();
    let mut all = Sql::at(&database.admin_url());
    all.run(
        "INSERT INTO trust SELECT nextval('trust_ids'), 'Trust', now(), 'test' FROM generate_series(1, 3);
         INSERT INTO school SELECT trust_id, nextval('school_ids'), '900001', ' Elm ', 'primary', now(), 'test' FROM trust",
    );
    let names = |all: &mut Sql| all.texts("SELECT DISTINCT '(' || name || ')' FROM school");
    let mut owner = Sql::at(&database.url(OWNER));
    owner.run("UPDATE school SET name = trim(name)");
    assert_eq!(names(&mut all), ["( Elm )"], "what looks as if it worked");
    let advised = README.split("```sql").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    owner.run(advised);
    assert_eq!(names(&mut all), ["(Elm)"]);
}

#[test]
fn the_code_sees_the_tables_as_they_are() {
    let database = fresh_database();
    let mut sql = Sql::at(&database.admin_url());
    let views = sql.texts("SELECT viewname FROM pg_views WHERE schemaname = 'public'");
    let seen = tables(SCHEMA);

    // A table: its key, then its columns in order.
    let there = sql.texts(
        "SELECT t.relname || ' (' || (SELECT coalesce(string_agg(a.attname, ', ' ORDER BY k.place), '')
                 FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k (number, place), pg_attribute a
                 WHERE i.indrelid = t.oid AND i.indisprimary
                   AND a.attrelid = t.oid AND a.attnum = k.number) || ')'
             || (SELECT string_agg(', ' || column_name || ' ' || udt_name
                     || CASE is_nullable WHEN 'YES' THEN ' null' ELSE '' END, '' ORDER BY ordinal_position)
                 FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name = t.relname)
         FROM pg_class t
         WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p')
           AND t.relname <> '__diesel_schema_migrations' ORDER BY 1",
    );
    let seen_tables: Vec<String> = seen
        .iter()
        .filter(|table| !views.contains(&table.name))
        .map(|table| format!("{} ({}){}", table.name, table.key, table.columns))
        .collect();
    assert_eq!(seen_tables, there);

    // A view has no key, and its columns are as nullable as those they come from.
    let there = sql.texts(
        "SELECT v.table_name || string_agg(', ' || v.column_name || ' ' || v.udt_name
                || CASE WHEN EXISTS (SELECT FROM information_schema.view_column_usage u
                        JOIN information_schema.columns c USING (table_schema, table_name, column_name)
                        WHERE u.view_schema = 'public' AND u.view_name = v.table_name
                          AND u.column_name = v.column_name AND c.is_nullable = 'YES')
                   THEN ' null' ELSE '' END, '' ORDER BY v.ordinal_position)
         FROM information_schema.columns v JOIN information_schema.views USING (table_schema, table_name)
         WHERE v.table_schema = 'public' GROUP BY v.table_name ORDER BY 1",
    );
    let seen_views: Vec<String> = seen
        .iter()
        .filter(|table| views.contains(&table.name))
        .map(|table| format!("{}{}", table.name, table.columns))
        .collect();
    assert!(!seen_views.is_empty());
    let read_by_code =
        |view: &String| seen.iter().any(|one| view.starts_with(&format!("{},", one.name)));
    assert_eq!(seen_views, there.into_iter().filter(read_by_code).collect::<Vec<_>>());
}

/// A `diesel::table!` block, in the catalogue's words.
struct Table {
    name: String,
    key: String,
    columns: String,
}

/// Every `diesel::table!` block, by name.
fn tables(schema: &str) -> Vec<Table> {
    let mut tables: Vec<Table> = schema
        .split("diesel::table! {\n")
        .skip(1)
        .map(|block| {
            let (head, rest) = block.split_once(") {\n").expect("a head");
            let (name, key) = head.trim().split_once(" (").expect("a key");
            let (columns, _) = rest.split_once("    }\n").expect("an end");
            let columns = columns.lines().map(column).collect();
            Table { name: name.to_owned(), key: key.to_owned(), columns }
        })
        .collect();
    tables.sort_by(|one, other| one.name.cmp(&other.name));
    tables
}

/// `trust_id -> Int4,` is `, trust_id int4`.
fn column(line: &str) -> String {
    let (name, kind) = line.trim().trim_end_matches(',').split_once(" -> ").expect("a column");
    let inside = |outer: &str| kind.strip_prefix(outer)?.strip_prefix('<')?.strip_suffix('>');
    let (plain, null) = inside("Nullable").map_or((kind, ""), |inner| (inner, " null"));
    let (plain, array) =
        plain.strip_prefix("Array<").map_or((plain, ""), |rest| (rest.trim_end_matches('>'), "_"));
    format!(", {name} {array}{}{null}", plain.to_lowercase())
}

#[test]
fn the_code_table_for_people_with_psql_is_the_one_that_counts() {
    let database = fresh_database();
    let there = Sql::at(&database.admin_url()).texts(
        "SELECT concat_ws(' ', number, code, first_day, last_day, category, possible, absent, authorised,
             unauthorised, late, approved, withdrawn) FROM code_period ORDER BY number, first_day",
    );
    let expected: Vec<String> = CodeTable::built_in()
        .unwrap()
        .periods()
        .map(|period| {
            let counts = period.counts;
            let from = period.from.map_or("1900-01-01".to_owned(), |day| day.to_string());
            let to = period.to.map_or("9999-01-01".to_owned(), |day| day.to_string());
            let flags = [
                counts.possible(),
                counts.absent(),
                counts.authorised(),
                counts.unauthorised(),
                counts.late(),
                counts.approved(),
                period.withdrawn,
            ];
            let flags = flags.map(|flag| if flag { "t" } else { "f" }).join(" ");
            let (number, category) = (period.number.get(), period.category.text());
            format!("{number} {} {from} {to} {category} {flags}", period.code)
        })
        .collect();
    assert_eq!(there, expected);
}

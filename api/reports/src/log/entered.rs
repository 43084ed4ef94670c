//! Owns: log_entered.
//!
//! Which entries of the log were entered in the school's safeguarding system, and when.

use diesel::prelude::*;

use super::entry::{Entries, Place};
use base::operation::*;
use schema::log_entered;
use school::tenants;

/// The most entries of one call.
const MOST: usize = 500;

words! {
    /// Where a school keeps its safeguarding record.
    SafeguardingSystem {
        MyConcern = "my_concern": "My Concern",
        Cpoms = "cpoms": "CPOMS",
        Other = "other": "another system, or paper",
    }
}

/// That an entry was entered in a safeguarding system.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = log_entered)]
pub struct LogEntered {
    /// The entry's key in the log.
    #[schema(example = "1795082400000000-9-93-0")]
    pub entry: String,
    /// Where it was entered.
    pub system: SafeguardingSystem,
    /// When it was entered (UTC).
    pub entered_at: DateTime<Utc>,
    /// Who said so.
    pub recorded_by: String,
}

/// What was entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogEnteredBody {
    /// Where.
    system: SafeguardingSystem,
    /// The keys of the entries, as the log has them: 1 to 500.
    #[schema(example = json!(["1795082400000000-9-93-0"]))]
    entries: Vec<String>,
    /// When (UTC); now when absent.
    #[serde(default)]
    entered_at: Option<DateTime<Utc>>,
}

/// What has been entered.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogEnteredAnswer {
    /// As it stands now: what was said first of an entry and a system stays.
    entered: Vec<LogEntered>,
}

/// The key of an entry: its place.
pub(super) fn key((at, source, a, b): &Place) -> String {
    format!("{}-{source}-{a}-{b}", at.timestamp_micros())
}

/// Adds to entries where they were entered.
pub(super) fn mark(tx: &mut Tx, school_id: SchoolId, all: &mut Entries) -> Result<()> {
    for (place, entry) in all.iter_mut() {
        entry.key = key(place);
    }
    let keys: Vec<&str> = all.iter().map(|(_, entry)| entry.key.as_str()).collect();
    let rows = of(tx, school_id, &keys)?;
    let mut found: BTreeMap<String, Vec<LogEntered>> = BTreeMap::new();
    for row in rows {
        found.entry(row.entry.clone()).or_default().push(row);
    }
    for (_, entry) in all.iter_mut() {
        entry.entered = found.remove(&entry.key).unwrap_or_default();
    }
    Ok(())
}

fn of(tx: &mut Tx, school_id: SchoolId, keys: &[&str]) -> Result<Vec<LogEntered>> {
    Ok(tx
        .rows::<LogEntered>()
        .filter(log_entered::school_id.eq(school_id).and(log_entered::entry.eq_any(keys)))
        .order((log_entered::entry, log_entered::system))
        .load(tx.conn)?)
}

/// Record that entries were entered
///
/// That lines of the log stand in the school's safeguarding system, such as My Concern or CPOMS, since when and by whom.
#[utoipa::path(tag = "reports", security(("token" = ["case:record"])), request_body = LogEnteredBody,
    params(SchoolId, Idempotency),
    responses((status = 200, description = "What has been entered.", body = LogEnteredAnswer)))]
#[post("/v1/schools/{school_id}/reports/log/entered")]
pub async fn record_log_entered(
    caller: May<RecordCase>,
    path: Path<SchoolId>,
    key: Idempotency,
    body: Json<LogEnteredBody>,
) -> Result<HttpResponse> {
    let school_id = path.0;
    let Json { value: LogEnteredBody { system, entries, entered_at }, bytes } = body;
    if !(1..=MOST).contains(&entries.len()) {
        return Err(Problem::at(Kind::Invalid, "/entries", format!("1 to {MOST} keys")));
    }
    let parts =
        |text: &str| text.split('-').filter(|part| part.parse::<i64>().is_ok()).count() == 4;
    if let Some(at) = entries.iter().position(|text| text.len() > 100 || !parts(text)) {
        let expected = "the key of an entry, as the log has it";
        return Err(Problem::at(Kind::Invalid, format!("/entries/{at}"), expected));
    }
    let operation = format!("record_log_entered/{school_id}");
    key.write(caller, operation, bytes, move |tx, caller| {
        tenants::school(tx, school_id)?;
        let now = tx.now();
        let at = entered_at.unwrap_or(now);
        if at > now {
            return Err(Problem::at(Kind::Invalid, "/entered_at", "a moment that has passed"));
        }
        let trust = tx.trust();
        let rows: Vec<_> = entries
            .iter()
            .map(|entry| {
                (
                    log_entered::trust_id.eq(trust),
                    log_entered::school_id.eq(school_id),
                    log_entered::entry.eq(entry),
                    log_entered::system.eq(system),
                    log_entered::entered_at.eq(at),
                    log_entered::recorded_at.eq(now),
                    log_entered::recorded_by.eq(caller.subject()),
                )
            })
            .collect();
        diesel::insert_into(log_entered::table)
            .values(rows)
            .on_conflict_do_nothing()
            .execute(tx.conn)?;
        let keys: Vec<&str> = entries.iter().map(String::as_str).collect();
        Reply::ok(&LogEnteredAnswer { entered: of(tx, school_id, &keys)? })
    })
    .await
}

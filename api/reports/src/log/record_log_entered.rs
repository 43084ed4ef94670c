//! Somebody has entered lines of the log in the school's safeguarding system.

use super::entered::{self, LogEntered, SafeguardingSystem};
use base::operation::*;
use school::tenants;

/// The most entries of one call.
const MOST: usize = 500;

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
        entered::add(tx, school_id, (&entries, system, at), caller.subject())?;
        let keys: Vec<&str> = entries.iter().map(String::as_str).collect();
        Reply::ok(&LogEnteredAnswer { entered: entered::of(tx, school_id, &keys)? })
    })
    .await
}

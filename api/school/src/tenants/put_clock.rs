//! A sandbox moves its clock: forward only, since what was recorded later must not have happened earlier.

use diesel::prelude::*;

use super::read_clock::TrustClock;
use base::db::Schools;
use base::operation::*;
use base::revocations;
use base::tokens::basis::About;
use schema::{trust, trust_clock};

/// Where a clock is to stand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClock {
    /// The instant; the clock runs on from there.
    #[schema(example = "2026-12-18T18:00:00Z")]
    pub now: DateTime<Utc>,
}

/// Move a sandbox's clock
///
/// Everything in the trust goes by it but tokens: today, what is recorded, what is due. What it passes runs within
/// seconds. Needs a token for the whole trust.
#[utoipa::path(tag = "tenants", security(("token" = ["clock:write"])), request_body = NewClock,
    responses((status = 200, description = "The clock as it stands now.", body = TrustClock),
        (status = 422, description = "The instant lies before the trust's present one, or too far ahead."),
        refusal::NotASandbox))]
#[put("/v1/trust/clock")]
pub async fn put_clock(
    caller: May<MoveClock>,
    app: web::Data<App>,
    body: Json<NewClock>,
) -> Result<HttpResponse> {
    if *caller.scope().schools() != Schools::All {
        return Err(Problem::new(Kind::Forbidden)
            .detail("The clock is the whole trust's, and so must the token be.")
            .member("permission", MoveClock::NAME)
            .member("role", caller.role()));
    }
    let by = caller.subject().to_owned();
    app.db.run(caller.scope(), move |tx| move_to(tx, body.value.now, &by)).await?;
    // In a transaction of its own: only that one goes by the new clock.
    let clock = app.db.run(caller.scope(), |tx| Ok(TrustClock::of(tx)));
    Ok(HttpResponse::Ok().json(clock.await?))
}

/// The largest lead holds, so two that move the clock at once leave it where the later one wanted it.
fn move_to(tx: &mut Tx, instant: DateTime<Utc>, by: &str) -> Result<()> {
    if !tx.of(trust::table).select(trust::sandbox).first::<bool>(tx.conn)? {
        return Err(Problem::new(Kind::NotASandbox));
    }
    let now = tx.now();
    if instant < now {
        return Err(Problem::at(Kind::Invalid, "/now", format!("{} or later", rfc3339(now)))
            .detail(
                "A clock only goes forward: what was recorded since then would lie in the future.",
            ));
    }
    // A year short of the last one that can be recorded: calendars look ahead.
    if AcademicYear::of(instant.date_naive()).and_then(AcademicYear::next).is_none() {
        return Err(Problem::at(Kind::Invalid, "/now", "an instant before August 2199"));
    }
    let ahead = (instant - tx.machine_now()).num_microseconds().unwrap_or(0);
    diesel::insert_into(trust_clock::table)
        .values((
            trust_clock::trust_id.eq(tx.trust()),
            trust_clock::ahead.eq(ahead.max(0)),
            trust_clock::recorded_at.eq(now),
            trust_clock::recorded_by.eq(by),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn)?;
    // Duties go by the trust's day.
    revocations::take_back(tx, &About::AllStaff)
}

fn rfc3339(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

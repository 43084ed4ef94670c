//! What no longer holds although its tokens have not ended: a client that was revoked, a duty that ended, a token that was
//! given back.
//!
//! Owns: revocation.
//!
//! Each process knows all of it by heart, and what it knows is never older than a second: whoever comes with a token when
//! it is older than a quarter of one has it asked for anew, in one statement to the primary, on a connection of its own.
//! While the database does not answer, nobody is let in: a stale yes would be worse.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{BigInt, Integer, Text, Timestamptz};
use diesel::{QueryableByName, RunQueryDsl};
use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::db::{Tx, block};
use crate::id::{StaffId, TrustId};
use crate::line::Line;
use crate::platform::{self, Revoked};
use crate::problem::Problem;
use crate::tokens::basis::{About, Basis};
use crate::tokens::token::Claims;

/// What is known for longer is asked for again.
const ANEW: Duration = Duration::from_millis(250);
/// What is known for longer is not relied on.
const STALE: Duration = Duration::from_secs(1);
/// How long a request waits until it is known.
const PATIENCE: Duration = Duration::from_millis(900);
/// How long what was taken back is remembered: longer than any token of a client lasts, and than a job waits.
const REMEMBERED: TimeDelta = TimeDelta::days(8);
/// A token is taken for a little longer than it says.
const LATE: TimeDelta = TimeDelta::minutes(1);

/// What is known to be taken back.
pub struct Revocations {
    line: Line,
    clock: Clock,
    known: RwLock<Known>,
    /// One question at a time.
    asking: Arc<Semaphore>,
}

#[derive(Default)]
struct Known {
    /// When it was asked for; what came later may be missing.
    asked: Option<Instant>,
    /// Every transaction before this one has been heard of.
    after: i64,
    said: HashMap<(TrustId, String), Said>,
}

/// The last time that something was taken back.
struct Said {
    number: i64,
    until: DateTime<Utc>,
}

impl Revocations {
    /// Of this database, as far as it is known: not at all yet.
    pub fn new(url: &str, clock: Clock) -> Self {
        let asking = Arc::new(Semaphore::new(1));
        Self { line: Line::new(url), clock, known: RwLock::default(), asking }
    }

    /// Whether what is known can be relied on.
    pub fn are_known(&self) -> bool {
        self.age().is_some_and(|age| age < STALE)
    }

    /// Sees to it that they are known. Waits for the database only where what is known cannot be relied on any more.
    pub async fn keep_known(self: &Arc<Self>) {
        match self.age() {
            Some(age) if age < ANEW => {}
            Some(age) if age < STALE => {
                if let Ok(turn) = self.asking.clone().try_acquire_owned() {
                    let this = self.clone();
                    actix_web::rt::spawn(block(move || {
                        let _turn = turn;
                        this.ask()
                    }));
                }
            }
            _ => {
                let _answered = tokio::time::timeout(PATIENCE, self.asked()).await;
            }
        }
    }

    /// Asks in turn, unless somebody before has.
    async fn asked(self: &Arc<Self>) {
        let Ok(turn) = self.asking.clone().acquire_owned().await else { return };
        if self.age().is_some_and(|age| age < ANEW) {
            return;
        }
        let this = self.clone();
        // The turn ends with the question, not with our patience: a database that hangs is asked once.
        let answer = block(move || {
            let _turn = turn;
            this.ask()
        });
        if let Err(problem) = answer.await {
            tracing::warn!(why = problem.internal_text(), "what was revoked is not known");
        }
    }

    /// As [`Revocations::keep_known`] on the calling thread, for a job.
    ///
    /// # Errors
    /// 503 when they are not known.
    pub fn keep_known_here(&self) -> Result<(), Problem> {
        if self.age().is_some_and(|age| age < ANEW) {
            return Ok(());
        }
        self.ask().or_else(|problem| if self.are_known() { Ok(()) } else { Err(problem) })
    }

    /// Whether something that this rests on was taken back.
    pub fn end(&self, trust: TrustId, basis: &Basis) -> bool {
        let known = self.read();
        if known.said.is_empty() {
            return false;
        }
        let last = |about: About| known.said.get(&(trust, about.to_string()));
        let client = basis.client.and_then(|client| last(About::Client(client)));
        let staff = basis.staff.and_then(|staff| {
            let changes = [last(About::Staff(staff.staff_id)), last(About::AllStaff)];
            changes.into_iter().flatten().find(|said| said.number > staff.change)
        });
        client.or(staff).or_else(|| last(About::Token(basis.token.clone()))).is_some()
    }

    /// Forgets what concerns no token any more.
    pub fn sweep(&self) {
        let now = self.clock.now();
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .said
            .retain(|_, said| said.until > now);
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn age(&self) -> Option<Duration> {
        self.read().asked.map(|asked| asked.elapsed())
    }

    fn ask(&self) -> Result<(), Problem> {
        let (asked, after) = (Instant::now(), self.read().after);
        let now = self.clock.now();
        let rows = self.line.ask(|conn| platform::revoked_since(conn, after, now))?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.asked = Some(asked);
        for row in rows {
            known.after = row.heard;
            if let Some(Revoked { trust_id, about, number, until }) = row.revoked() {
                let said = known.said.entry((trust_id, about)).or_insert(Said { number, until });
                said.number = said.number.max(number);
                said.until = said.until.max(until);
            }
        }
        Ok(())
    }
}

/// Takes something back, in the transaction that ends what it rests on: every process knows within a second.
///
/// # Errors
/// The database's.
pub fn take_back(tx: &mut Tx<'_>, about: &About) -> Result<(), Problem> {
    let until = tx.machine_now() + REMEMBERED;
    take_back_until(tx, about, until)
}

/// The number of the last change of what a member of staff may do; 0 where nobody remembers one.
///
/// # Errors
/// The database's.
pub fn last_change(tx: &mut Tx<'_>, staff_id: StaffId) -> Result<i64, Problem> {
    #[derive(QueryableByName)]
    struct Last {
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    let last: Last = diesel::sql_query(
        "SELECT coalesce(max(revocation_id), 0) AS number FROM revocation \
         WHERE trust_id = $1 AND about IN ($2, $3)",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Text, _>(About::Staff(staff_id).to_string())
    .bind::<Text, _>(About::AllStaff.to_string())
    .get_result(tx.conn)?;
    Ok(last.number)
}

/// As [`take_back`] for one token.
///
/// # Errors
/// The database's.
pub fn take_back_token(tx: &mut Tx<'_>, claims: Claims) -> Result<(), Problem> {
    let ends = DateTime::from_timestamp(claims.exp, 0).unwrap_or(DateTime::<Utc>::MAX_UTC - LATE);
    take_back_until(tx, &About::Token(claims.jti), ends + LATE)
}

fn take_back_until(tx: &mut Tx<'_>, about: &About, until: DateTime<Utc>) -> Result<(), Problem> {
    diesel::sql_query("INSERT INTO revocation (trust_id, about, until) VALUES ($1, $2, $3)")
        .bind::<Integer, _>(tx.trust())
        .bind::<Text, _>(about.to_string())
        .bind::<Timestamptz, _>(until)
        .execute(tx.conn)?;
    Ok(())
}

//! Owns: client, client_secret.

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz};

use base::prelude::*;
use base::tokens::client_name::ClientName;
use base::tokens::secret;
use schema::{client, client_secret, trust};

words! {
    /// For whom a client acts.
    ClientActs {
        Itself = "itself": "for itself, with its role",
        ForStaff = "for_staff": "for staff who have signed in, within its role and schools",
    }
}

/// A client.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClientRow {
    /// Rollcall's key.
    #[schema(example = 12)]
    pub client_id: ClientId,
    /// What it calls itself at the token endpoint, as `client_id`.
    #[schema(example = "rc-1-12")]
    pub identifier: String,
    /// Its name.
    #[schema(example = "Register app of Elm Bank")]
    pub name: String,
    /// What it is for.
    #[schema(example = "Teachers take registers")]
    pub purpose: String,
    /// For whom it acts.
    pub acts: ClientActs,
    /// Its role, or the most that it may do for anybody.
    #[schema(example = "school_office")]
    pub role: String,
    /// What it is called at the trust's identity providers: the audiences of ID tokens that it may exchange.
    #[schema(example = json!(["4a1c0f2e-front-end"]))]
    pub audiences: Vec<String>,
    /// The schools that it may reach; none are named where it may reach every school of the trust.
    #[schema(example = json!([7]))]
    pub school_ids: Vec<SchoolId>,
    /// From then on it gets no token.
    pub expires_at: DateTime<Utc>,
    /// When it was added (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    #[schema(example = "staff-17")]
    pub recorded_by: String,
    /// When it was revoked (UTC); absent while it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_by: Option<String>,
    /// When it last got a token (UTC); absent while it never did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<DateTime<Utc>>,
    /// From which address it asked for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "203.0.113.9")]
    pub last_used_from: Option<String>,
    /// Its secrets that hold: the last, and while it lasts the one before.
    pub secrets: Vec<SecretRow>,
}

/// A secret of a client that holds. The secret itself is not kept.
#[derive(Debug, Clone, Serialize, QueryableByName, ToSchema)]
pub struct SecretRow {
    #[serde(skip)]
    #[diesel(sql_type = Integer)]
    client_id: ClientId,
    /// Its number, from 1.
    #[diesel(sql_type = Integer)]
    #[schema(example = 2)]
    pub number: i32,
    /// When it was made (UTC).
    #[diesel(sql_type = Timestamptz)]
    pub recorded_at: DateTime<Utc>,
    /// Until when it holds; absent for the last one, which holds as long as the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub until: Option<DateTime<Utc>>,
}

/// A client's row.
#[derive(HasQuery)]
#[diesel(table_name = client)]
pub(super) struct Stored {
    client_id: ClientId,
    name: String,
    purpose: String,
    acts: ClientActs,
    role: String,
    audiences: Vec<String>,
    school_ids: Vec<SchoolId>,
    expires_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
    recorded_by: String,
    pub(super) revoked_at: Option<DateTime<Utc>>,
    revoked_by: Option<String>,
    last_used_at: Option<DateTime<Utc>>,
    last_used_from: Option<String>,
}

/// A client to be.
pub(super) struct NewRow {
    pub name: String,
    pub purpose: String,
    pub acts: ClientActs,
    pub role: String,
    pub audiences: Vec<String>,
    /// None for the whole trust.
    pub school_ids: Vec<SchoolId>,
    pub expires_at: DateTime<Utc>,
}

/// A client with the secret that it has just been given.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientWithSecret {
    /// The client.
    pub client: ClientRow,
    /// The secret: shown this once and kept nowhere.
    #[schema(example = "rc_live_n5qvD9cXHnQeWv1mJm3b7oX6zCkq0dJm1gZJ1s0rT2A")]
    pub secret: String,
}

/// Adds a client with its first secret.
pub(super) fn add(tx: &mut Tx, new: &NewRow, by: &str) -> Result<ClientWithSecret> {
    let now = tx.now();
    let client_id: ClientId = diesel::insert_into(client::table)
        .values((
            client::trust_id.eq(tx.trust()),
            client::school_ids.eq(&new.school_ids),
            client::name.eq(&new.name),
            client::purpose.eq(&new.purpose),
            client::acts.eq(new.acts),
            client::role.eq(&new.role),
            client::audiences.eq(&new.audiences),
            client::expires_at.eq(new.expires_at),
            client::recorded_at.eq(now),
            client::recorded_by.eq(by),
        ))
        .returning(client::client_id)
        .get_result(tx.conn)?;
    let secret = add_secret(tx, (client_id, &new.school_ids), (1, now), by)?;
    Ok(ClientWithSecret { client: client(tx, client_id)?, secret })
}

/// One more secret of a client whose row is held; the one before it holds until `before_until`.
pub(super) fn rotate(
    tx: &mut Tx,
    stored: &Stored,
    before_until: DateTime<Utc>,
    by: &str,
) -> Result<ClientWithSecret> {
    let last: Option<i32> = tx
        .of(client_secret::table)
        .filter(client_secret::client_id.eq(stored.client_id))
        .select(diesel::dsl::max(client_secret::number))
        .first(tx.conn)?;
    let number = last.unwrap_or(0) + 1;
    let whose = (stored.client_id, stored.school_ids.as_slice());
    let secret = add_secret(tx, whose, (number, before_until), by)?;
    Ok(ClientWithSecret { client: client(tx, stored.client_id)?, secret })
}

fn add_secret(
    tx: &mut Tx,
    (client_id, school_ids): (ClientId, &[SchoolId]),
    (number, before_until): (i32, DateTime<Utc>),
    by: &str,
) -> Result<String> {
    let sandbox = tx.of(trust::table).select(trust::sandbox).first::<bool>(tx.conn)?;
    let secret = secret::fresh(sandbox).map_err(Problem::internal)?;
    diesel::insert_into(client_secret::table)
        .values((
            client_secret::trust_id.eq(tx.trust()),
            client_secret::client_id.eq(client_id),
            client_secret::number.eq(number),
            client_secret::school_ids.eq(school_ids),
            client_secret::sha256.eq(secret::hash(&secret).as_slice()),
            client_secret::before_until.eq(before_until),
            client_secret::recorded_at.eq(tx.now()),
            client_secret::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    Ok(secret)
}

/// Whether the trust has, or had, a client.
pub(super) fn is_any(tx: &mut Tx) -> Result<bool> {
    let found = tx.of(client::table).select(client::client_id);
    Ok(found.first::<ClientId>(tx.conn).optional()?.is_some())
}

/// Locks a client's row, so that of two writes at once the second finds what the first did. Errors: 404; 403 when the
/// client reaches schools that the caller does not.
pub(super) fn hold(tx: &mut Tx, client_id: ClientId) -> Result<Stored> {
    let found = tx.rows::<Stored>().filter(client::client_id.eq(client_id));
    let stored = found.for_update().first(tx.conn)?;
    if stored.school_ids.iter().all(|school| tx.scope().covers(*school)) {
        return Ok(stored);
    }
    Err(Problem::new(Kind::Forbidden)
        .detail("The client reaches schools that your token does not."))
}

/// Revokes a client whose row is held.
pub(super) fn revoke(tx: &mut Tx, client_id: ClientId, by: &str) -> Result<()> {
    diesel::update(tx.of(client::table).filter(client::client_id.eq(client_id)))
        .set((client::revoked_at.eq(tx.now()), client::revoked_by.eq(by)))
        .execute(tx.conn)?;
    Ok(())
}

/// Notes that a client has got a token.
pub(super) fn used(tx: &mut Tx, client_id: ClientId, from: Option<&str>) -> Result<()> {
    diesel::update(tx.of(client::table).filter(client::client_id.eq(client_id)))
        .set((client::last_used_at.eq(tx.now()), client::last_used_from.eq(from)))
        .execute(tx.conn)?;
    Ok(())
}

/// One client, if the caller may see it. Errors: 404.
pub(super) fn client(tx: &mut Tx, client_id: ClientId) -> Result<ClientRow> {
    let stored = tx.rows::<Stored>().filter(client::client_id.eq(client_id)).first(tx.conn)?;
    whole(tx, vec![stored])?.pop().ok_or_else(Problem::not_found)
}

/// So many clients after one, in the order of their ids.
pub(super) fn clients(tx: &mut Tx, after: Option<ClientId>, most: i64) -> Result<Vec<ClientRow>> {
    let mut found = tx.rows::<Stored>().order(client::client_id).limit(most).into_boxed();
    found = found.narrow(after.map(|after| client::client_id.gt(after)));
    let stored = found.load(tx.conn)?;
    whole(tx, stored)
}

/// These clients with their secrets that hold.
fn whole(tx: &mut Tx, stored: Vec<Stored>) -> Result<Vec<ClientRow>> {
    let ids: Vec<ClientId> = stored.iter().map(|row| row.client_id).collect();
    let rows: Vec<SecretRow> = diesel::sql_query(
        "SELECT s.client_id, s.number, s.recorded_at, n.before_until AS until FROM client_secret s \
         LEFT JOIN client_secret n ON n.trust_id = $1 AND n.client_id = s.client_id AND n.number = s.number + 1 \
         WHERE s.trust_id = $1 AND s.client_id = ANY ($2) AND (n.before_until IS NULL OR n.before_until > $3) \
           AND s.number >= (SELECT max(l.number) - 1 FROM client_secret l WHERE l.trust_id = $1 AND l.client_id = s.client_id) \
         ORDER BY s.client_id, s.number",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(&ids)
    .bind::<Timestamptz, _>(tx.now())
    .load(tx.conn)?;
    let mut secrets: BTreeMap<ClientId, Vec<SecretRow>> = BTreeMap::new();
    for row in rows {
        secrets.entry(row.client_id).or_default().push(row);
    }
    let trust = tx.trust();
    Ok(stored
        .into_iter()
        .map(|row| {
            let name = ClientName { trust, client: row.client_id };
            let secrets = secrets.remove(&row.client_id).filter(|_| row.revoked_at.is_none());
            ClientRow {
                client_id: row.client_id,
                identifier: name.to_string(),
                name: row.name,
                purpose: row.purpose,
                acts: row.acts,
                role: row.role,
                audiences: row.audiences,
                school_ids: row.school_ids,
                expires_at: row.expires_at,
                recorded_at: row.recorded_at,
                recorded_by: row.recorded_by,
                revoked_at: row.revoked_at,
                revoked_by: row.revoked_by,
                last_used_at: row.last_used_at,
                last_used_from: row.last_used_from,
                secrets: secrets.unwrap_or_default(),
            }
        })
        .collect())
}

/// A client whose secret was right.
#[derive(QueryableByName)]
pub(super) struct Found {
    #[diesel(sql_type = Text)]
    pub role: String,
    #[diesel(sql_type = Text)]
    pub acts: ClientActs,
    #[diesel(sql_type = Array<Text>)]
    pub audiences: Vec<String>,
    #[diesel(sql_type = Array<Integer>)]
    pub school_ids: Vec<SchoolId>,
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
}

/// The client that has a secret with this hash, if both hold now. One statement, whatever is wrong.
pub(super) fn by_secret(
    tx: &mut Tx,
    client_id: ClientId,
    sha256: &[u8; 32],
) -> Result<Option<Found>> {
    let found = diesel::sql_query(
        "SELECT c.role, c.acts, c.audiences, c.school_ids, c.expires_at FROM client c \
         JOIN client_secret s ON s.trust_id = $1 AND s.client_id = c.client_id \
         LEFT JOIN client_secret n ON n.trust_id = $1 AND n.client_id = s.client_id AND n.number = s.number + 1 \
         WHERE c.trust_id = $1 AND c.client_id = $2 AND s.sha256 = $3 \
           AND c.revoked_at IS NULL AND c.expires_at > $4 AND (n.before_until IS NULL OR n.before_until > $4) \
           AND s.number >= (SELECT max(l.number) - 1 FROM client_secret l WHERE l.trust_id = $1 AND l.client_id = $2) \
         FOR UPDATE OF c",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Integer, _>(client_id)
    .bind::<diesel::sql_types::Bytea, _>(sha256.as_slice())
    .bind::<Timestamptz, _>(tx.now())
    .get_result(tx.conn)
    .optional()?;
    Ok(found)
}

//! Lists: `limit` and an opaque `cursor`, which is bound to the filters that it was made with.

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::problem::{Kind, Problem};
use crate::seal::Seal;

/// Items of a page when the caller does not say.
pub const DEFAULT_LIMIT: u16 = 100;
/// The most items of a page.
pub const MAX_LIMIT: u16 = 500;

/// One page of a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The items, in a stable order.
    pub items: Vec<T>,
    /// Pass it as `cursor`, with the same filters, for the next page. Absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What is sealed here.
const CURSOR: &[u8] = b"cursor";

/// What a cursor holds. It is no secret, unless it is sealed: what a caller may see is decided anew for every page.
#[derive(Serialize, Deserialize)]
struct Cursor<K> {
    after: K,
    /// Of the filters and the key, so that one which was cut or typed wrong is not taken for another.
    check: String,
}

/// How many, and after which key.
#[derive(Debug)]
pub struct Slice<K> {
    /// Items of this page.
    pub limit: usize,
    /// The last key of the page before: where it stood then, whatever has become of its row since.
    pub after: Option<K>,
    filter: String,
    seal: Option<Seal>,
}

impl<K: Serialize + DeserializeOwned> Slice<K> {
    /// Reads `limit` and `cursor`. `filter` is everything else that decides what the list holds.
    ///
    /// # Errors
    /// A limit out of range, or a cursor of another list.
    pub fn read(
        limit: Option<u16>,
        cursor: Option<&str>,
        filter: &impl Serialize,
    ) -> Result<Self, Problem> {
        Self::read_with(None, limit, cursor, filter)
    }

    /// The same for a list whose keys hold names: its cursors are sealed, so that no name gets into a URL.
    ///
    /// # Errors
    /// As [`Slice::read`].
    pub fn sealed(
        seal: &Seal,
        limit: Option<u16>,
        cursor: Option<&str>,
        filter: &impl Serialize,
    ) -> Result<Self, Problem> {
        Self::read_with(Some(seal.clone()), limit, cursor, filter)
    }

    fn read_with(
        seal: Option<Seal>,
        limit: Option<u16>,
        cursor: Option<&str>,
        filter: &impl Serialize,
    ) -> Result<Self, Problem> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Problem::at(
                Kind::BadQuery,
                "?limit",
                format!("a number from 1 to {MAX_LIMIT}"),
            ));
        }
        let filter = serde_json::to_string(filter).map_err(Problem::internal)?;
        let after = match cursor {
            None => None,
            Some(text) => {
                let after = decode::<K>(text, &filter, seal.as_ref());
                Some(after.ok_or_else(|| Problem::new(Kind::BadCursor))?)
            }
        };
        Ok(Self { limit: usize::from(limit), after, filter, seal })
    }

    /// How many rows to ask the database for: one more than the page holds tells whether there is a next one.
    pub fn fetch(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::from(MAX_LIMIT)) + 1
    }

    /// The page, from rows fetched with [`Slice::fetch`].
    pub fn page<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> K) -> Page<T> {
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let next = match items.last() {
            Some(last) if more => encode(key(last), &self.filter, self.seal.as_ref()),
            _ => None,
        };
        Page { items, next }
    }
}

fn encode<K: Serialize>(after: K, filter: &str, seal: Option<&Seal>) -> Option<String> {
    let check = check(&after, filter)?;
    let bytes = serde_json::to_vec(&Cursor { after, check }).ok()?;
    let bytes = match seal {
        Some(seal) => seal.seal(&bytes, CURSOR)?,
        None => bytes,
    };
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

fn decode<K: Serialize + DeserializeOwned>(
    text: &str,
    filter: &str,
    seal: Option<&Seal>,
) -> Option<K> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let bytes = match seal {
        Some(seal) => seal.open(&bytes, CURSOR)?,
        None => bytes,
    };
    let cursor: Cursor<K> = serde_json::from_slice(&bytes).ok()?;
    (check(&cursor.after, filter)? == cursor.check).then_some(cursor.after)
}

fn check<K: Serialize>(after: &K, filter: &str) -> Option<String> {
    let text = serde_json::to_vec(&(after, filter)).ok()?;
    Some(URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..9]))
}

impl<T: Serialize> Page<T> {
    /// 200 with the page; the next page's address stands in `Link` too.
    pub fn answer(self, request: &HttpRequest) -> HttpResponse {
        self.answer_in(request, |page| page)
    }

    /// 200 with an answer that holds the page among other things; the next page's address stands in `Link` too.
    pub fn answer_in<A: Serialize>(
        self,
        request: &HttpRequest,
        whole: impl FnOnce(Self) -> A,
    ) -> HttpResponse {
        ok(request, self.next.as_deref()).json(whole(self))
    }
}

/// 200, with the address of the next page in `Link`.
pub fn ok(request: &HttpRequest, next: Option<&str>) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    if let Some(next) = next {
        let kept: Vec<&str> = request
            .query_string()
            .split('&')
            .filter(|p| !p.is_empty() && !p.starts_with("cursor="))
            .collect();
        let kept = kept.iter().map(|p| format!("{p}&")).collect::<String>();
        response.insert_header((
            "Link",
            format!("<{}?{kept}cursor={next}>; rel=\"next\"", request.path()),
        ));
    }
    response
}

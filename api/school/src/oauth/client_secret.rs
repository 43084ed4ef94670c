//! How a client says who it is: by `Authorization: Basic` or in the form, never both (RFC 6749, section 2.3.1).

use actix_web::http::header::AUTHORIZATION;
use actix_web::{Error, HttpRequest, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::form::Form;
use super::refused::OAuthRefusal;
use crate::clients::{self, Entered};
use base::limit::Asker;
use base::platform;
use base::prelude::*;
use base::tokens::client_name::ClientName;

/// Nobody's name: what comes without one is compared all the same, and takes as long.
const NOBODY: ClientName = ClientName { trust: TrustId::new(0), client: ClientId::new(0) };

/// What a client says of itself.
struct Said {
    name: Option<ClientName>,
    secret: String,
}

/// The client that the request comes from.
///
/// # Errors
/// The one error for whoever is none; 429 for whoever has been wrong too often; 503 when the database is away.
pub(super) async fn client(
    app: &web::Data<App>,
    request: &HttpRequest,
    form: &Form,
) -> Result<Entered, Error> {
    let said = said(request, form)?;
    let address = app.limits.address(request);
    let askers = [Some(address.clone()), said.name.map(|name| Asker::Client(name.to_string()))];
    if let Some(wait) = app.limits.shut(askers.iter().flatten()) {
        return Err(Problem::new(Kind::TooManyRequests).retry_after(wait).into());
    }
    let (name, secret) = (said.name.unwrap_or(NOBODY), said.secret);
    let from = address.ip().map(|ip| ip.to_string());
    let entered = app.db.run(&platform::at_the_door(name.trust), move |tx| {
        clients::enter(tx, name, &secret, from.as_deref())
    });
    if let Some(entered) = entered.await? {
        return Ok(entered);
    }
    for asker in askers.iter().flatten() {
        app.limits.was_wrong(asker).await;
    }
    Err(OAuthRefusal::client().into())
}

fn said(request: &HttpRequest, form: &Form) -> Result<Said, OAuthRefusal> {
    let in_form = (form.get("client_id"), form.get("client_secret"));
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    // Another scheme, such as a token that a library sends with everything, says nothing of the client.
    let Some(encoded) = header.and_then(of_basic) else {
        let (Some(name), Some(secret)) = in_form else {
            return Err(OAuthRefusal::client());
        };
        return Ok(Said { name: name.parse().ok(), secret: secret.to_owned() });
    };
    if in_form.1.is_some() {
        return Err(OAuthRefusal::request("the client says who it is in two ways"));
    }
    let (name, secret) = basic(encoded).ok_or_else(OAuthRefusal::client)?;
    if in_form.0.is_some_and(|other| other != name) {
        return Err(OAuthRefusal::request("client_id is not that of the header Authorization"));
    }
    Ok(Said { name: name.parse().ok(), secret })
}

/// What follows the scheme `Basic`.
fn of_basic(header: &str) -> Option<&str> {
    let (scheme, encoded) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("basic").then_some(encoded)
}

/// Name and secret. Both are encoded as in a form before they are joined.
fn basic(encoded: &str) -> Option<(String, String)> {
    let joined = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (name, secret) = joined.split_once(':')?;
    Some((decoded(name)?, decoded(secret)?))
}

fn decoded(part: &str) -> Option<String> {
    let spaced = part.replace('+', " ");
    let text = percent_encoding::percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_is_read_as_rfc_6749_has_it() {
        // "rc-1-12:a%2Bb"
        let read = of_basic("basic cmMtMS0xMjphJTJCYg==").and_then(basic).unwrap();
        assert_eq!(read, ("rc-1-12".to_owned(), "a+b".to_owned()));
        for wrong in ["Bearer cmM6YQ==", "Basic", "Basic ***", "Basic cmM="] {
            assert_eq!(of_basic(wrong).and_then(basic), None, "{wrong}");
        }
    }
}

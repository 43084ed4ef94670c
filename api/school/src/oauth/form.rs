//! The parameters of a request to the token endpoint: a form, each parameter once (RFC 6749, section 3.2).

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{Error, FromRequest, HttpRequest};

use super::refused::OAuthRefusal;
use base::http::body::Body;
use base::http::json::media_type;
use base::prelude::*;

/// The parameters. One without a value is as good as none; one that is not known here is passed over.
#[derive(Debug)]
pub struct Form(BTreeMap<String, String>);

impl Form {
    /// A parameter's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A parameter without which nothing can be done.
    pub fn need(&self, name: &str, lacking: &'static str) -> Result<&str, OAuthRefusal> {
        self.get(name).ok_or_else(|| OAuthRefusal::request(lacking))
    }
}

impl FromRequest for Form {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media = media_type(request);
        let body = Body::from_request(request, payload);
        Box::pin(async move {
            if media != "application/x-www-form-urlencoded" {
                return Err(OAuthRefusal::request(
                    "send Content-Type: application/x-www-form-urlencoded",
                )
                .into());
            }
            Ok(read(&body.await?.0)?)
        })
    }
}

fn read(body: &[u8]) -> Result<Form, OAuthRefusal> {
    if std::str::from_utf8(body).is_err() {
        return Err(OAuthRefusal::request("the form is not UTF-8"));
    }
    let mut parameters = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body) {
        if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(OAuthRefusal::request("a parameter comes twice"));
        }
    }
    Ok(Form(parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_comes_once_and_without_a_value_not_at_all() {
        let form = read(b"grant_type=client_credentials&scope=&more=%2B+1").unwrap();
        assert_eq!(form.get("grant_type"), Some("client_credentials"));
        assert_eq!((form.get("scope"), form.get("more")), (None, Some("+ 1")));
        assert!(read(b"scope=a&scope=a").is_err());
        assert!(read(b"scope=\xff").is_err());
    }
}

//! Path parameters: a segment of the wrong form names nothing, so it is a 404. A date that no
//! calendar here shows is a 422, as everywhere.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use super::texts;
use crate::problem::{Kind, Problem};

/// The parameters of the path.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Path<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // Read as the handler reads them: what stands for itself in a path is decoded only there.
        let decoded = |value: &str| percent_decode_str(value).decode_utf8_lossy().into_owned();
        let values: Vec<(String, String)> = request
            .match_info()
            .iter()
            .map(|(name, value)| (name.to_owned(), decoded(value)))
            .collect();
        if values.iter().any(|(_, value)| value.contains('\0')) {
            return std::future::ready(Err(Problem::not_found()));
        }
        // Not by actix's own extractor, which logs a path that it cannot read.
        let path = request.match_info().load::<T>().map(Self).map_err(|_| Problem::not_found());
        let outside = values.iter().find(|(_, value)| texts::is_outside_calendar(value));
        std::future::ready(path.and_then(|path| match outside {
            None => Ok(path),
            Some((name, _)) => {
                Err(Problem::at(Kind::Invalid, format!("{{{name}}}"), texts::IN_CALENDAR))
            }
        }))
    }
}

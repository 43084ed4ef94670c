//! Path parameters: a segment of the wrong form names nothing, so it is a 404. A date that no
//! calendar here shows is a 422, as everywhere.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::texts;
use crate::base::problem::{Kind, Problem};

/// The parameters of the path.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Path<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let values = || request.match_info().iter().map(|(_, value)| value);
        if values().any(|value| value.contains('\0') || value.contains("%00")) {
            return std::future::ready(Err(Problem::not_found()));
        }
        // Not by actix's own extractor, which logs a path that it cannot read.
        let path = request.match_info().load::<T>().map(Self).map_err(|_| Problem::not_found());
        let mut outside =
            request.match_info().iter().filter(|(_, value)| texts::is_outside_calendar(value));
        std::future::ready(path.and_then(|path| match outside.next() {
            None => Ok(path),
            Some((name, _)) => {
                Err(Problem::at(Kind::Invalid, format!("{{{name}}}"), texts::IN_CALENDAR))
            }
        }))
    }
}

//! Path parameters: a segment of the wrong form names nothing, so it is a 404.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use crate::base::problem::Problem;

/// The parameters of the path.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Path<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // Not by actix's own extractor, which logs a path that it cannot read.
        let path = request.match_info().load::<T>();
        std::future::ready(path.map(Self).map_err(|_| Problem::not_found()))
    }
}

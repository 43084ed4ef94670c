//! The governor's page: static, ours, and alone. It makes the secret in the governor's own browser (WebCrypto), and sends
//! nothing but the commitment until the draw is drawn. Nothing from elsewhere is loaded: `base/http/guard.rs` says so to
//! browsers.

use actix_web::{HttpResponse, web};

/// Where it is.
pub(super) const PATH: &str = "/draws/governor";

/// The page and what it loads.
const FILES: [(&str, &str, &str); 3] = [
    (PATH, "text/html; charset=utf-8", include_str!("page/governor.html")),
    ("/draws/governor.js", "text/javascript; charset=utf-8", include_str!("page/governor.js")),
    ("/draws/governor.css", "text/css; charset=utf-8", include_str!("page/governor.css")),
];

/// The page, which is no operation: people open it.
pub(super) fn mount(config: &mut base::Operations) {
    for (path, media, text) in FILES {
        config.route(path, web::get().to(move || async move { answer(media, text) }));
    }
}

fn answer(media: &str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type(media).body(text)
}

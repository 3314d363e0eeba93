//! The console's files, and the headers that every answer carries.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

/// Only what comes from this server runs or loads, nothing is framed, and no text becomes a script.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Tandem</title>\
<h1>The console is not in this build</h1><p>The API works. To build the console too, run <code>cargo xtask demo</code> in the source folder.</p></html>";

/// Serves a file of the console; any other path gets the start page, since the console routes by itself.
pub async fn serve(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    let known = tandem_console_assets::get(path).or_else(|| {
        // A missing file with an ending is a mistake, not a page.
        let page = !path.rsplit('/').next().unwrap_or_default().contains('.');
        if page {
            tandem_console_assets::get("index.html")
        } else {
            None
        }
    });
    let Some(asset) = known else {
        let missing_console = tandem_console_assets::get("index.html").is_none();
        let page = if missing_console { NOT_BUILT } else { "not found" };
        return (StatusCode::NOT_FOUND, Html(page)).into_response();
    };
    let cache = if asset.immutable {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = [
        (header::CONTENT_TYPE, asset.content_type.to_owned()),
        (header::CACHE_CONTROL, cache.to_owned()),
    ];
    (headers, Body::from(asset.bytes.into_owned())).into_response()
}

/// Adds the security headers to every answer.
pub async fn secure(request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=()",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if api {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

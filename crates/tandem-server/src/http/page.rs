//! The few pages that are not the console's: they work without script.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{AppendHeaders, Html, IntoResponse, Response};

/// Text as it may stand in a page.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn page(head: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">{head}<title>Tandem: sign in</title>{body}</html>"
    ))
}

/// Sets cookies and goes on to the console. A redirect would lose them: a browser that comes from another site sends no
/// `SameSite=Strict` cookie along redirects.
pub(super) fn go_on(cookies: impl IntoIterator<Item = String>) -> Response {
    let mut headers: Vec<(HeaderName, String)> = cookies
        .into_iter()
        .map(|cookie| (header::SET_COOKIE, cookie))
        .collect();
    headers.push((header::CACHE_CONTROL, "no-store".to_owned()));
    let page = page(
        "<meta http-equiv=\"refresh\" content=\"0; url=/\">",
        "<h1>You are signed in</h1><p><a href=\"/\">Go on to Tandem</a></p>",
    );
    (AppendHeaders(headers), page).into_response()
}

/// Says why somebody is not signed in, and what to do.
pub(super) fn not_signed_in(status: StatusCode, title: &str, what: &str, hint: &str) -> Response {
    let body = format!(
        "<h1>{}</h1><p>{}</p><p>{}</p><p><a href=\"/\">Back to Tandem</a></p>",
        escaped(title),
        escaped(what),
        escaped(hint)
    );
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (status, headers, page("", &body)).into_response()
}

//! Cookies. All have the prefix `__Host-` (RFC 6265bis section 4.1.3.2): only this host sets them, for all its paths, over a
//! secure connection. Chromium counts `http://127.0.0.1` and `http://localhost` as secure for that (seen with Chromium 156),
//! plain http to any other address not; so development needs no other cookie.

use std::fmt::Write;

/// The session's cookie.
pub const SESSION_COOKIE: &str = "__Host-tandem";
/// Binds a begun sign-in (OpenID Connect, passkey) to the browser that began it.
pub const FLOW_COOKIE: &str = "__Host-tandem-flow";

/// The value cannot stand in a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a cookie's value is made of letters, digits, `-`, `_` and `.` only")]
pub struct CookieError;

/// `Set-Cookie` of a session: never sent along from other sites' pages (`SameSite=Strict`), unreadable for scripts.
///
/// A browser that comes back from an identity provider does not send a `Strict` cookie along redirects either: set it on a
/// page (status 200) that goes on by `<meta http-equiv="refresh">`, not on a redirect.
///
/// # Errors
/// [`CookieError`].
pub fn session_cookie(token: &str, max_age_seconds: i64) -> Result<String, CookieError> {
    written(SESSION_COOKIE, token, "Strict", max_age_seconds)
}

/// `Set-Cookie` of a begun sign-in. `Lax`, for the provider sends the browser back by a navigation from another site.
///
/// # Errors
/// [`CookieError`].
pub fn flow_cookie(token: &str, max_age_seconds: i64) -> Result<String, CookieError> {
    written(FLOW_COOKIE, token, "Lax", max_age_seconds)
}

/// `Set-Cookie` that removes a cookie.
pub fn clear_cookie(name: &str) -> String {
    format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}

fn written(name: &str, value: &str, same_site: &str, max_age: i64) -> Result<String, CookieError> {
    if value.is_empty()
        || !value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    {
        return Err(CookieError);
    }
    let mut cookie = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite={same_site}");
    if max_age > 0 {
        // Writing into a String cannot fail.
        let _ = write!(cookie, "; Max-Age={max_age}");
    }
    Ok(cookie)
}

/// The value of a cookie in the request's `Cookie` headers. Two cookies of the same name are a sign of somebody planting one:
/// then there is none.
pub fn read_cookie<'a>(headers: impl IntoIterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    let mut found = headers
        .into_iter()
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='));
    let value = found.next()?;
    found.next().is_none().then_some(value)
}

//! The built web console, embedded. Without a build (`console/dist` is missing) there is nothing in it, and the server says so.

use std::borrow::Cow;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../console/dist"]
#[allow_missing = true]
struct Dist;

/// One file of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its content.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type.
    pub content_type: &'static str,
    /// True for files whose name holds a hash of their content, so that browsers may keep them for ever.
    pub immutable: bool,
}

/// The file at a path relative to the console's root, for example `index.html` or `assets/main-abc123.js`.
pub fn get(path: &str) -> Option<Asset> {
    let path = if path.is_empty() { "index.html" } else { path };
    let file = Dist::get(path)?;
    Some(Asset {
        bytes: file.data,
        content_type: content_type(path),
        immutable: path.starts_with("assets/"),
    })
}

/// The console's start page; nothing if the console was not built before this crate.
pub fn index() -> Option<Asset> {
    get("index.html")
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;

//! Rules of the engine and of the services, each by itself.

mod auth;
mod cursor;
mod services;
mod settings;
mod words;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tandem_domain::Timestamp;

use super::api::Answer;

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Answer {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    Answer {
        status,
        headers: map,
        body: body.as_bytes().to_vec(),
    }
}

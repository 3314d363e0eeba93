//! Indexer acknowledgement: a client that names a channel gets a number with each answer and may ask later which of its
//! numbers are durable.
//!
//! An answer is given here only when the records are durable. So every number that was ever handed out is, and a channel needs
//! no more memory than its next number.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// Channels remembered; beyond that the one longest unused is forgotten, and its client sends again what it has not yet asked for.
const MOST_CHANNELS: usize = 4_096;
/// Numbers asked for at once at most.
const MOST_ASKED: usize = 100_000;

/// True for what can name a channel: a GUID, with or without dashes and braces.
pub fn is_channel(name: &str) -> bool {
    let plain = name.trim_start_matches('{').trim_end_matches('}');
    let digits = plain.bytes().filter(|byte| *byte != b'-').count();
    digits == 32 && plain.len() <= 36 && plain.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Numbers of all channels.
#[derive(Debug, Default)]
pub struct Channels {
    next: HashMap<(String, String), Channel>,
    clock: u64,
}

#[derive(Debug)]
struct Channel {
    next: u64,
    used: u64,
}

#[derive(Deserialize)]
struct Asked {
    acks: Vec<u64>,
}

impl Channels {
    /// The number of an answer on that token's channel, whose records are durable.
    pub fn durable(&mut self, token: &str, channel: &str) -> u64 {
        self.clock += 1;
        let key = (token.to_owned(), channel.to_ascii_lowercase());
        if !self.next.contains_key(&key) && self.next.len() >= MOST_CHANNELS {
            let oldest = self.next.iter().min_by_key(|(_, channel)| channel.used);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                self.next.remove(&oldest);
            }
        }
        let clock = self.clock;
        let channel = self.next.entry(key).or_insert(Channel { next: 0, used: clock });
        channel.used = clock;
        channel.next += 1;
        channel.next - 1
    }

    /// Answers `{"acks":[0,1]}` with `{"acks":{"0":true,"1":false}}`; `None` if that is not what was asked.
    pub fn asked(&mut self, token: &str, channel: &str, body: &[u8]) -> Option<String> {
        let asked: Asked = serde_json::from_slice(body).ok()?;
        if asked.acks.len() > MOST_ASKED {
            return None;
        }
        let key = (token.to_owned(), channel.to_ascii_lowercase());
        let next = self.next.get(&key).map_or(0, |channel| channel.next);
        let acks: Map<String, Value> = asked
            .acks
            .into_iter()
            .map(|number| (number.to_string(), Value::Bool(number < next)))
            .collect();
        let mut answer = Map::new();
        answer.insert("acks".into(), Value::Object(acks));
        Some(Value::Object(answer).to_string())
    }
}

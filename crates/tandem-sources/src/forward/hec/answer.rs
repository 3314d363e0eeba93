//! What Splunk answers, in its words.

use serde_json::{Map, Value};

/// A status of Splunk's HTTP Event Collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Taken.
    Success,
    /// There is no token.
    TokenRequired,
    /// The header is of no known form.
    InvalidAuthorization,
    /// No such token.
    InvalidToken,
    /// The body is empty.
    NoData,
    /// The body, or an event in it, cannot be read.
    InvalidDataFormat,
    /// Something of ours failed.
    InternalError,
    /// There is no room, or Tandem is stopping; nothing was taken.
    Busy,
    /// Acknowledgements are asked for without a channel.
    ChannelMissing,
    /// That is no name of a channel.
    InvalidChannel,
    /// An event has no `event`.
    EventRequired,
    /// An event's `event` is empty.
    EventBlank,
    /// A token stands in the address.
    QueryToken,
    /// Healthy.
    Healthy,
    /// Healthy but for the queue.
    Unhealthy,
    /// The body is too large.
    TooLarge,
    /// No such address.
    NotFound,
}

impl Code {
    /// Splunk's number, its text, and the HTTP status.
    const fn parts(self) -> (u16, &'static str, u16) {
        match self {
            Self::Success => (0, "Success", 200),
            Self::TokenRequired => (2, "Token is required", 401),
            Self::InvalidAuthorization => (3, "Invalid authorization", 401),
            Self::InvalidToken => (4, "Invalid token", 403),
            Self::NoData => (5, "No data", 400),
            Self::InvalidDataFormat => (6, "Invalid data format", 400),
            Self::InternalError => (8, "Internal server error", 500),
            Self::Busy => (9, "Server is busy", 503),
            Self::ChannelMissing => (10, "Data channel is missing", 400),
            Self::InvalidChannel => (11, "Invalid data channel", 400),
            Self::EventRequired => (12, "Event field is required", 400),
            Self::EventBlank => (13, "Event field cannot be blank", 400),
            Self::QueryToken => (16, "Query string authorization is not enabled", 400),
            Self::Healthy => (17, "HEC is healthy", 200),
            Self::Unhealthy => (18, "HEC is unhealthy, queues are full", 503),
            Self::TooLarge => (27, "Request entity too large", 413),
            Self::NotFound => (404, "The requested URL was not found on this server.", 404),
        }
    }
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// What it says.
    pub code: Code,
    /// The first wrong event.
    pub event: Option<u64>,
    /// Under which number to ask for the acknowledgement.
    pub ack: Option<u64>,
}

impl From<Code> for Answer {
    fn from(code: Code) -> Self {
        Self {
            code,
            event: None,
            ack: None,
        }
    }
}

impl Answer {
    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        self.code.parts().2
    }

    /// The body.
    pub fn body(&self) -> String {
        let (number, text, _) = self.code.parts();
        let mut body = Map::new();
        body.insert("text".into(), text.into());
        body.insert("code".into(), number.into());
        if let Some(event) = self.event {
            body.insert("invalid-event-number".into(), event.into());
        }
        if let Some(ack) = self.ack {
            body.insert("ackId".into(), ack.into());
        }
        Value::Object(body).to_string()
    }
}

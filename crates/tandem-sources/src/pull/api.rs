//! What an audit API is to the engine: how a page is asked for and how its answer is read. No I/O, so that every rule of a
//! service can be tested by itself.

use std::time::Duration;

use reqwest::header::HeaderMap;
use tandem_domain::Timestamp;
use url::Url;

use super::cursor::Cursor;
use crate::delivery::Refused;

/// Longest page token or link that is kept, bytes.
pub(super) const LONGEST_LINK: usize = 8 << 10;

/// How a service is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ways {
    /// Longest stretch of time asked for at once, or `None` for a service whose cursor is followed for ever.
    pub window: Option<Duration>,
    /// How much of what was read is asked for again, for records that come late.
    pub overlap: Duration,
    /// How far back the service keeps records.
    pub reach: Duration,
    /// Least time between two requests of one stream.
    pub pace: Duration,
    /// Time between two looks when nothing more waits.
    pub every: Duration,
}

/// One request, without what proves who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    /// Where to.
    pub url: Url,
    /// Headers besides those that every request has.
    pub headers: Vec<(&'static str, String)>,
    /// The body of a `POST`, or `None` for a `GET`.
    pub body: Option<Vec<u8>>,
    /// Region of the signature; only AWS has one.
    pub region: Option<String>,
}

impl Request {
    /// A `GET`.
    pub fn get(url: Url) -> Self {
        Self {
            url,
            headers: Vec::new(),
            body: None,
            region: None,
        }
    }

    /// A `POST` of JSON.
    pub fn post(url: Url, body: Vec<u8>) -> Self {
        Self {
            headers: vec![("content-type", "application/json".to_owned())],
            body: Some(body),
            ..Self::get(url)
        }
    }
}

/// One whole answer.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, whole and within bounds.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A record of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// What tells it from others: the same when it comes again.
    pub id: String,
    /// When it happened, for how long the id is kept.
    pub at: Option<Timestamp>,
    /// One line of JSON.
    pub json: Vec<u8>,
}

/// What stands on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// A record.
    Record(Record),
    /// A heap of records that is fetched by itself and never changes.
    Blob {
        /// Its id.
        id: String,
        /// When it became available.
        at: Option<Timestamp>,
        /// Where it is.
        link: String,
        /// Its entry on the page, should it be gone.
        entry: Vec<u8>,
    },
    /// Something that is no record.
    Refused(Refused),
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Page {
    /// What stands on it, in the service's order.
    pub items: Vec<Item>,
    /// Token or link of the next page.
    pub next: Option<String>,
}

/// Why a request came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The service wants a pause.
    Pause {
        /// So long, if it says so.
        after: Option<Duration>,
        /// Its words.
        why: String,
    },
    /// It failed this time: the network, an error of the service, an answer that broke off.
    Again(String),
    /// The body cannot be read although it came whole.
    Broken {
        /// What is wrong.
        why: String,
        /// As received, its beginning.
        raw: Vec<u8>,
    },
    /// The token is not taken any more.
    Token(String),
    /// The page token or link is not taken any more, or leads in circles.
    Link(String),
    /// What was asked for is gone.
    Gone(String),
    /// It says no, and would again: rights or settings.
    Refused(String),
}

impl Fault {
    /// What happened, for people.
    pub fn why(&self) -> &str {
        match self {
            Self::Pause { why, .. }
            | Self::Again(why)
            | Self::Broken { why, .. }
            | Self::Token(why)
            | Self::Link(why)
            | Self::Gone(why)
            | Self::Refused(why) => why,
        }
    }

    /// An answer whose body cannot be read.
    pub fn broken(why: impl Into<String>, raw: &[u8]) -> Self {
        Self::Broken {
            why: why.into(),
            raw: raw.get(..Refused::KEPT).unwrap_or(raw).to_vec(),
        }
    }
}

/// An audit API.
pub(super) trait Api: Send + Sync {
    /// Its name for people.
    fn name(&self) -> &'static str;

    /// How it is asked.
    fn ways(&self) -> Ways;

    /// What is read one beside the other, each with a cursor of its own.
    fn streams(&self) -> Vec<String>;

    /// What must be asked once before the pages.
    fn first(&self, _stream: &str) -> Option<Request> {
        None
    }

    /// True if the answer to [`Self::first`] says that pages can be asked for although its status says otherwise.
    fn ready(&self, _answer: &Answer) -> bool {
        false
    }

    /// The request for the page that the cursor stands at.
    ///
    /// # Errors
    /// [`Fault::Link`] when the cursor's link leads elsewhere.
    fn page(&self, stream: &str, cursor: &Cursor) -> Result<Request, Fault>;

    /// Reads a page out of a good answer.
    ///
    /// # Errors
    /// [`Fault::Broken`] when it is no page.
    fn read(&self, stream: &str, answer: &Answer) -> Result<Page, Fault>;

    /// The request for a blob.
    ///
    /// # Errors
    /// [`Fault::Gone`] when its link leads elsewhere.
    fn blob(&self, link: &str) -> Result<Request, Fault> {
        Err(Fault::Gone(format!("{link} is no link of this service")))
    }

    /// Reads a blob out of a good answer.
    ///
    /// # Errors
    /// [`Fault::Broken`] when it is none.
    fn open(&self, answer: &Answer) -> Result<Vec<Item>, Fault> {
        Err(Fault::broken("nothing was asked for", &answer.body))
    }
}

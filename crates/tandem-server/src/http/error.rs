//! Errors as every caller sees them: a status, a stable code, plain words and the way out.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::api::dto::{ErrorBody, ErrorView};

/// A refusal or failure of one request.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    hint: String,
    retry_after: Option<u64>,
}

impl ApiError {
    /// Not signed in.
    pub fn unauthorised() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "not_signed_in",
            "you are not signed in",
            "sign in at the start page, or open a one-time link; `tandem sign-in-link ROLE` makes one",
        )
    }

    /// Signed in, but no policy allows it.
    pub fn refused(why: String, hint: Option<String>) -> Self {
        let way_out = || "sign in with a role that may, or ask a colleague who has it".to_owned();
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            why,
            hint.unwrap_or_else(way_out),
        )
    }

    /// No such thing.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("there is no such {what}"),
            "check the address; it may have been removed by retention",
        )
    }

    /// The request makes no sense.
    pub fn bad(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message, hint)
    }

    /// Any other refusal.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            hint: hint.into(),
            retry_after: None,
        }
    }

    /// Says after how many seconds another try makes sense (`Retry-After`, RFC 9110 section 10.2.3).
    #[must_use]
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// As the API says it, where the answer has begun already.
    pub(crate) fn view(&self) -> ErrorView {
        ErrorView {
            code: self.code.into(),
            message: self.message.clone(),
            hint: self.hint.clone(),
        }
    }

    /// As a page for people, where a browser goes by itself.
    pub(super) fn page(&self) -> Response {
        super::page::not_signed_in(self.status, "You are not signed in", &self.message, &self.hint)
    }

    /// True if it is no refusal but a failure of ours, after which the same may succeed.
    pub(crate) fn is_ours(&self) -> bool {
        self.status.is_server_error() || self.is_conflict()
    }

    /// True if somebody was faster.
    pub(crate) fn is_conflict(&self) -> bool {
        self.status == StatusCode::CONFLICT && self.code == "conflict"
    }

    /// Something of ours failed. The cause goes to the log, not to the caller.
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        let mut text = cause.to_string();
        let mut source = cause.source();
        while let Some(inner) = source {
            text = format!("{text}: {inner}");
            source = inner.source();
        }
        tracing::error!(cause = %text, "request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "something failed on our side",
            "try again; the server's log names the cause",
        )
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.message, self.hint)
    }
}

impl std::error::Error for ApiError {}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = ErrorBody {
            error: ErrorView {
                code: self.code.into(),
                message: self.message,
                hint: self.hint,
            },
        };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Longest words of a refusal that are passed on, bytes.
const WORDS: usize = 4_096;

/// Gives every refusal of the API the same shape. What is refused before a handler is reached (a body or query that cannot be
/// read, a method that is not there) would be plain text otherwise, or nothing at all.
pub(super) async fn worded(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !response.status().is_client_error() || is_json {
        return response;
    }
    let (parts, body) = response.into_parts();
    let said = to_bytes(body, WORDS).await.unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    let (code, words, hint) = usual(parts.status);
    // Only about the content of a request the reader knows more than the status says.
    let precise = matches!(
        parts.status,
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY
    );
    let message = if precise && !said.trim().is_empty() {
        said.trim()
    } else {
        words
    };
    let mut worded = ApiError::new(parts.status, code, message, hint).into_response();
    if let Some(allowed) = parts.headers.get(header::ALLOW) {
        worded.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    worded
}

/// Code, words and way out of a refusal that has none of its own.
fn usual(status: StatusCode) -> (&'static str, &'static str, &'static str) {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => (
            "method",
            "this address does not take that method",
            "GET /api/openapi.json lists what each address takes",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "too_large",
            "the body is larger than this address takes",
            "send less at once, or pack it first",
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "media_type",
            "the body is not of a type that this address takes",
            "send JSON with `content-type: application/json`",
        ),
        _ => (
            "unreadable",
            "the request cannot be read",
            "GET /api/openapi.json says what each address takes",
        ),
    }
}

macro_rules! internal {
    ($($error:ty),* $(,)?) => {
        $(impl From<$error> for ApiError {
            fn from(error: $error) -> Self {
                Self::internal(&error)
            }
        })*
    };
}

internal!(serde_json::Error, std::io::Error);

impl From<tandem_store::StoreError> for ApiError {
    fn from(error: tandem_store::StoreError) -> Self {
        if matches!(error, tandem_store::StoreError::Conflict { .. }) {
            return Self::new(
                StatusCode::CONFLICT,
                "conflict",
                error.to_string(),
                "load it again and repeat what you wanted to do",
            );
        }
        Self::internal(&error)
    }
}

impl From<crate::ledger::LedgerError> for ApiError {
    fn from(error: crate::ledger::LedgerError) -> Self {
        match error {
            crate::ledger::LedgerError::Store(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

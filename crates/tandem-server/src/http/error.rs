//! Errors as every caller sees them: a status, a stable code, plain words and the way out.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
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

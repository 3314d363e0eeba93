//! Errors as every caller sees them: a status, a stable code, plain words and the way out.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::api::dto::{ErrorBody, ErrorView};

/// A refusal or failure of one request.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    hint: String,
}

impl ApiError {
    /// Not signed in.
    pub fn unauthorised() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "not_signed_in",
            "you are not signed in",
            "open a one-time sign-in link; `tandem sign-in-link ROLE` makes one",
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
        }
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
        (self.status, Json(body)).into_response()
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

//! Routes of signing in and of one's own account.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde::Serialize;
use tandem_sign_in::oidc::Callback;
use tandem_sign_in::session::{FLOW_COOKIE, clear_cookie};
use utoipa::{OpenApi, ToSchema};

use super::error::ApiError;
use super::page;
use super::session::Signed;
use super::visitor::cookie;
use crate::api::dto::ErrorBody;
use crate::app::App;
use crate::sign_in::account::{AccountView, NewPassword, Own, SignInWays};
use crate::sign_in::oidc::SignedThen;
use crate::sign_in::passkey::{NewPasskey, PasskeyOptions, PasskeySignIn};
use crate::sign_in::password::{Next, PasswordSignIn};
use crate::sign_in::second::{CodeSignIn, EnrolmentView, RecoveryView};
use crate::sign_in::{Cookies, Visitor};

type Shared = State<Arc<App>>;
type Answer<T> = Result<Json<T>, ApiError>;
type Done = Result<StatusCode, ApiError>;

/// What comes next in a sign-in.
#[derive(Serialize, ToSchema)]
pub struct SignInStep {
    /// `done`, or `code` if a one-time code is needed.
    pub next: String,
    /// To be given back with the code.
    pub ceremony: Option<String>,
}

fn signed_in(Cookies(cookies): Cookies) -> Response {
    let step = SignInStep {
        next: "done".into(),
        ceremony: None,
    };
    (
        AppendHeaders(cookies.map(|c| (header::SET_COOKIE, c))),
        Json(step),
    )
        .into_response()
}

fn own(signed: &Signed) -> Own<'_> {
    Own {
        account: signed.account(),
        session: signed.session(),
        proved: signed.proved,
    }
}

/// The ways in that this installation offers.
///
/// # Errors
/// None.
#[utoipa::path(get, path = "/api/v1/sign-in", tag = "session", responses((status = 200, body = SignInWays)))]
pub async fn ways(State(app): Shared) -> Answer<SignInWays> {
    Ok(Json(app.ways()))
}

/// Signs in by account and password, or says that a code is needed too.
///
/// # Errors
/// As [`App::sign_in_by_password`].
#[utoipa::path(post, path = "/api/v1/sign-in/password", tag = "session", request_body = PasswordSignIn, responses((status = 200, body = SignInStep), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub async fn password(
    State(app): Shared,
    visitor: Visitor,
    Json(asked): Json<PasswordSignIn>,
) -> Result<Response, ApiError> {
    Ok(match app.sign_in_by_password(&visitor, &asked).await? {
        Next::Done(cookies) => signed_in(cookies),
        Next::Code(ceremony) => Json(SignInStep {
            next: "code".into(),
            ceremony: Some(ceremony),
        })
        .into_response(),
    })
}

/// Signs in by the one-time code or recovery code that follows a password.
///
/// # Errors
/// As [`App::sign_in_by_code`].
#[utoipa::path(post, path = "/api/v1/sign-in/code", tag = "session", request_body = CodeSignIn, responses((status = 200, body = SignInStep), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub async fn code(
    State(app): Shared,
    visitor: Visitor,
    Json(asked): Json<CodeSignIn>,
) -> Result<Response, ApiError> {
    Ok(signed_in(app.sign_in_by_code(&visitor, &asked).await?))
}

/// Begins a sign-in with a passkey.
///
/// # Errors
/// As [`App::begin_passkey_sign_in`].
#[utoipa::path(post, path = "/api/v1/sign-in/passkey", tag = "session", responses((status = 200, body = PasskeyOptions), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub async fn begin_passkey(State(app): Shared, _visitor: Visitor) -> Answer<PasskeyOptions> {
    Ok(Json(app.begin_passkey_sign_in()?))
}

/// Finishes a sign-in with a passkey.
///
/// # Errors
/// As [`App::sign_in_by_passkey`].
#[utoipa::path(post, path = "/api/v1/sign-in/passkey/finish", tag = "session", request_body = PasskeySignIn, responses((status = 200, body = SignInStep), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub async fn finish_passkey(
    State(app): Shared,
    visitor: Visitor,
    Json(asked): Json<PasskeySignIn>,
) -> Result<Response, ApiError> {
    Ok(signed_in(app.sign_in_by_passkey(&visitor, &asked).await?))
}

/// One's own account: what proves who one is, and where one is signed in.
///
/// # Errors
/// As [`App::account`].
#[utoipa::path(get, path = "/api/v1/account", tag = "account", responses((status = 200, body = AccountView), (status = 401, body = ErrorBody)))]
pub async fn account(State(app): Shared, signed: Signed) -> Answer<AccountView> {
    Ok(Json(app.account(own(&signed)).await?))
}

/// Sets one's own password; ends one's other sessions.
///
/// # Errors
/// As [`App::change_password`].
#[utoipa::path(post, path = "/api/v1/account/password", tag = "account", request_body = NewPassword, responses((status = 204), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub async fn set_password(State(app): Shared, signed: Signed, Json(asked): Json<NewPassword>) -> Done {
    app.change_password(own(&signed), &asked).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins enrolling an authenticator app.
///
/// # Errors
/// As [`App::enrol_codes`].
#[utoipa::path(post, path = "/api/v1/account/codes", tag = "account", responses((status = 200, body = EnrolmentView), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub async fn begin_codes(State(app): Shared, signed: Signed) -> Answer<EnrolmentView> {
    Ok(Json(app.enrol_codes(own(&signed)).await?))
}

/// Enrols the authenticator app by the code that it shows; answers with recovery codes, this once.
///
/// # Errors
/// As [`App::finish_codes`].
#[utoipa::path(post, path = "/api/v1/account/codes/confirm", tag = "account", request_body = CodeSignIn, responses((status = 200, body = RecoveryView), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub async fn confirm_codes(
    State(app): Shared,
    signed: Signed,
    Json(asked): Json<CodeSignIn>,
) -> Answer<RecoveryView> {
    Ok(Json(app.finish_codes(own(&signed), &asked).await?))
}

/// Makes ten new recovery codes; those of before no longer work.
///
/// # Errors
/// As [`App::renew_recovery`].
#[utoipa::path(post, path = "/api/v1/account/recovery", tag = "account", responses((status = 200, body = RecoveryView), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub async fn recovery(State(app): Shared, signed: Signed) -> Answer<RecoveryView> {
    Ok(Json(app.renew_recovery(own(&signed)).await?))
}

/// Begins registering a passkey.
///
/// # Errors
/// As [`App::enrol_passkey`].
#[utoipa::path(post, path = "/api/v1/account/passkeys", tag = "account", responses((status = 200, body = PasskeyOptions), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub async fn enrol_passkey(State(app): Shared, signed: Signed) -> Answer<PasskeyOptions> {
    Ok(Json(app.enrol_passkey(own(&signed)).await?))
}

/// Registers the passkey that the browser made.
///
/// # Errors
/// As [`App::add_passkey`].
#[utoipa::path(post, path = "/api/v1/account/passkeys/finish", tag = "account", request_body = NewPasskey, responses((status = 204), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub async fn add_passkey(State(app): Shared, signed: Signed, Json(asked): Json<NewPasskey>) -> Done {
    app.add_passkey(own(&signed), &asked).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes one of one's own credentials.
///
/// # Errors
/// As [`App::drop_credential`].
#[utoipa::path(delete, path = "/api/v1/account/credentials/{id}", tag = "account", params(("id" = String, Path,)), responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn drop_credential(State(app): Shared, signed: Signed, Path(id): Path<String>) -> Done {
    app.drop_credential(own(&signed), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one of one's own sessions.
///
/// # Errors
/// As [`App::end_session`].
#[utoipa::path(delete, path = "/api/v1/account/sessions/{id}", tag = "account", params(("id" = String, Path,)), responses((status = 204), (status = 404, body = ErrorBody)))]
pub async fn end_session(State(app): Shared, signed: Signed, Path(id): Path<String>) -> Done {
    app.end_session(own(&signed), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /sign-in/oidc`: goes to the identity provider.
async fn to_provider(State(app): Shared, signed: Option<Signed>) -> Response {
    let signed = signed.map(|signed| SignedThen {
        account: signed.account().to_owned(),
        session: signed.session().to_owned(),
        proved: signed.proved,
    });
    match app.begin_provider(signed).await {
        Ok(there) => {
            let headers = [
                (header::SET_COOKIE, there.cookie),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (headers, Redirect::to(&there.address)).into_response()
        }
        Err(error) => error.page(),
    }
}

/// `GET /sign-in/oidc/callback`: comes back from the identity provider.
async fn from_provider(State(app): Shared, headers: HeaderMap, Query(callback): Query<Callback>) -> Response {
    let handle = cookie(&headers, FLOW_COOKIE);
    let over = clear_cookie(FLOW_COOKIE);
    match app.finish_provider(handle, &callback).await {
        Ok(Cookies([session, device])) => page::go_on([session, device, over]),
        Err(error) => (AppendHeaders([(header::SET_COOKIE, over)]), error.page()).into_response(),
    }
}

/// Operations under `/api/v1`.
pub(super) fn operations() -> Router<Arc<App>> {
    Router::new()
        .route("/sign-in", get(ways))
        .route("/sign-in/password", post(password))
        .route("/sign-in/code", post(code))
        .route("/sign-in/passkey", post(begin_passkey))
        .route("/sign-in/passkey/finish", post(finish_passkey))
        .route("/account", get(account))
        .route("/account/password", post(set_password))
        .route("/account/codes", post(begin_codes))
        .route("/account/codes/confirm", post(confirm_codes))
        .route("/account/recovery", post(recovery))
        .route("/account/passkeys", post(enrol_passkey))
        .route("/account/passkeys/finish", post(add_passkey))
        .route("/account/credentials/{id}", delete(drop_credential))
        .route("/account/sessions/{id}", delete(end_session))
}

/// Pages that a browser goes to by itself.
pub(super) fn pages() -> Router<Arc<App>> {
    Router::new()
        .route("/sign-in/oidc", get(to_provider))
        .route("/sign-in/oidc/callback", get(from_provider))
}

/// The operations as OpenAPI describes them.
#[derive(OpenApi)]
#[openapi(paths(
    ways,
    password,
    code,
    begin_passkey,
    finish_passkey,
    account,
    set_password,
    begin_codes,
    confirm_codes,
    recovery,
    enrol_passkey,
    add_passkey,
    drop_credential,
    end_session
))]
pub(super) struct Description;

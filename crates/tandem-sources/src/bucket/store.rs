//! The service: listing, getting, trying again.

use std::time::Duration;

use reqwest::StatusCode;
use rusty_s3::actions::ListObjectsV2;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::BucketSettings;
use crate::reach;
use crate::run::{Context, SourceError};

/// How long a signed address is good for: longer than a request waits for its first byte, and for clocks that differ.
const SIGNED_FOR: Duration = Duration::from_secs(600);
/// Longest wait for a connection, and between two pieces of an answer.
const CONNECT: Duration = Duration::from_secs(10);
const READ: Duration = Duration::from_secs(30);
/// Requests that may fail one after another before the source gives up for now.
pub(super) const ATTEMPTS: u32 = 7;
/// Longest pause that a service can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Largest page of a listing, and largest error, bytes.
const PAGE: usize = 16 << 20;
const ERROR: usize = 64 << 10;

/// Why a request came to nothing.
#[derive(Debug)]
pub(super) enum Failed {
    /// Only this object cannot be had.
    Object(String),
    /// Nothing can be had until somebody changes something, or for now.
    All(String),
    /// Tandem is stopping.
    Stopping,
}

/// An object as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) key: String,
    /// Its entity tag, without quotes: other contents have another.
    pub(super) tag: String,
    /// Bytes, packed.
    pub(super) size: u64,
}

/// A page of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Page {
    pub(super) objects: Vec<Listed>,
    /// What the next page is asked for with.
    pub(super) token: Option<String>,
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Begin {
    /// Behind a key; the empty one is before all.
    After(String),
    /// Where the page before ended.
    Token(String),
}

/// The service.
#[derive(Debug, Clone)]
pub(super) struct Store {
    client: reqwest::Client,
    bucket: Bucket,
    credentials: Credentials,
    prefix: String,
    stop: CancellationToken,
}

impl Store {
    pub(super) fn new(context: &Context, settings: &BucketSettings) -> Result<Self, SourceError> {
        let senseless = |what: String| SourceError::Settings { what };
        let endpoint = url::Url::parse(&settings.endpoint).map_err(|e| senseless(e.to_string()))?;
        let style = if settings.path_style {
            UrlStyle::Path
        } else {
            UrlStyle::VirtualHost
        };
        let bucket =
            Bucket::new(endpoint, style, settings.bucket.clone(), settings.region.clone()).map_err(|e| {
                senseless(format!(
                    "the bucket's address cannot be made: {e}; try `path_style = true`"
                ))
            })?;
        let (id, secret) = (settings.access_key.read()?, settings.secret_key.read()?);
        let credentials = match &settings.session_token {
            Some(place) => Credentials::new_with_token(id.as_str(), secret.as_str(), place.read()?.as_str()),
            None => Credentials::new(id.as_str(), secret.as_str()),
        };
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(reach::tls(settings.tls_ca.as_deref())?)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(CONNECT)
            .read_timeout(READ)
            .user_agent(concat!("tandem/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            .build()
            .map_err(|e| senseless(format!("the HTTP client cannot be set up: {e}")))?;
        Ok(Self {
            client,
            bucket,
            credentials,
            prefix: settings.prefix.clone(),
            stop: context.stop.clone(),
        })
    }

    /// A page of keys in their order.
    pub(super) async fn list(&self, begin: &Begin) -> Result<Page, Failed> {
        let mut failures = 0;
        loop {
            let mut action = self.bucket.list_objects_v2(Some(&self.credentials));
            action.with_prefix(self.prefix.as_str());
            match begin {
                Begin::After(key) if key.is_empty() => {}
                Begin::After(key) => action.with_start_after(key.as_str()),
                Begin::Token(token) => action.with_continuation_token(token.as_str()),
            }
            let request = self.client.get(action.sign(SIGNED_FOR));
            let read = match self.send(request, "the listing", &mut failures).await? {
                Some(answer) => read(answer, PAGE).await,
                None => continue,
            };
            match read {
                Ok(text) => return page(&text),
                Err(why) => self.again(&mut failures, "the listing", &why, None).await?,
            }
        }
    }

    /// An object from a byte on, if it is still the one that was listed.
    pub(super) async fn get(
        &self,
        object: &Listed,
        from: u64,
        failures: &mut u32,
    ) -> Result<reqwest::Response, Failed> {
        loop {
            let action = self.bucket.get_object(Some(&self.credentials), &object.key);
            let mut request = self.client.get(action.sign(SIGNED_FOR));
            if !object.tag.is_empty() {
                request = request.header("if-match", format!("\"{}\"", object.tag));
            }
            if from > 0 {
                request = request.header("range", format!("bytes={from}-"));
            }
            if let Some(answer) = self.send(request, &object.key, failures).await? {
                if from > 0 && answer.status() != StatusCode::PARTIAL_CONTENT {
                    return Err(Failed::Object(format!(
                        "`{}` broke off and the service does not give the rest of it alone",
                        object.key
                    )));
                }
                return Ok(answer);
            }
        }
    }

    /// One request. `None` if it is to be made again.
    async fn send(
        &self,
        request: reqwest::RequestBuilder,
        what: &str,
        failures: &mut u32,
    ) -> Result<Option<reqwest::Response>, Failed> {
        let answer = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Err(Failed::Stopping),
            answer = request.send() => answer,
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(e) => {
                self.again(failures, what, &words(e), None).await?;
                return Ok(None);
            }
        };
        let status = answer.status();
        if status.is_success() {
            return Ok(Some(answer));
        }
        let pause = answer
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(|seconds| Duration::from_secs(seconds).min(LONGEST_PAUSE));
        let text = read(answer, ERROR).await.unwrap_or_default();
        let (code, message) = (element(&text, "Code"), element(&text, "Message"));
        if status.is_server_error() || matches!(status.as_u16(), 408 | 429) || code == "RequestTimeout" {
            self.again(failures, what, &format!("{status} {code}"), pause)
                .await?;
            return Ok(None);
        }
        Err(refused(what, status, code, message))
    }

    /// Waits before the next attempt, or gives up.
    pub(super) async fn again(
        &self,
        failures: &mut u32,
        what: &str,
        why: &str,
        pause: Option<Duration>,
    ) -> Result<(), Failed> {
        *failures += 1;
        if *failures >= ATTEMPTS {
            return Err(Failed::All(format!(
                "{what} could not be had in {ATTEMPTS} attempts: {why}; look whether the endpoint is right and reached from here"
            )));
        }
        tokio::select! {
            () = self.stop.cancelled() => Err(Failed::Stopping),
            () = sleep(pause.unwrap_or_else(|| reach::pause(*failures))) => Ok(()),
        }
    }
}

/// A transport's error without the address, which holds the signature.
pub(super) fn words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

async fn read(mut answer: reqwest::Response, most: usize) -> Result<String, String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(words)? {
        if bytes.len() + chunk.len() > most {
            return Err(format!("the answer is larger than {most} bytes"));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| "the answer is not UTF-8".to_owned())
}

fn page(text: &str) -> Result<Page, Failed> {
    let listed = ListObjectsV2::parse_response(text).map_err(|e| {
        Failed::All(format!(
            "the listing cannot be understood: {e}; look whether the endpoint is an S3 service, and at `path_style`"
        ))
    })?;
    Ok(Page {
        objects: listed
            .contents
            .into_iter()
            .map(|object| Listed {
                tag: object.etag.unwrap_or_default().trim_matches('"').to_owned(),
                size: object.size.unwrap_or(u64::MAX),
                key: object.key,
            })
            .collect(),
        token: listed.next_continuation_token,
    })
}

/// The text of the first element of that name in an error answer (S3 API reference, "Error responses"), at most 200 bytes.
pub(super) fn element<'a>(text: &'a str, name: &str) -> &'a str {
    let found = text
        .split_once(&format!("<{name}>"))
        .and_then(|(_, rest)| rest.split_once(&format!("</{name}>")))
        .map_or("", |(inside, _)| inside.trim());
    let end = (0..=found.len().min(200))
        .rev()
        .find(|at| found.is_char_boundary(*at));
    end.and_then(|end| found.get(..end)).unwrap_or_default()
}

/// What a refusal means, and what to do (S3 API reference, "List of error codes").
fn refused(what: &str, status: StatusCode, code: &str, message: &str) -> Failed {
    let hint = match code {
        "NoSuchKey" => return Failed::Object(format!("`{what}` was removed before it was read")),
        "PreconditionFailed" => {
            return Failed::Object(format!("`{what}` was written anew; its new contents are read"));
        }
        "InvalidObjectState" => {
            return Failed::Object(format!(
                "`{what}` lies in an archive class; restore it, or name a prefix without it"
            ));
        }
        "NoSuchBucket" => "look at `bucket`, `endpoint` and `path_style`",
        "AccessDenied" | "AllAccessDisabled" => {
            "allow the key s3:ListBucket on the bucket, s3:GetObject on its objects, and kms:Decrypt if they are encrypted"
        }
        "InvalidAccessKeyId" | "SignatureDoesNotMatch" => "look at `access_key` and `secret_key`",
        "ExpiredToken" | "InvalidToken" | "TokenRefreshRequired" => {
            "renew the temporary key and its `session_token`"
        }
        "RequestTimeTooSkewed" => "set this machine's clock",
        "PermanentRedirect"
        | "TemporaryRedirect"
        | "AuthorizationHeaderMalformed"
        | "AuthorizationQueryParametersError"
        | "IllegalLocationConstraintException" => "look at `region` and `endpoint`",
        _ if status == StatusCode::PRECONDITION_FAILED => {
            return Failed::Object(format!("`{what}` was written anew; its new contents are read"));
        }
        _ => "look at endpoint, bucket, region and keys of the settings",
    };
    Failed::All(format!(
        "{what}: the service refuses with {status} {code} {message}; {hint}"
    ))
}

#[cfg(test)]
mod tests;

//! Mail over SMTP (`lettre`), with TLS unless the server is this machine.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::{Context, Receipt, unfit};
use crate::gate::Screened;
use crate::job::Job;
use crate::net::{Route, SendError};
use crate::render::mail::{self, Letter};
use crate::secret::Secret;

const FAR: &str = "mail";
/// Most addresses of one mail.
const MAX_TO: usize = 100;

/// How the connection is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (usually port 465).
    Tls,
    /// Plain first, then STARTTLS, or nothing is sent (usually port 587).
    StartTls,
    /// None; for a relay on this machine only.
    Loopback,
}

/// What the settings say of a mail server.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// Host name of the relay.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// Account and password, if the relay wants them.
    pub login: Option<(String, Secret)>,
    /// Sender, such as `Tandem <tandem@example.org>`.
    pub from: String,
}

/// A relay.
pub struct Post {
    relay: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    patience: Duration,
}

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Post").finish_non_exhaustive()
    }
}

/// Mail settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The sender is no address.
    #[error("mail: the sender is no mail address; write it like Tandem <tandem@example.org>")]
    From(#[source] lettre::address::AddressError),
    /// Plain text to another machine.
    #[error("mail: without TLS only a relay on this machine (127.0.0.1, ::1, localhost) is used")]
    NotSecure,
    /// TLS cannot be set up.
    #[error("mail: TLS cannot be set up; look at the host name and the certificate authorities")]
    Tls(#[source] lettre::transport::smtp::Error),
}

impl Post {
    /// Sets the relay up; nothing is connected yet.
    ///
    /// # Errors
    /// [`MailError`] if the sender or the security does not do.
    pub fn new(settings: &MailSettings, route: &Route) -> Result<Self, MailError> {
        let from: Mailbox = settings.from.parse().map_err(MailError::From)?;
        let tls = match settings.security {
            Security::Loopback if !matches!(settings.host.as_str(), "127.0.0.1" | "::1" | "localhost") => {
                return Err(MailError::NotSecure);
            }
            Security::Loopback => Tls::None,
            Security::Tls => Tls::Wrapper(parameters(settings, route)?),
            Security::StartTls => Tls::Required(parameters(settings, route)?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .timeout(Some(route.limits.connect.max(Duration::from_secs(1))))
            .tls(tls);
        if let Some((account, password)) = &settings.login {
            builder = builder.credentials(Credentials::new(account.clone(), password.expose().to_owned()));
        }
        Ok(Self {
            relay: builder.build(),
            from,
            patience: route.limits.total,
        })
    }

    pub(crate) async fn deliver(&self, job: &Job, context: &Context<'_>) -> Result<Receipt, SendError> {
        let (to, letter) = match job {
            Job::Mail { to, notice, calendar } => {
                let mut letter = mail::letter(&notice.checked()?);
                letter.calendar.clone_from(calendar);
                (to, letter)
            }
            Job::Digest { to, title, notices } => {
                let notices: Result<Vec<_>, _> = notices.iter().map(crate::notice::Notice::checked).collect();
                (to, mail::digest(title, &notices?))
            }
            _ => return Err(unfit(FAR, job)),
        };
        let letter = Screened::new(letter, context.gate)?;
        let id = format!("<{}@{}>", context.key.uuid(), self.from.email.domain());
        let message = self.message(to, letter, &id, context)?;
        match tokio::time::timeout(self.patience, self.relay.send(message)).await {
            Ok(Ok(_)) => Ok(Receipt {
                message: Some(id),
                ..Receipt::default()
            }),
            Ok(Err(error)) => Err(sorted(&error)),
            Err(_) => Err(SendError::Doubtful {
                far: FAR,
                why: format!("no end after {} milliseconds", self.patience.as_millis()),
                after: None,
            }),
        }
    }

    fn message(
        &self,
        to: &[String],
        letter: Screened<Letter>,
        id: &str,
        context: &Context<'_>,
    ) -> Result<Message, SendError> {
        if to.is_empty() || to.len() > MAX_TO {
            return Err(SendError::refused(
                FAR,
                format!("{} addresses, 1 to {MAX_TO} go", to.len()),
            ));
        }
        let date =
            std::time::UNIX_EPOCH + Duration::from_micros(u64::try_from(context.since.0).unwrap_or_default());
        let mut builder = Message::builder()
            .from(self.from.clone())
            .message_id(Some(id.to_owned()))
            .date(date)
            // RFC 3834: so that no holiday answer comes back.
            .header(AutoSubmitted);
        for address in to {
            let mailbox: Mailbox = address
                .parse()
                .map_err(|_| SendError::refused(FAR, "one of the addresses is no mail address"))?;
            // Several go in Bcc, whose header is not sent: who else works on a case is nobody's news.
            builder = if to.len() == 1 {
                builder.to(mailbox)
            } else {
                builder.bcc(mailbox)
            };
        }
        let letter = letter.into_inner();
        builder = builder.subject(letter.subject);
        let words = MultiPart::alternative_plain_html(letter.text, letter.html);
        let whole = match letter.calendar {
            Some(calendar) => MultiPart::mixed()
                .multipart(words)
                .singlepart(calendar_part(calendar)?),
            None => words,
        };
        builder
            .multipart(whole)
            .map_err(|e| SendError::refused(FAR, format!("the mail cannot be put together: {e}")))
    }
}

/// `Auto-Submitted: auto-generated`.
#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

fn calendar_part(calendar: String) -> Result<SinglePart, SendError> {
    let kind = ContentType::parse("text/calendar; charset=utf-8")
        .map_err(|_| SendError::refused(FAR, "the calendar's content type was refused"))?;
    Ok(Attachment::new("tandem.ics".to_owned()).body(calendar, kind))
}

fn parameters(settings: &MailSettings, route: &Route) -> Result<TlsParameters, MailError> {
    let mut builder =
        TlsParameters::builder(settings.host.clone()).certificate_store(CertificateStore::Default);
    for authority in &route.authorities {
        let certificate = Certificate::from_der(authority.to_vec()).map_err(MailError::Tls)?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(MailError::Tls)
}

/// RFC 5321, 4.2.1: 4xx later, 5xx never. What broke before an answer may have gone through. Of the relay's words only the
/// code is kept: relays like to repeat the address.
fn sorted(error: &lettre::transport::smtp::Error) -> SendError {
    let why = match error.status() {
        Some(code) => format!("the relay says {code}"),
        None if error.is_timeout() => "no answer in time".to_owned(),
        None if error.is_tls() => "TLS failed".to_owned(),
        None => "the connection failed".to_owned(),
    };
    if error.is_permanent() || error.is_client() {
        return SendError::Refused { far: FAR, why };
    }
    if error.is_transient() || error.is_tls() {
        return SendError::Busy {
            far: FAR,
            why,
            after: None,
        };
    }
    SendError::Doubtful {
        far: FAR,
        why,
        after: None,
    }
}

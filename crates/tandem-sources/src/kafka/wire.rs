//! One connection to a broker: questions and answers, one after the other.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::Mechanism;
use super::codec::{Garbled, Reader, Writer};
use super::messages::{self, API_VERSIONS, Kind, SASL_AUTHENTICATE, SASL_HANDSHAKE, Spoken, code};
use super::sasl::Account;

/// Largest answer, bytes. A batch comes whole even if it is larger than what was asked for.
const LARGEST: usize = 96 << 20;
/// Longest wait for a connection, and for an answer beyond what the broker was asked to wait.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// What the broker's own log calls this client.
const CLIENT: &str = "tandem";

/// Why a question got no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unanswered {
    /// The connection could not be made, or broke.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Nothing came in time.
    #[error("no answer in time")]
    Late,
    /// The answer is not what the protocol says.
    #[error(
        "its answer cannot be understood, {0}; look whether a Kafka broker listens there, with or without TLS as set"
    )]
    Garbled(#[from] Garbled),
    /// The broker is too old or too new.
    #[error("it does not speak {0} in a version that Tandem knows; Kafka from 0.11 on does")]
    Version(&'static str),
    /// The sign-in was refused.
    #[error("the sign-in was refused: {0}; look at mechanism, user and password")]
    SignIn(String),
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for T {}

/// How brokers are reached.
pub(super) struct Way {
    pub(super) tls: Option<Arc<rustls::ClientConfig>>,
    pub(super) account: Option<Account>,
}

/// A connection.
pub(super) struct Wire {
    stream: Box<dyn Stream>,
    spoken: Vec<Spoken>,
    asked: i32,
}

/// Host and port of an address; an IPv6 address stands in brackets.
pub(super) fn host_port(address: &str) -> Option<(&str, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    let host = match host.strip_prefix('[') {
        Some(host) => host.strip_suffix(']')?,
        None if host.contains(':') => return None,
        None => host,
    };
    let sound = !host.is_empty() && !host.chars().any(|c| c.is_whitespace() || "/@?#".contains(c));
    sound.then_some((host, port.parse().ok().filter(|port| *port > 0)?))
}

impl Wire {
    /// Connects, and signs in if there is an account.
    pub(super) async fn connect(address: &str, way: &Way) -> Result<Self, Unanswered> {
        timeout(PATIENCE, Self::connect_patiently(address, way))
            .await
            .map_err(|_| Unanswered::Late)?
    }

    async fn connect_patiently(address: &str, way: &Way) -> Result<Self, Unanswered> {
        let invalid = |what: &str| std::io::Error::new(std::io::ErrorKind::InvalidInput, what.to_owned());
        let (host, port) = host_port(address).ok_or_else(|| invalid("this is no address of a broker"))?;
        let plain = TcpStream::connect((host, port)).await?;
        plain.set_nodelay(true)?;
        let stream: Box<dyn Stream> = match &way.tls {
            None => Box::new(plain),
            Some(config) => {
                let name =
                    ServerName::try_from(host.to_owned()).map_err(|_| invalid("its name is no host's"))?;
                Box::new(
                    TlsConnector::from(Arc::clone(config))
                        .connect(name, plain)
                        .await?,
                )
            }
        };
        let mut wire = Self {
            stream,
            spoken: Vec::new(),
            asked: 0,
        };
        let answer = wire.exchange(API_VERSIONS.key, 0, &[], PATIENCE).await?;
        wire.spoken = messages::api_versions(&mut body(&answer)?)?;
        if let Some(account) = &way.account {
            wire.sign_in(account).await?;
        }
        Ok(wire)
    }

    /// The best version of a kind of request that both speak.
    pub(super) fn version(&self, kind: Kind) -> Result<i16, Unanswered> {
        let spoken = self.spoken.iter().find(|spoken| spoken.key == kind.key);
        kind.versions
            .iter()
            .copied()
            .find(|version| spoken.is_some_and(|spoken| (spoken.least..=spoken.most).contains(version)))
            .ok_or(Unanswered::Version(kind.name))
    }

    /// Asks, and gives the answer with the place where its body begins read over.
    pub(super) async fn ask(
        &mut self,
        kind: Kind,
        question: &[u8],
        patience: Duration,
    ) -> Result<Answer, Unanswered> {
        let version = self.version(kind)?;
        let bytes = self.exchange(kind.key, version, question, patience).await?;
        Ok(Answer { bytes, version })
    }

    /// One question and its answer. After an error the connection is of no use any more.
    async fn exchange(
        &mut self,
        key: i16,
        version: i16,
        question: &[u8],
        patience: Duration,
    ) -> Result<Vec<u8>, Unanswered> {
        self.asked = self.asked.wrapping_add(1);
        let mut head = Writer::default();
        head.i16(key);
        head.i16(version);
        head.i32(self.asked);
        head.string(CLIENT);
        let head = head.into_bytes();
        let mut frame = Writer::default();
        frame.count(head.len() + question.len());
        let mut frame = frame.into_bytes();
        frame.extend(head);
        frame.extend(question);
        let answer = timeout(patience, async {
            self.stream.write_all(&frame).await?;
            self.stream.flush().await?;
            self.receive().await
        })
        .await
        .map_err(|_| Unanswered::Late)??;
        if Reader::new(&answer).i32()? != self.asked {
            return Err(Garbled("it answers another question").into());
        }
        Ok(answer)
    }

    async fn receive(&mut self) -> Result<Vec<u8>, Unanswered> {
        let length = usize::try_from(self.stream.read_i32().await?).unwrap_or(usize::MAX);
        if length > LARGEST {
            return Err(Garbled("it is larger than 96 MiB").into());
        }
        // Grown as bytes come, not as the length says.
        let mut answer = Vec::new();
        (&mut self.stream)
            .take(length as u64)
            .read_to_end(&mut answer)
            .await?;
        if answer.len() < length {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
        }
        Ok(answer)
    }

    async fn sign_in(&mut self, account: &Account) -> Result<(), Unanswered> {
        let question = messages::ask_handshake(account.name());
        let answer = self.ask(SASL_HANDSHAKE, &question, PATIENCE).await?;
        let (error, known) = messages::handshake(&mut answer.body()?)?;
        if error != code::NONE {
            return Err(Unanswered::SignIn(format!(
                "{}; the broker knows {}",
                messages::words(error),
                known.join(", ")
            )));
        }
        if account.mechanism == Mechanism::Plain {
            self.say(&account.plain()).await?;
            return Ok(());
        }
        let nonce = BASE64_STANDARD_NO_PAD.encode(rand::random::<[u8; 18]>());
        let scram = account.scram(&nonce);
        let unreadable = |why: &str| Unanswered::SignIn(format!("the broker's answer has {why}"));
        let first = self.say(scram.first().as_bytes()).await?;
        let first = String::from_utf8(first).map_err(|_| unreadable("no text"))?;
        let proof = scram.prove(&first).map_err(unreadable)?;
        let last = self.say(proof.message.as_bytes()).await?;
        if !proof.shown_by(&String::from_utf8_lossy(&last)) {
            return Err(unreadable("no proof that it knows the password"));
        }
        Ok(())
    }

    async fn say(&mut self, token: &[u8]) -> Result<Vec<u8>, Unanswered> {
        let question = messages::ask_authenticate(token);
        let answer = self.ask(SASL_AUTHENTICATE, &question, PATIENCE).await?;
        let (error, token) = messages::authenticate(&mut answer.body()?)?;
        if error != code::NONE {
            return Err(Unanswered::SignIn(messages::words(error)));
        }
        Ok(token)
    }
}

/// An answer.
pub(super) struct Answer {
    bytes: Vec<u8>,
    /// The version that it is of.
    pub(super) version: i16,
}

impl Answer {
    /// Its body.
    pub(super) fn body(&self) -> Result<Reader<'_>, Garbled> {
        body(&self.bytes)
    }
}

fn body(answer: &[u8]) -> Result<Reader<'_>, Garbled> {
    let mut reader = Reader::new(answer);
    reader.i32()?;
    Ok(reader)
}

#[cfg(test)]
mod tests;

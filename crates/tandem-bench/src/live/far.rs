//! Connections of senders: RELP and HTTP as their documents describe them, as little of each as sending needs.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A RELP session (librelp's protocol, version 0) that sends `syslog` commands and counts their answers.
pub struct Relp {
    reader: BufReader<TcpStream>,
    writer: TcpStream,
    number: u64,
    waiting: VecDeque<u64>,
}

impl Relp {
    /// Opens a session.
    pub fn open(address: &str) -> Result<Self> {
        let writer = TcpStream::connect(address)?;
        writer.set_read_timeout(Some(PATIENCE))?;
        writer.set_nodelay(true)?;
        let reader = BufReader::new(writer.try_clone()?);
        let mut relp = Self {
            reader,
            writer,
            number: 1,
            waiting: VecDeque::new(),
        };
        let offer = "relp_version=0\nrelp_software=tandem-bench\ncommands=syslog";
        relp.writer
            .write_all(format!("1 open {} {offer}\n", offer.len()).as_bytes())?;
        relp.waiting.push_back(1);
        relp.answer()?;
        Ok(relp)
    }

    /// Sends messages, each a command; their answers are still to come.
    pub fn send(&mut self, messages: &[String]) -> Result<()> {
        let mut text = Vec::with_capacity(messages.len() * 160);
        for message in messages {
            self.number = self.number % 999_999_999 + 1;
            self.waiting.push_back(self.number);
            writeln!(text, "{} syslog {} {message}", self.number, message.len())?;
        }
        self.writer.write_all(&text)?;
        Ok(())
    }

    /// Messages that are not answered yet.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Waits for the next answer.
    pub fn answer(&mut self) -> Result<()> {
        let mut head = Vec::new();
        // "TXNR rsp LEN" and, if LEN is not 0, a space and that many bytes; then a newline.
        let mut spaces = 0;
        loop {
            let mut byte = [0];
            self.reader.read_exact(&mut byte)?;
            if byte[0] == b'\n' || (byte[0] == b' ' && spaces == 2) {
                break;
            }
            spaces += u8::from(byte[0] == b' ');
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut words = head.split(' ');
        let number: u64 = words
            .next()
            .unwrap_or_default()
            .parse()
            .context("a RELP answer")?;
        let length: usize = words
            .nth(1)
            .unwrap_or_default()
            .parse()
            .context("a RELP answer")?;
        if length > 0 {
            let mut rest = vec![0; length + 1];
            self.reader.read_exact(&mut rest)?;
            if !rest.starts_with(b"200") {
                bail!("RELP answers {}", String::from_utf8_lossy(&rest));
            }
        }
        match self.waiting.pop_front() {
            Some(wanted) if wanted == number => Ok(()),
            wanted => bail!("RELP answers {number} instead of {wanted:?}"),
        }
    }
}

/// What an HTTP request was answered.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// When to come again.
    pub retry_after: Option<Duration>,
}

impl Answer {
    /// True if the sender is asked to come again later.
    pub const fn is_later(self) -> bool {
        matches!(self.status, 429 | 503)
    }
}

/// A kept-alive HTTP connection.
pub struct Http {
    reader: BufReader<TcpStream>,
    writer: TcpStream,
    head: String,
}

impl Http {
    /// Connects; requests carry the token of an event collector.
    pub fn open(address: &str, token: &str) -> Result<Self> {
        let writer = TcpStream::connect(address)?;
        writer.set_read_timeout(Some(PATIENCE))?;
        writer.set_nodelay(true)?;
        Ok(Self {
            reader: BufReader::new(writer.try_clone()?),
            writer,
            head: format!(
                "POST /services/collector/event HTTP/1.1\r\nhost: {address}\r\nauthorization: Splunk {token}\r\ncontent-type: application/json\r\n"
            ),
        })
    }

    /// Sends a body and waits for the answer.
    pub fn post(&mut self, body: &[u8]) -> Result<Answer> {
        self.writer
            .write_all(format!("{}content-length: {}\r\n\r\n", self.head, body.len()).as_bytes())?;
        self.writer.write_all(body)?;
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let status: u16 = line
            .split(' ')
            .nth(1)
            .and_then(|word| word.parse().ok())
            .context("an HTTP answer")?;
        let (mut length, mut retry_after) = (0, None);
        loop {
            line.clear();
            if self.reader.read_line(&mut line)? == 0 {
                bail!("the connection ended inside an answer");
            }
            if line.trim().is_empty() {
                break;
            }
            let Some((name, value)) = line.split_once(':') else {
                continue;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse()?,
                "retry-after" => retry_after = value.trim().parse().ok().map(Duration::from_secs),
                _ => {}
            }
        }
        let mut rest = vec![0; length];
        self.reader.read_exact(&mut rest)?;
        Ok(Answer { status, retry_after })
    }
}

//! The program under load, as users start it.

use std::fmt::Write;
use std::fs;
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use super::Way;
use super::life::{Used, of_process};

/// How long nothing more must be stored for all to be stored.
const STILL: Duration = Duration::from_secs(15);
/// How often that is looked at: each look is a program started.
const LOOK: Duration = Duration::from_secs(1);
/// How long it may take to start, after a kill too, and to stop.
const PATIENCE: Duration = Duration::from_secs(120);
/// Seconds of events that one question counts: what it remembers of them must fit into a query's memory.
const SLICE: i64 = 30;

/// A Tandem in a folder of its own.
pub struct Tandem {
    program: PathBuf,
    settings: PathBuf,
    ports: [u16; 3],
    child: Child,
    used: Used,
    /// Lets senders push.
    pub token: String,
}

/// What is in the lake of a source.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stored {
    /// Events.
    pub events: u64,
    /// Different ones, as their senders number them.
    pub distinct: u64,
}

/// What was counted of a source when it was taken in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Events.
    pub events: u64,
    /// Records that could not be read.
    pub rejects: u64,
}

impl Tandem {
    /// Starts it and waits until it answers.
    pub fn start(program: &Path, folder: &Path) -> Result<Self> {
        let mut ports = [0; 3];
        let sockets: Vec<_> = (0..3)
            .map(|_| TcpListener::bind("127.0.0.1:0"))
            .collect::<Result<_, _>>()?;
        for (port, socket) in ports.iter_mut().zip(&sockets) {
            *port = socket.local_addr()?.port();
        }
        drop(sockets);
        let settings = folder.join("tandem.toml");
        let source = |name: &str, port: u16, transport: &str| {
            format!(
                "[[sources]]\nname = \"{name}\"\n[sources.from.syslog]\nlisten = \"127.0.0.1:{port}\"\ntransport = \"{transport}\"\n"
            )
        };
        // Counting millions of events may take longer than people are let wait.
        let text = format!(
            "data_dir = {:?}\nlisten = \"127.0.0.1:{}\"\n[limits]\nquery_seconds = 600\n{}{}",
            folder.join("data"),
            ports[0],
            source(Way::Syslog.name(), ports[1], "tcp"),
            source(Way::Relp.name(), ports[2], "relp"),
        );
        fs::write(&settings, text)?;
        let token = Command::new(program)
            .arg("--config")
            .arg(&settings)
            .args(["ingest-token", "load"])
            .output()?;
        if !token.status.success() {
            bail!("no token: {}", String::from_utf8_lossy(&token.stderr));
        }
        let token = String::from_utf8_lossy(&token.stdout).trim().to_owned();
        let child = spawn(program, &settings, &ports)?;
        Ok(Self {
            program: program.to_owned(),
            settings,
            ports,
            child,
            used: Used::default(),
            token,
        })
    }

    /// Where senders of that way connect.
    pub fn address(&self, way: Way) -> String {
        let port = match way {
            Way::Http => self.ports[0],
            Way::Syslog => self.ports[1],
            Way::Relp => self.ports[2],
        };
        format!("127.0.0.1:{port}")
    }

    /// As if the machine lost its power over the process: SIGKILL, and a new start.
    pub fn kill_and_start(&mut self) -> Result<()> {
        self.note();
        self.child.kill()?;
        self.child.wait()?;
        self.child = spawn(&self.program, &self.settings, &self.ports)?;
        Ok(())
    }

    /// Waits until nothing more of a source is stored; says when the last was seen to come, and what there is.
    pub fn wait_until_still(&mut self, source: &str) -> Result<(Instant, Counted)> {
        let mut before = self.counted(source)?;
        let mut since = Instant::now();
        loop {
            std::thread::sleep(LOOK);
            let now = self.counted(source)?;
            if now != before {
                (before, since) = (now, Instant::now());
            } else if since.elapsed() > STILL {
                return Ok((since, now));
            }
        }
    }

    /// Stops it in good order.
    pub fn stop(&mut self) -> Result<Used> {
        self.note();
        let asked = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()?;
        if !asked.success() {
            bail!("it cannot be told to stop");
        }
        let started = Instant::now();
        while self.child.try_wait()?.is_none() {
            if started.elapsed() > PATIENCE {
                bail!("it does not stop");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(self.used)
    }

    /// Events of a source in the lake, and how many different ones by host and number, between two seconds. An event that was
    /// sent twice has the same time both times, so that slices of time can be added up.
    pub fn stored(&self, source: &str, (from, to): (i64, i64)) -> Result<Stored> {
        let mut all = Stored::default();
        let mut at = from;
        while at < to {
            let (begin, end) = (
                jiff::Timestamp::from_second(at)?,
                jiff::Timestamp::from_second(at + SLICE)?,
            );
            let row = self.row(&format!(
                "select count(*) n, count(distinct concat(device, ' ', field(fields, 'procid'))) d from events where source = '{source}' and time >= '{begin}' and time < '{end}'"
            ))?;
            all.events += cell(&row, "n")?;
            all.distinct += cell(&row, "d")?;
            at += SLICE;
        }
        Ok(all)
    }

    /// Different events in the lake that each of these connections sent from a number on.
    pub fn stored_beyond(&self, source: &str, open: &[(u64, u64)]) -> Result<u64> {
        if open.is_empty() {
            return Ok(0);
        }
        let mut first = String::new();
        for (connection, number) in open {
            write!(first, " when 'host-{connection}' then {number}")?;
        }
        let row = self.row(&format!(
            "select count(distinct concat(device, ' ', field(fields, 'procid'))) n from events where source = '{source}' and cast(field(fields, 'procid') as bigint) >= case device{first} else {} end",
            i64::MAX
        ))?;
        cell(&row, "n")
    }

    /// What was counted of a source.
    fn counted(&self, source: &str) -> Result<Counted> {
        let answer = self.ask(&["sources", "--json"])?;
        let sources = answer
            .get("sources")
            .and_then(Value::as_array)
            .ok_or_else(|| anyhow!("the answer {answer} has no sources"))?;
        let own = sources
            .iter()
            .find(|one| one.get("source").and_then(Value::as_str) == Some(source));
        own.map_or(Ok(Counted::default()), |own| {
            Ok(Counted {
                events: cell(own, "events")?,
                rejects: cell(own, "rejects")?,
            })
        })
    }

    /// The one row of an answer: JSON output is an object for each row.
    fn row(&self, sql: &str) -> Result<Value> {
        self.ask(&["query", sql, "--output", "json"])
    }

    fn ask(&self, args: &[&str]) -> Result<Value> {
        let output = Command::new(&self.program)
            .arg("--config")
            .arg(&self.settings)
            .args(args)
            .output()?;
        if !output.status.success() {
            bail!("{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        serde_json::from_slice(&output.stdout)
            .with_context(|| format!("{args:?}: an answer that is not one JSON value"))
    }

    /// Adds what this life of the process used.
    fn note(&mut self) {
        self.used.add(of_process(self.child.id()));
    }
}

impl Drop for Tandem {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A number of a JSON object.
fn cell(row: &Value, name: &str) -> Result<u64> {
    row.get(name)
        .and_then(Value::as_u64)
        .ok_or_else(|| anyhow!("the answer {row} has no {name}"))
}

fn spawn(program: &Path, settings: &Path, ports: &[u16]) -> Result<Child> {
    let log = fs::File::options()
        .create(true)
        .append(true)
        .open(settings.with_file_name("log"))?;
    let mut child = Command::new(program)
        .arg("--config")
        .arg(settings)
        .arg("serve")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()?;
    match listens(&mut child, settings, ports) {
        Ok(()) => Ok(child),
        Err(error) => {
            let _ = child.kill();
            let _ = child.wait();
            Err(error)
        }
    }
}

/// Waits until every port answers.
fn listens(child: &mut Child, settings: &Path, ports: &[u16]) -> Result<()> {
    let started = Instant::now();
    let silent = || {
        ports
            .iter()
            .find(|port| TcpStream::connect(("127.0.0.1", **port)).is_err())
    };
    while let Some(port) = silent() {
        if let Some(status) = child.try_wait()? {
            let mut text = String::new();
            fs::File::open(settings.with_file_name("log"))?.read_to_string(&mut text)?;
            bail!("it ended with {status}: {text}");
        }
        if started.elapsed() > PATIENCE {
            bail!("it does not answer on port {port}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

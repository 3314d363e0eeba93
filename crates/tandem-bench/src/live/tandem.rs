//! The program under load, as users start it.

use std::fs;
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use super::Way;

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

/// What it used over all its lives.
#[derive(Debug, Clone, Copy, Default)]
pub struct Used {
    pub cpu_seconds: f64,
    pub peak_mib: f64,
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
        let text = format!(
            "data_dir = {:?}\nlisten = \"127.0.0.1:{}\"\n{}{}",
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
        let child = spawn(program, &settings, ports[0])?;
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
        self.child = spawn(&self.program, &self.settings, self.ports[0])?;
        Ok(())
    }

    /// Waits until nothing more of a source is stored.
    pub fn wait_until_still(&mut self, source: &str) -> Result<()> {
        let mut before = None;
        let mut since = Instant::now();
        loop {
            std::thread::sleep(Duration::from_millis(500));
            let now = self.events(source)?;
            if Some(now) != before {
                (before, since) = (Some(now), Instant::now());
            } else if since.elapsed() > Duration::from_secs(6) {
                return Ok(());
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
        self.child.wait()?;
        Ok(self.used)
    }

    /// Events of a source in the lake, and how many different ones.
    pub fn stored(&self, source: &str) -> Result<(u64, u64)> {
        let sql =
            format!("select count(*) n, count(distinct event_id) d from events where source = '{source}'");
        let answer = self.ask(&["query", &sql, "--output", "json"])?;
        let row = answer
            .get(0)
            .or_else(|| answer.get("rows").and_then(|rows| rows.get(0)))
            .or_else(|| answer.as_object().map(|_| &answer));
        let cell = |name: &str, at: usize| {
            row.and_then(|row| row.get(name).or_else(|| row.get(at)))
                .and_then(Value::as_u64)
                .ok_or_else(|| anyhow!("the answer {answer} has no {name}"))
        };
        Ok((cell("n", 0)?, cell("d", 1)?))
    }

    fn events(&self, source: &str) -> Result<u64> {
        let answer = self.ask(&["sources", "--json"])?;
        let sources = answer
            .get("sources")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        Ok(sources
            .iter()
            .find(|one| one.get("source").and_then(Value::as_str) == Some(source))
            .and_then(|one| one.get("events")?.as_u64())
            .unwrap_or_default())
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
        serde_json::from_slice(&output.stdout).context("an answer that is no JSON")
    }

    /// Adds what this life of the process used.
    fn note(&mut self) {
        let of =
            |name: &str| fs::read_to_string(format!("/proc/{}/{name}", self.child.id())).unwrap_or_default();
        // utime and stime, in ticks of which there are 100 in a second (proc(5), fields 14 and 15).
        let stat = of("stat");
        let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let ticks: u64 = after
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|word| word.parse::<u64>().ok())
            .sum();
        self.used.cpu_seconds += ticks as f64 / 100.0;
        let peak = of("status")
            .lines()
            .find_map(|line| {
                line.strip_prefix("VmHWM:")?
                    .trim()
                    .strip_suffix("kB")?
                    .trim()
                    .parse::<f64>()
                    .ok()
            })
            .unwrap_or_default();
        self.used.peak_mib = self.used.peak_mib.max(peak / 1024.0);
    }
}

impl Drop for Tandem {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(program: &Path, settings: &Path, port: u16) -> Result<Child> {
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
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if let Some(status) = child.try_wait()? {
            let mut text = String::new();
            fs::File::open(settings.with_file_name("log"))?.read_to_string(&mut text)?;
            bail!("it ended with {status}: {text}");
        }
        if started.elapsed() > Duration::from_secs(60) {
            bail!("it does not answer");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(child)
}

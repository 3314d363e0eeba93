//! Senders that keep to a rate, and that send again what was not answered.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};

use super::Way;
use super::far::{Http, Relp};

/// Connections of syslog senders.
const LINES: u64 = 4;
/// Connections of HTTP senders: each waits for its answer.
const POSTS: u64 = 12;
/// Events in one body.
const BODY: u64 = 3_000;
/// RELP messages under way on a connection at most.
const WINDOW: usize = 20_000;
/// How often a sender looks whether it is behind its rate.
const TICK: Duration = Duration::from_millis(10);
/// How long a sender tries to reach Tandem again.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is to be sent.
#[derive(Debug, Clone)]
pub struct Plan {
    pub way: Way,
    /// Events a second over all connections.
    pub rate: u64,
    pub length: Duration,
    pub address: String,
    pub token: String,
}

/// What was sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Outcome {
    /// Different events.
    pub sent: u64,
    /// Of them never answered, where there are answers.
    pub unanswered: u64,
}

/// Sends on all connections at once.
pub fn send(plan: &Plan) -> Result<Outcome> {
    let connections = if plan.way == Way::Http { POSTS } else { LINES };
    let mut threads = Vec::new();
    for index in 0..connections {
        let plan = Plan {
            rate: plan.rate / connections,
            ..plan.clone()
        };
        threads.push(std::thread::spawn(move || match plan.way {
            Way::Syslog => lines(&plan, index),
            Way::Relp => relp(&plan, index),
            Way::Http => posts(&plan, index),
        }));
    }
    let mut sum = Outcome::default();
    for thread in threads {
        let one = thread.join().map_err(|_| anyhow!("a sender failed"))??;
        sum.sent += one.sent;
        sum.unanswered += one.unanswered;
    }
    Ok(sum)
}

/// How many events are due by now.
fn due(plan: &Plan, started: Instant) -> u64 {
    (started.elapsed().min(plan.length).as_secs_f64() * plan.rate as f64) as u64
}

/// A line as a Linux host writes it; no two are alike.
fn line(index: u64, number: u64) -> String {
    let now = jiff::Timestamp::now();
    let (account, address) = (number.wrapping_mul(7919) % 2_000, number % 250);
    format!(
        "<38>1 {now:.3} host-{index} sshd {number} - - Accepted publickey for user{account:04} from 10.1.{}.{address} port {} ssh2",
        account % 200,
        1_024 + number % 60_000
    )
}

fn lines(plan: &Plan, index: u64) -> Result<Outcome> {
    let started = Instant::now();
    let mut outcome = Outcome::default();
    let mut stream = connect(|| Ok(TcpStream::connect(&plan.address)?))?;
    let mut text = Vec::new();
    while started.elapsed() < plan.length || outcome.sent < due(plan, started) {
        let count = (due(plan, started) - outcome.sent).min(plan.rate);
        if count == 0 {
            std::thread::sleep(TICK);
            continue;
        }
        text.clear();
        for number in outcome.sent..outcome.sent + count {
            text.extend_from_slice(line(index, number).as_bytes());
            text.push(b'\n');
        }
        // Nobody answers, so nothing is sent again: what a broken connection took with it is lost.
        if stream.write_all(&text).is_err() {
            stream = connect(|| Ok(TcpStream::connect(&plan.address)?))?;
        }
        outcome.sent += count;
    }
    Ok(outcome)
}

fn relp(plan: &Plan, index: u64) -> Result<Outcome> {
    let started = Instant::now();
    let mut outcome = Outcome::default();
    let mut session = connect(|| Relp::open(&plan.address))?;
    let mut pending: std::collections::VecDeque<String> = std::collections::VecDeque::new();
    loop {
        let due = due(plan, started);
        let over = started.elapsed() >= plan.length && outcome.sent >= due;
        if over && pending.is_empty() {
            return Ok(outcome);
        }
        let room = WINDOW.saturating_sub(session.waiting()) as u64;
        let count = (due - outcome.sent).min(room).min(2_000);
        let fresh: Vec<String> = (outcome.sent..outcome.sent + count)
            .map(|number| line(index, number))
            .collect();
        outcome.sent += count;
        pending.extend(fresh.iter().cloned());
        let step = session.send(&fresh).and_then(|()| {
            // Answers come in order; as many are read as make room for what is due.
            let enough = if over || count == 0 {
                pending.len().min(2_000)
            } else {
                count as usize / 2
            };
            for _ in 0..enough.min(session.waiting()) {
                session.answer()?;
                pending.pop_front();
            }
            Ok(())
        });
        if step.is_err() {
            session = connect(|| Relp::open(&plan.address))?;
            let again: Vec<String> = pending.iter().cloned().collect();
            // What was not answered is sent again; the receiver may have kept it, which no protocol can tell.
            if session.send(&again).is_err() {
                bail!("the session broke twice in a row");
            }
        }
        if count == 0 && !over {
            std::thread::sleep(TICK);
        }
    }
}

fn posts(plan: &Plan, index: u64) -> Result<Outcome> {
    let started = Instant::now();
    let mut outcome = Outcome::default();
    let mut far = connect(|| Http::open(&plan.address, &plan.token))?;
    while started.elapsed() < plan.length || outcome.sent < due(plan, started) {
        let count = (due(plan, started) - outcome.sent).min(BODY);
        if count < BODY && started.elapsed() < plan.length {
            std::thread::sleep(TICK);
            continue;
        }
        let mut body = String::new();
        for number in outcome.sent..outcome.sent + count {
            let now = jiff::Timestamp::now();
            let (account, file) = (number.wrapping_mul(7919) % 2_000, number % 40_000);
            body.push_str(&format!(
                "{{\"time\":{}.{:03},\"host\":\"app-{index}\",\"sourcetype\":\"{}\",\"event\":{{\"timestamp\":\"{now:.3}\",\"id\":\"{index}-{number}\",\"user\":\"user{account:04}\",\"action\":\"file_read\",\"file_path\":\"/projects/p{}/file-{file}.docx\",\"src_ip\":\"10.1.{}.{}\",\"bytes\":{}}}}}\n",
                now.as_second(), now.subsec_millisecond(), plan.way.name(), file % 300, account % 200, number % 250, 1_000 + number % 100_000
            ));
        }
        let begun = Instant::now();
        loop {
            match far.post(body.as_bytes()) {
                Ok(200) => break,
                Ok(429 | 503) => std::thread::sleep(TICK * 10),
                Ok(status) => bail!("the event collector answers {status}"),
                // The same body again: it is taken once.
                Err(_) => far = connect(|| Http::open(&plan.address, &plan.token))?,
            }
            if begun.elapsed() > PATIENCE {
                outcome.unanswered += count;
                break;
            }
        }
        outcome.sent += count;
    }
    Ok(outcome)
}

/// Tries until there is a connection.
fn connect<T>(open: impl Fn() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    loop {
        match open() {
            Ok(connection) => return Ok(connection),
            Err(error) if started.elapsed() > PATIENCE => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

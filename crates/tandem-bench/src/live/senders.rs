//! Senders that keep to a rate, and that send again what was not answered.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};

use super::Way;
use super::far::{Http, Relp};

/// Lines written at once.
const LINES: u64 = 2_000;
/// Events in one body.
const BODY: u64 = 3_000;
/// RELP messages under way on a connection at most.
const WINDOW: usize = 20_000;
/// How often a sender looks whether it is behind its rate.
const TICK: Duration = Duration::from_millis(10);
/// How long a sender is sent away where the answer does not say it.
const LATER: Duration = Duration::from_millis(100);
/// How long a sender tries to reach Tandem again, or to have a body taken.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is to be sent.
#[derive(Debug, Clone)]
pub struct Plan {
    pub way: Way,
    /// Events a second over all connections.
    pub rate: u64,
    pub length: Duration,
    pub connections: u64,
    /// Whether everything that is due is sent in the end, however long it takes; else sending ends with the time.
    pub insists: bool,
    pub address: String,
    pub token: String,
}

/// What was sent.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Events that were due.
    pub offered: u64,
    /// Different events sent: acknowledged where there are answers, else written into the socket. Each connection numbers its
    /// events from 0 and has sent them without a gap.
    pub sent: u64,
    /// Events, counted each time, whose sender was told to come again later.
    pub refused: u64,
    /// Events that a sender still held, without an answer, when it ended.
    pub unanswered: u64,
    /// Of each connection that holds such events its number, and that of the first of them: they may be stored or not.
    pub open: Vec<(u64, u64)>,
}

/// Sends on all connections at once.
pub fn send(plan: &Plan) -> Result<Outcome> {
    let mut threads = Vec::new();
    for index in 0..plan.connections {
        let plan = Plan {
            rate: (plan.rate / plan.connections).max(1),
            ..plan.clone()
        };
        threads.push(std::thread::spawn(move || {
            // Not all in the same instant.
            std::thread::sleep(TICK * u32::try_from(index).unwrap_or_default());
            match plan.way {
                Way::Syslog => lines(&plan, index),
                Way::Relp => relp(&plan, index),
                Way::Http => posts(&plan, index),
            }
        }));
    }
    let mut sum = Outcome::default();
    for thread in threads {
        let one = thread.join().map_err(|_| anyhow!("a sender failed"))??;
        sum.offered += one.offered;
        sum.sent += one.sent;
        sum.refused += one.refused;
        sum.unanswered += one.unanswered;
        sum.open.extend(one.open);
    }
    Ok(sum)
}

/// Says how much is due on one connection.
struct Pace<'p> {
    plan: &'p Plan,
    started: Instant,
}

impl<'p> Pace<'p> {
    fn of(plan: &'p Plan) -> Self {
        Self {
            plan,
            started: Instant::now(),
        }
    }

    fn due(&self) -> u64 {
        let time = self.started.elapsed().min(self.plan.length);
        (time.as_secs_f64() * self.plan.rate as f64) as u64
    }

    fn is_running(&self) -> bool {
        self.started.elapsed() < self.plan.length
    }

    fn is_over(&self, sent: u64) -> bool {
        !self.is_running() && (!self.plan.insists || sent >= self.due())
    }
}

/// A line as a Linux host writes it. No two are alike: the host is the connection, the process the number on it.
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
    let mut outcome = Outcome::default();
    let mut stream = connect(|| Ok(TcpStream::connect(&plan.address)?))?;
    let pace = Pace::of(plan);
    let mut text = Vec::new();
    while !pace.is_over(outcome.sent) {
        let count = pace.due().saturating_sub(outcome.sent).min(LINES);
        if count == 0 {
            std::thread::sleep(TICK);
            continue;
        }
        text.clear();
        for number in outcome.sent..outcome.sent + count {
            writeln!(text, "{}", line(index, number))?;
        }
        // As forwarders do: what could not be written is written again on the next connection. Nobody answers, so what was
        // written and not read when the receiver died is lost.
        while stream.write_all(&text).is_err() {
            stream = connect(|| Ok(TcpStream::connect(&plan.address)?))?;
        }
        outcome.sent += count;
    }
    outcome.offered = pace.due();
    Ok(outcome)
}

fn relp(plan: &Plan, index: u64) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut session = connect(|| Relp::open(&plan.address))?;
    let pace = Pace::of(plan);
    let mut pending: VecDeque<String> = VecDeque::new();
    loop {
        let over = pace.is_over(outcome.sent);
        if over && pending.is_empty() {
            outcome.offered = pace.due();
            return Ok(outcome);
        }
        let room = WINDOW.saturating_sub(session.waiting()) as u64;
        let due = if over {
            0
        } else {
            pace.due().saturating_sub(outcome.sent)
        };
        let count = due.min(room).min(LINES);
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
    let mut outcome = Outcome::default();
    let mut far = connect(|| Http::open(&plan.address, &plan.token))?;
    let pace = Pace::of(plan);
    let mut body = String::new();
    while !pace.is_over(outcome.sent) {
        let count = pace.due().saturating_sub(outcome.sent).min(BODY);
        if count == 0 || (count < BODY && pace.is_running()) {
            std::thread::sleep(TICK);
            continue;
        }
        body.clear();
        let source = plan.way.name();
        for number in outcome.sent..outcome.sent + count {
            let line = line(index, number);
            writeln!(body, "{{\"sourcetype\":\"{source}\",\"event\":\"{line}\"}}")?;
        }
        if !taken(plan, &pace, &mut far, &body, (count, &mut outcome))? {
            outcome.unanswered = count;
            outcome.open.push((index, outcome.sent));
            break;
        }
        outcome.sent += count;
    }
    outcome.offered = pace.due();
    Ok(outcome)
}

/// Posts a body of so many events until it is taken; false if that did not come in time.
fn taken(
    plan: &Plan,
    pace: &Pace<'_>,
    far: &mut Http,
    body: &str,
    (count, outcome): (u64, &mut Outcome),
) -> Result<bool> {
    let begun = Instant::now();
    loop {
        match far.post(body.as_bytes()) {
            Ok(answer) if answer.status == 200 => return Ok(true),
            Ok(answer) if answer.is_later() => {
                outcome.refused += count;
                std::thread::sleep(answer.retry_after.unwrap_or(LATER));
            }
            Ok(answer) => bail!("the event collector answers {}", answer.status),
            // The same body again: it is taken once.
            Err(_) => *far = connect(|| Http::open(&plan.address, &plan.token))?,
        }
        let late = begun.elapsed() > PATIENCE;
        if late || (!plan.insists && !pace.is_running()) {
            return Ok(false);
        }
    }
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

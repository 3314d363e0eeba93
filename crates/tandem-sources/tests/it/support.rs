//! What tests beside real senders share: programs that end with the test, and a source whose deliveries are taken.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tandem_sources::{
    Context, Delivery, From, Health, Inlet, Parcel, Phase, SourceError, SourceSettings, Taken,
};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long anything may take before a test fails. Machines that run tests are busy.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A program that is killed when the test is done with it.
#[derive(Debug)]
pub struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program whose output nobody reads.
pub fn start(command: &mut Command) -> Running {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    Running(child)
}

/// Runs a program to its end, which must be a good one.
pub async fn run(command: &mut Command) {
    let shown = format!("{command:?}");
    let mut child = tokio::process::Command::from(std::mem::replace(command, Command::new("")))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{shown}: {error}"));
    let status = timeout(PATIENCE, child.wait()).await.expect("it ends").unwrap();
    assert!(status.success(), "{shown}: {status}");
}

/// Where one of these programs is, or `None` after saying that the test is skipped. With `TANDEM_REQUIRE_SENDERS` set,
/// nothing is skipped.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        missing(name);
    }
    found
}

/// Says that a test is skipped for want of a sender, or fails when none may be.
pub fn missing(what: &str) {
    assert!(
        std::env::var_os("TANDEM_REQUIRE_SENDERS").is_none(),
        "{what} is not installed, and TANDEM_REQUIRE_SENDERS is set"
    );
    eprintln!("skipped: {what} is not installed");
}

/// A port of 127.0.0.1 that nobody uses at the moment.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// A running source.
#[derive(Debug)]
pub struct Source {
    /// What it delivers.
    pub parcels: mpsc::Receiver<Parcel>,
    /// Ends it in good order.
    pub stop: CancellationToken,
    /// Where it counts.
    pub health: Arc<Health>,
    /// The source itself.
    pub task: JoinHandle<Result<(), SourceError>>,
}

impl Drop for Source {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Source {
    /// Starts a source with room for `room` bytes, and waits until it runs.
    pub async fn start_with_room(from: From, room: usize) -> Self {
        let (inlet, parcels) = tandem_sources::inlet(room);
        let context = context(from, inlet);
        let (stop, health) = (context.stop.clone(), Arc::clone(&context.health));
        let task = tokio::spawn(tandem_sources::run(context));
        let source = Self {
            parcels,
            stop,
            health,
            task,
        };
        source
            .until("it runs", |health| health.read().phase == Phase::Running)
            .await;
        source
    }

    /// Starts a source, and waits until it runs.
    pub async fn start(from: From) -> Self {
        Self::start_with_room(from, 64 << 20).await
    }

    /// Waits until its health says something.
    pub async fn until(&self, what: &str, is: impl Fn(&Health) -> bool) {
        let waiting = async {
            while !is(&self.health) {
                assert!(
                    !self.task.is_finished(),
                    "the source ended: {:?}",
                    self.health.read()
                );
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        timeout(PATIENCE, waiting)
            .await
            .unwrap_or_else(|_| panic!("{what}: {:?}", self.health.read()));
    }

    /// The next delivery, once it was answered as durable.
    pub async fn delivery(&mut self) -> Delivery {
        let parcel = timeout(PATIENCE, self.parcels.recv())
            .await
            .unwrap_or_else(|_| panic!("something is delivered: {:?}", self.health.read()))
            .unwrap_or_else(|| panic!("the source runs: {:?}", self.health.read()));
        let delivery = parcel.delivery.clone();
        let records = lines(&delivery).len() as u64;
        parcel.answer(Taken {
            records,
            events: records,
            rejects: delivery.refused.len() as u64,
            ..Taken::default()
        });
        delivery
    }

    /// Takes deliveries until there are as many records, and gives them in the order they came in.
    pub async fn records(&mut self, count: usize) -> Vec<String> {
        let mut all = Vec::new();
        let taking = async {
            while all.len() < count {
                all.extend(lines(&self.delivery().await));
            }
        };
        if timeout(PATIENCE, taking).await.is_err() {
            panic!("{} of {count} records came: {:?}", all.len(), self.health.read());
        }
        all
    }

    /// Stops it, and gives what it still delivered.
    pub async fn end(mut self) -> Vec<Delivery> {
        self.stop.cancel();
        let mut rest = Vec::new();
        loop {
            tokio::select! {
                biased;
                Some(parcel) = self.parcels.recv() => {
                    rest.push(parcel.delivery.clone());
                    parcel.answer(Taken::default());
                }
                ended = &mut self.task => {
                    ended.unwrap().unwrap();
                    break;
                }
                () = tokio::time::sleep(PATIENCE) => panic!("it stops"),
            }
        }
        while let Ok(parcel) = self.parcels.try_recv() {
            rest.push(parcel.delivery.clone());
        }
        rest
    }
}

/// What a source called `test` is given.
pub fn context(from: From, inlet: Inlet) -> Context {
    let settings = SourceSettings {
        name: "test".into(),
        format: None,
        mapping: None,
        time_zone: None,
        silent_after_minutes: 0,
        from,
    };
    tandem_sources::settings::check(std::slice::from_ref(&settings)).unwrap();
    Context {
        settings: Arc::new(settings),
        name: "test".into(),
        inlet,
        positions: Vec::new(),
        stop: CancellationToken::new(),
        health: Arc::default(),
        record_bytes: 1 << 20,
    }
}

/// The lines of a delivery.
pub fn lines(delivery: &Delivery) -> Vec<String> {
    String::from_utf8_lossy(&delivery.body)
        .lines()
        .map(str::to_owned)
        .collect()
}

/// The Python that has the packages of senders, or `None` after saying that the test is skipped.
#[allow(dead_code, reason = "the tests of each source take what they need")]
pub fn python() -> Option<PathBuf> {
    let set = std::env::var_os("TANDEM_SENDERS_PYTHON").map(PathBuf::from);
    if set.is_none() {
        missing("a Python with the senders' packages (TANDEM_SENDERS_PYTHON)");
    }
    set
}

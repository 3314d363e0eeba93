//! Starts sources, and starts them again when they fail.

use std::sync::Arc;
use std::sync::PoisonError;
use std::thread;
use std::time::Duration;

use tandem_sources::{Context, Health, Inlet, Parcel, Place, Position, SourceSettings};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::keeper::{Keeper, Lost};
use super::reader::{Kept, Read, Reading, States, work};
use super::{Live, key_of};
use crate::app::App;
use crate::background::{failed, words};

/// Deliveries between the inlet and a reader, and between the readers and the keeper.
const BETWEEN: usize = 4;
/// Most threads that read.
const MOST_READERS: usize = 8;
/// Positions that a source is given; those read to the end come last.
const MOST_POSITIONS: usize = 50_000;
/// Pauses before a source that failed is started again.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// A source that ran as long as this failed for another reason than the last time.
const SETTLED: Duration = Duration::from_secs(120);

/// Live sources that run.
#[derive(Debug)]
pub struct Running {
    stop: CancellationToken,
    sources: JoinSet<()>,
    inlet: Inlet,
    finish: CancellationToken,
    keeper: Option<thread::JoinHandle<()>>,
}

/// Starts every source of the settings, and what keeps their deliveries. The second time nothing is started.
pub fn start(app: &Arc<App>) -> Running {
    let stop = CancellationToken::new();
    let finish = CancellationToken::new();
    let mut running = Running {
        stop: stop.clone(),
        sources: JoinSet::new(),
        inlet: app.intake.inlet.clone(),
        finish: finish.clone(),
        keeper: None,
    };
    let parcels = {
        let mut parcels = app.intake.parcels.lock().unwrap_or_else(PoisonError::into_inner);
        parcels.take()
    };
    let Some(parcels) = parcels else { return running };
    let states = Arc::new(States::default());
    let (lost, lost_at) = watch::channel(0);
    running.keeper = Some(keep(app, parcels, &states, lost, finish));
    let mut live = Vec::new();
    for settings in &app.config.sources {
        let one = Arc::new(Live {
            settings: Arc::new(settings.clone()),
            health: Arc::new(Health::default()),
        });
        live.push(Arc::clone(&one));
        running.sources.spawn(supervise(
            Arc::clone(app),
            one,
            Arc::clone(&states),
            lost_at.clone(),
            stop.clone(),
        ));
    }
    *app.intake.live.write().unwrap_or_else(PoisonError::into_inner) = live;
    tokio::spawn(remember(Arc::clone(app)));
    running
}

impl Running {
    /// Stops in good order: sources hand on what they have, and all of it is kept.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.sources.join_next().await.is_some() {}
        self.inlet.close();
        self.finish.cancel();
        if let Some(keeper) = self.keeper.take() {
            // It ends after the last commit; a thread that waits for it must not be one of those that serve.
            let _ = tokio::task::spawn_blocking(move || keeper.join()).await;
        }
    }
}

/// Starts the threads that read and the one that keeps.
fn keep(
    app: &Arc<App>,
    parcels: mpsc::Receiver<Parcel>,
    states: &Arc<States>,
    lost: watch::Sender<Lost>,
    finish: CancellationToken,
) -> thread::JoinHandle<()> {
    let readers = thread::available_parallelism()
        .map_or(1, std::num::NonZero::get)
        .div_ceil(2)
        .min(MOST_READERS);
    let (reads, read) = mpsc::channel::<Read>(BETWEEN);
    let mut ways = Vec::new();
    for _ in 0..readers {
        let (way, waiting) = mpsc::channel(BETWEEN);
        ways.push(way);
        let reading = Reading {
            mappings: Arc::clone(&app.mappings),
            time_zone: app.config.home.time_zone.clone(),
            record_bytes: app.config.limits.record_bytes,
            states: Arc::clone(states),
        };
        let reads = reads.clone();
        thread::spawn(move || work(reading, waiting, &reads));
    }
    tokio::spawn(distribute(parcels, ways, finish));
    let keeper = Keeper {
        app: Arc::clone(app),
        reads: read,
        lost,
    };
    let handle = Handle::current();
    thread::spawn(move || handle.block_on(keeper.run()))
}

/// Gives deliveries to readers: those of one stream to the same one, in order.
async fn distribute(
    mut parcels: mpsc::Receiver<Parcel>,
    ways: Vec<mpsc::Sender<Parcel>>,
    finish: CancellationToken,
) {
    let mut turn = 0_usize;
    loop {
        let parcel = tokio::select! {
            parcel = parcels.recv() => parcel,
            () = finish.cancelled(), if !parcels.is_closed() => {
                // What is on its way is still kept.
                parcels.close();
                continue;
            }
        };
        let Some(parcel) = parcel else { return };
        let at = match &parcel.delivery.place {
            Place::Passing => {
                turn = turn.wrapping_add(1);
                turn
            }
            Place::Kept(position) | Place::File { position, .. } => {
                xxhash_rust::xxh3::xxh3_64(position.stream.as_bytes()) as usize
            }
            // Behind what was delivered of it.
            Place::Forgotten(stream) => xxhash_rust::xxh3::xxh3_64(stream.as_bytes()) as usize,
        };
        let Some(way) = ways.get(at % ways.len().max(1)) else {
            return;
        };
        if way.send(parcel).await.is_err() {
            return;
        }
    }
}

/// Runs one source until it is told to stop.
async fn supervise(
    app: Arc<App>,
    live: Arc<Live>,
    states: Arc<States>,
    mut lost: watch::Receiver<Lost>,
    stop: CancellationToken,
) {
    let mut pause = FIRST_PAUSE;
    let mut start = 0;
    while !stop.is_cancelled() {
        let started = Instant::now();
        let inlet = app.intake.inlet.started();
        lost.mark_unchanged();
        app.intake.succeed(start, inlet.start());
        start = inlet.start();
        // What the run before delivered counts no more, but for what a commit under way has taken: that ends first.
        drop(app.writer.lock().await);
        let ended = match positions(&app, &live.settings, &states).await {
            Ok(positions) => {
                let run = stop.child_token();
                let context = Context {
                    settings: Arc::clone(&live.settings),
                    name: live.settings.name.as_str().into(),
                    inlet,
                    positions,
                    stop: run.clone(),
                    health: Arc::clone(&live.health),
                    record_bytes: app.config.limits.record_bytes,
                };
                let source = tandem_sources::run(context);
                tokio::pin!(source);
                tokio::select! {
                    ended = &mut source => ended.map_err(|error| words(&error)),
                    _ = lost.changed() => {
                        run.cancel();
                        // It begins again behind what is durable; what it still hands on does not count.
                        let _ = source.await;
                        Err("what it delivered could not be kept; it begins again behind what is".to_owned())
                    }
                }
            }
            Err(error) => Err(words(&error)),
        };
        if stop.is_cancelled() {
            break;
        }
        if started.elapsed() > SETTLED {
            pause = FIRST_PAUSE;
        }
        let why = ended
            .err()
            .unwrap_or_else(|| "it ended without being told to".to_owned());
        tracing::warn!(source = %live.settings.name, error = why, "the source is started again in {} s", pause.as_secs());
        live.health.failing(why);
        tokio::select! {
            () = sleep(pause) => {}
            () = stop.cancelled() => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    live.health.stopped();
}

/// When sources last brought something before this start: silence does not end with a restart.
async fn remember(app: Arc<App>) {
    match app.store.source_days(None).await {
        Ok(days) => {
            for (day, received) in days {
                app.intake.remember(&day.source, received);
            }
        }
        Err(error) => failed("reading when sources last spoke", &error, FIRST_PAUSE),
    }
}

/// How far a source was read durably; the readers' own states are laid out for them.
async fn positions(
    app: &App,
    settings: &SourceSettings,
    states: &States,
) -> Result<Vec<Position>, tandem_store::StoreError> {
    let beginning = key_of(&settings.name);
    let kept = app.store.checkpoints_under(&beginning, MOST_POSITIONS).await?;
    let mut positions = Vec::with_capacity(kept.len());
    for checkpoint in kept {
        let Some(stream) = checkpoint.stream_key.strip_prefix(&beginning) else {
            continue;
        };
        let kept: Kept = match serde_json::from_str(&checkpoint.state_json) {
            Ok(kept) => kept,
            Err(error) => {
                failed("reading how far a source was read", &error, FIRST_PAUSE);
                Kept::default()
            }
        };
        positions.push(Position {
            stream: stream.to_owned(),
            at: checkpoint.offset,
            mark: kept.mark,
        });
        if let Some(state) = kept.reader {
            states.put(checkpoint.stream_key, state);
        }
    }
    Ok(positions)
}

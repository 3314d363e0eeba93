//! What a serving Tandem does by itself: analysing what was pushed, signing the ledger, and housekeeping.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::app::App;
use crate::pipeline::{analyse, maintain::maintain};

/// How often somebody looks whether a day of the ledger is over.
const WATCH: Duration = Duration::from_secs(1_800);

/// How often somebody looks whether the time of a scheduled query has come.
const ASK: Duration = Duration::from_secs(60);

/// Starts the recurring work; it ends with the runtime. A failure is logged and tried again at the next time: what it was
/// about is still there.
pub fn start(app: &Arc<App>) {
    let schedule = &app.config.schedule;
    if schedule.analyse_seconds > 0 {
        tokio::spawn(analysing(
            Arc::clone(app),
            Duration::from_secs(schedule.analyse_seconds),
        ));
    }
    tokio::spawn(clocks(Arc::clone(app)));
    tokio::spawn(watching(Arc::clone(app)));
    tokio::spawn(asking(Arc::clone(app)));
    crate::chat::start(app);
    if app.config.ledger.checkpoint_minutes > 0 {
        let every = Duration::from_secs(60 * app.config.ledger.checkpoint_minutes);
        tokio::spawn(signing(Arc::clone(app), every));
    }
    if schedule.maintain_minutes > 0 {
        tokio::spawn(maintaining(
            Arc::clone(app),
            Duration::from_secs(60 * schedule.maintain_minutes),
        ));
    }
}

async fn clocks(app: Arc<App>) {
    let every = Duration::from_secs(60);
    let mut times = times(every);
    loop {
        times.tick().await;
        if let Err(error) = app.tick_cases().await {
            failed("looking at the clocks of cases", &error, every);
        }
        if let Err(error) = app.tick_runs(crate::pipeline::now()).await {
            failed("looking at the clocks of playbook runs", &error, every);
        }
        if let Err(error) = app.post_digests(crate::pipeline::now()).await {
            failed("putting the daily mails into the outbox", &error, every);
        }
    }
}

/// Asks scheduled queries when their time has come.
async fn asking(app: Arc<App>) {
    let mut times = times(ASK);
    loop {
        times.tick().await;
        match app.ask_scheduled(crate::pipeline::now()).await {
            Ok(0) => {}
            Ok(queries) => tracing::debug!(queries, "scheduled queries were asked"),
            Err(error) => failed("asking scheduled queries", &error, ASK),
        }
    }
}

/// Looks whether a day of the ledger is over and can be judged.
async fn watching(app: Arc<App>) {
    let mut times = times(WATCH);
    loop {
        times.tick().await;
        match app.watch_ledger(crate::pipeline::now()).await {
            Ok(0) => {}
            // How many is all that a log may say: who runs the system reads it.
            Ok(found) => tracing::info!(found, "the ledger was watched"),
            Err(error) => failed("watching the ledger", &error, WATCH),
        }
    }
}

async fn signing(app: Arc<App>, every: Duration) {
    let mut times = times(every);
    loop {
        times.tick().await;
        if let Err(error) = app.sign_ledger().await {
            failed("signing the ledger", &error, every);
        }
    }
}

async fn analysing(app: Arc<App>, every: Duration) {
    let mut times = times(every);
    keep_identities(&app, every).await;
    loop {
        times.tick().await;
        match analyse(&app, None, &mut |_, _, _| {}).await {
            Ok(done) if done.days > 0 => {
                tracing::info!(days = done.days, alerts = done.alerts, "analysed");
                keep_identities(&app, every).await;
            }
            Ok(_) => {}
            Err(error) => failed("analysis", &error, every),
        }
    }
}

/// Puts whom people facts know into the vault.
async fn keep_identities(app: &App, every: Duration) {
    match app.fill_vault().await {
        Ok(0) => {}
        Ok(people) => tracing::info!(people, "put into the vault"),
        Err(error) => failed("filling the vault", &error, every),
    }
}

async fn maintaining(app: Arc<App>, every: Duration) {
    let mut times = times(every);
    times.tick().await;
    loop {
        times.tick().await;
        match maintain(&app, false).await {
            Ok(done) => tracing::info!(?done, "maintained"),
            Err(error) => failed("maintenance", &error, every),
        }
    }
}

fn times(every: Duration) -> Interval {
    let mut times = interval(every);
    times.set_missed_tick_behavior(MissedTickBehavior::Delay);
    times
}

/// Logs a failure with all its causes.
pub(crate) fn failed(what: &str, error: &dyn Error, every: Duration) {
    tracing::error!(
        error = words(error),
        "{what} failed; it is tried again in {} s",
        every.as_secs()
    );
}

/// An error with all its causes.
pub(crate) fn words(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut inner = error.source();
    while let Some(cause) = inner {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        inner = cause.source();
    }
    text
}

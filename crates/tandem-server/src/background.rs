//! What a serving Tandem does by itself: analysing what was pushed, and housekeeping.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::app::App;
use crate::pipeline::{analyse, maintain::maintain};

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
    if schedule.maintain_minutes > 0 {
        tokio::spawn(maintaining(
            Arc::clone(app),
            Duration::from_secs(60 * schedule.maintain_minutes),
        ));
    }
}

async fn analysing(app: Arc<App>, every: Duration) {
    let mut times = times(every);
    loop {
        times.tick().await;
        match analyse(&app, None, &mut |_, _, _| {}).await {
            Ok(done) if done.days > 0 => tracing::info!(days = done.days, alerts = done.alerts, "analysed"),
            Ok(_) => {}
            Err(error) => failed("analysis", &error, every),
        }
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

fn failed(what: &str, error: &dyn Error, every: Duration) {
    let mut text = error.to_string();
    let mut inner = error.source();
    while let Some(cause) = inner {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        inner = cause.source();
    }
    tracing::error!(
        error = text,
        "{what} failed; it is tried again in {} s",
        every.as_secs()
    );
}

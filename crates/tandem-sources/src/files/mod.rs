//! Files that are followed while they grow, are rotated, cut, compressed and deleted.
//!
//! A file is told by its device and inode, and what it holds by its beginning, the bytes before the place reached, and a sum
//! over all that was read; so a renamed file goes on where it was, a file that was cut begins anew, and a copy is known as
//! one. Windows event logs are read chunk by chunk.

mod ends;
mod eventlog;
mod finder;
mod followed;
mod follower;
mod forget;
mod identify;
mod identity;
mod reading;
mod same;
mod settings;
mod stream;

use std::time::{Duration, Instant};

use crate::delivery::{Delivery, NotTaken};
use crate::flight::Flight;
use crate::run::{Context, SourceError};
use follower::{Follower, Piece, Standing};
use forget::Clock;

pub use settings::FilesSettings;

/// Bytes read before they are handed on.
const ROUND: usize = 2 << 20;
/// Looking takes at most this part of the time: the next look comes that many times later than the last one took.
const SHARE: u32 = 10;

/// Deliveries under way at most.
const UNDER_WAY: usize = 1_024;

/// Runs the source.
///
/// # Errors
/// When deliveries are not taken. A file that cannot be read is no error; it is noted as trouble and tried again.
pub async fn run(context: Context, settings: &FilesSettings) -> Result<(), SourceError> {
    let flight = Flight::new(UNDER_WAY, |()| std::future::ready(()));
    let follower = Follower::new(settings, &context.positions, Clock::of_the_machine());
    let following = Following {
        context,
        follower: Some(follower),
        every: settings.every(),
        next: Instant::now(),
        flight: &flight,
        standing: Standing::default(),
    };
    let followed = following.run().await;
    // Nothing of this run may become durable once the next one has asked how far it goes.
    let landed = flight.land().await;
    followed?;
    landed?;
    Ok(())
}

/// A run of the source.
struct Following<'f> {
    context: Context,
    /// Away while something blocks.
    follower: Option<Follower>,
    every: Duration,
    /// When to look next.
    next: Instant,
    flight: &'f Flight<()>,
    standing: Standing,
}

impl Following<'_> {
    /// Follows until it is time to stop.
    async fn run(mut self) -> Result<(), SourceError> {
        let stop = self.context.stop.clone();
        loop {
            self.look().await?;
            self.context.health.running();
            // Until all is read that the look saw; new looks come in between.
            loop {
                let (pieces, behind) = self
                    .with(|follower| {
                        let pieces = follower.round(ROUND, Instant::now());
                        let behind = pieces.is_empty().then(|| follower.standing().behind);
                        (pieces, behind)
                    })
                    .await?;
                if let Some(behind) = behind {
                    self.context.health.behind(behind);
                    break;
                }
                for piece in pieces {
                    if !self.hand_on(piece).await? {
                        return Ok(());
                    }
                }
                if Instant::now() >= self.next {
                    self.look().await?;
                }
            }
            if self.flight.has_failed() {
                return Err(NotTaken::Failed.into());
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep_until(self.next.into()) => {}
            }
        }
    }

    /// Does something that blocks.
    async fn with<T: Send + 'static>(
        &mut self,
        what: impl FnOnce(&mut Follower) -> T + Send + 'static,
    ) -> Result<T, SourceError> {
        let broken = |source: std::io::Error| SourceError::Io {
            what: "following files broke off; it is taken up again".into(),
            source,
        };
        let Some(mut follower) = self.follower.take() else {
            return Err(broken(std::io::ErrorKind::Interrupted.into()));
        };
        let done = tokio::task::spawn_blocking(move || {
            let came = what(&mut follower);
            (follower, came)
        });
        let (follower, came) = done.await.map_err(|error| broken(std::io::Error::other(error)))?;
        self.follower = Some(follower);
        Ok(came)
    }

    /// Looks at all files and tells how it stands.
    async fn look(&mut self) -> Result<(), SourceError> {
        let began = Instant::now();
        let (standing, trouble) = self
            .with(move |follower| {
                follower.look(Instant::now());
                (follower.standing(), std::mem::take(&mut follower.trouble))
            })
            .await?;
        let health = &self.context.health;
        health.behind(standing.behind);
        (self.standing.begun..standing.begun).for_each(|_| health.opened());
        (self.standing.left..standing.left).for_each(|_| health.closed());
        self.standing = standing;
        for what in trouble {
            tracing::debug!(source = %self.context.name, %what, "trouble with a followed file");
            health.trouble(what);
        }
        let now = Instant::now();
        self.next = now + self.every.max(now.saturating_duration_since(began) * SHARE);
        Ok(())
    }

    /// Hands on a piece; goes on looking while there is no room for it. False when it is time to stop: what was not handed
    /// on is read again by the next run.
    async fn hand_on(&mut self, piece: Piece) -> Result<bool, SourceError> {
        let stop = self.context.stop.clone();
        let inlet = self.context.inlet.clone();
        let bytes = piece.body.len() as u64;
        let refused = piece.refused.len() as u64;
        let delivery = self.delivery(piece);
        let flight = self.flight;
        let sending = async move {
            let learn = inlet.send_and_learn(delivery).await?;
            flight.add(Some(learn), ()).await
        };
        tokio::pin!(sending);
        loop {
            tokio::select! {
                sent = &mut sending => break sent?,
                () = stop.cancelled() => return Ok(false),
                () = tokio::time::sleep_until(self.next.into()) => self.look().await?,
            }
        }
        let health = &self.context.health;
        if bytes > 0 {
            health.received(bytes, 0);
        }
        if refused > 0 {
            health.refused(refused);
        }
        Ok(true)
    }

    fn delivery(&self, piece: Piece) -> Delivery {
        let mut delivery = self.context.delivery(piece.from);
        delivery.body = piece.body;
        delivery.refused = piece.refused;
        delivery.format = piece.format.or(delivery.format);
        delivery.identity = piece.identity;
        delivery.place = piece.place;
        delivery.once = piece.once;
        delivery
    }
}

#[cfg(test)]
mod tests;

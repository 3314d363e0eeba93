//! Deliveries under way, in the order in which they were handed on.

use std::future::Future;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::delivery::{NotTaken, Taken};

type Entry<T> = (Option<oneshot::Receiver<Taken>>, T);

/// Deliveries whose answers are awaited, about so many at a time. Each carries something that is used up once it and all
/// before it are durable: what to acknowledge, say.
///
/// A delivery that was not taken fails the whole flight, because nothing behind it must be acknowledged: nothing more can be
/// added. Those under way are awaited all the same, so that nothing becomes durable after [`Self::land`].
pub(crate) struct Flight<T> {
    entries: mpsc::Sender<Entry<T>>,
    failed: CancellationToken,
    task: JoinHandle<()>,
}

impl<T: Send + 'static> Flight<T> {
    /// A flight of about `most` deliveries; `durable` uses up what each carried.
    pub(crate) fn new<D, F>(most: usize, mut durable: D) -> Self
    where
        D: FnMut(T) -> F + Send + 'static,
        F: Future<Output = ()> + Send,
    {
        let (entries, mut waiting) = mpsc::channel::<Entry<T>>(most.max(1));
        let failed = CancellationToken::new();
        let task = tokio::spawn({
            let failed = failed.clone();
            async move {
                while let Some((learn, carried)) = waiting.recv().await {
                    let taken = match learn {
                        Some(learn) => learn.await.is_ok(),
                        None => true,
                    };
                    if !taken {
                        failed.cancel();
                    }
                    if !failed.is_cancelled() {
                        durable(carried).await;
                    }
                }
            }
        });
        Self {
            entries,
            failed,
            task,
        }
    }

    /// Adds a delivery, or something that waits only for those before it; waits while too many are under way.
    ///
    /// # Errors
    /// [`NotTaken::Failed`] once a delivery was not taken.
    pub(crate) async fn add(
        &self,
        learn: Option<oneshot::Receiver<Taken>>,
        carried: T,
    ) -> Result<(), NotTaken> {
        if self.failed.is_cancelled() {
            return Err(NotTaken::Failed);
        }
        self.entries
            .send((learn, carried))
            .await
            .map_err(|_| NotTaken::Failed)
    }

    /// True once a delivery was not taken.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.is_cancelled()
    }

    /// Waits until all are answered.
    ///
    /// # Errors
    /// [`NotTaken::Failed`] when one of them was not taken.
    pub(crate) async fn land(self) -> Result<(), NotTaken> {
        drop(self.entries);
        let ended = self.task.await;
        if ended.is_err() || self.failed.is_cancelled() {
            return Err(NotTaken::Failed);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

//! The body of an object: got, unpacked, and cut into pieces.

use std::collections::VecDeque;
use std::io::{self, Read};

use bytes::Bytes;
use tandem_collect::{Pieces, open_reader};
use tokio::sync::mpsc;

use super::store::{Failed, Listed, Store, words};

/// Pieces of the packed body that wait to be unpacked.
const PACKED: usize = 8;
/// Unpacked pieces that wait to be handed on.
const WAITING: usize = 1;
/// Most bytes of an object when unpacked.
const MOST: u64 = 64 << 30;

/// A piece of an object.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Offset of its first byte in the unpacked object.
    pub(super) offset: u64,
    pub(super) bytes: Vec<u8>,
    /// Nothing follows.
    pub(super) end: bool,
    /// Why nothing follows although there should.
    pub(super) broken: Option<String>,
}

/// An object on its way.
pub(super) struct Body {
    pieces: mpsc::Receiver<Piece>,
    /// What got in the way at the service; the pieces end then.
    failed: Option<tokio::task::JoinHandle<Result<(), Failed>>>,
}

impl Body {
    /// A small object as a whole.
    pub(super) fn whole(packed: Vec<u8>, from: u64) -> Self {
        Self {
            pieces: unpack(io::Cursor::new(packed), from),
            failed: None,
        }
    }

    /// A large object while it comes.
    pub(super) fn streamed(store: Store, object: Listed, from: u64) -> Self {
        let (give, take) = mpsc::channel(PACKED);
        let failed = tokio::spawn(async move { pump(&store, &object, &give).await });
        Self {
            pieces: unpack(
                Coming {
                    take,
                    ready: VecDeque::new(),
                },
                from,
            ),
            failed: Some(failed),
        }
    }

    /// The next piece; `None` if the object could not be got to its end.
    pub(super) async fn next(&mut self) -> Option<Piece> {
        self.pieces.recv().await
    }

    /// Why it could not.
    pub(super) async fn failure(self) -> Failed {
        // Frees whoever waits to give.
        drop(self.pieces);
        match self.failed {
            Some(task) => match task.await {
                Ok(Err(failed)) => failed,
                _ => Failed::All("an object ended in the middle".into()),
            },
            None => Failed::All("an object ended in the middle".into()),
        }
    }
}

/// Gets a small object whole.
pub(super) async fn get(store: &Store, object: &Listed, most: u64) -> Result<Vec<u8>, Failed> {
    let mut failures = 0;
    'again: loop {
        let mut answer = store.get(object, 0, &mut failures).await?;
        let mut packed = Vec::new();
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) if (packed.len() + chunk.len()) as u64 > most => {
                    return Err(Failed::Object(format!(
                        "`{}` is larger than it was listed",
                        object.key
                    )));
                }
                Ok(Some(chunk)) => packed.extend_from_slice(&chunk),
                Ok(None) => return Ok(packed),
                Err(e) => {
                    store.again(&mut failures, &object.key, &words(e), None).await?;
                    continue 'again;
                }
            }
        }
    }
}

/// Gives an object's packed bytes as they come; where it breaks off the rest is asked for.
async fn pump(store: &Store, object: &Listed, give: &mpsc::Sender<io::Result<Bytes>>) -> Result<(), Failed> {
    let (mut from, mut failures) = (0, 0);
    loop {
        let mut answer = match store.get(object, from, &mut failures).await {
            Ok(answer) => answer,
            Err(failed) => {
                let _ = give.send(Err(io::ErrorKind::ConnectionAborted.into())).await;
                return Err(failed);
            }
        };
        let broke = loop {
            match answer.chunk().await {
                Ok(Some(chunk)) => {
                    from += chunk.len() as u64;
                    failures = 0;
                    if give.send(Ok(chunk)).await.is_err() {
                        return Ok(());
                    }
                }
                Ok(None) => return Ok(()),
                Err(e) => break words(e),
            }
        };
        if let Err(failed) = store.again(&mut failures, &object.key, &broke, None).await {
            let _ = give.send(Err(io::ErrorKind::ConnectionAborted.into())).await;
            return Err(failed);
        }
    }
}

/// Bytes that come from a task.
struct Coming {
    take: mpsc::Receiver<io::Result<Bytes>>,
    ready: VecDeque<Bytes>,
}

impl Read for Coming {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.ready.is_empty() {
            match self.take.blocking_recv() {
                Some(next) => self.ready.push_back(next?),
                None => return Ok(0),
            }
        }
        let Some(mut first) = self.ready.pop_front() else {
            return Ok(0);
        };
        let count = first.len().min(into.len());
        let now = first.split_to(count);
        if let Some(space) = into.get_mut(..count) {
            space.copy_from_slice(&now);
        }
        if !first.is_empty() {
            self.ready.push_front(first);
        }
        Ok(count)
    }
}

/// Unpacks on a thread that may block, from an unpacked offset on.
fn unpack(packed: impl Read + Send + 'static, from: u64) -> mpsc::Receiver<Piece> {
    let (give, take) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let broken = |offset, bytes, why: String| Piece {
            offset,
            bytes,
            end: true,
            broken: Some(why),
        };
        let mut pieces = match open_reader(packed) {
            Ok(reader) => Pieces::new(reader),
            // What the service did not give is told by the task that asks for it.
            Err(e) if e.kind() == io::ErrorKind::ConnectionAborted => return,
            Err(e) => {
                let _ = give.blocking_send(broken(0, Vec::new(), e.to_string()));
                return;
            }
        };
        let outcome = cut(&mut pieces, from, &give);
        match outcome {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(e) => {
                let piece = broken(pieces.offset(), pieces.bytes().to_vec(), e.to_string());
                let _ = give.blocking_send(piece);
            }
        }
    });
    take
}

fn cut(pieces: &mut Pieces, from: u64, give: &mpsc::Sender<Piece>) -> io::Result<()> {
    if !pieces.skip_to(from)? {
        return Err(io::Error::other("it is shorter than what was read of it"));
    }
    loop {
        if pieces.bytes().is_empty() {
            pieces.fill()?;
        }
        if pieces.offset() > MOST {
            return Err(io::Error::other("it is larger than 64 GiB unpacked"));
        }
        let piece = Piece {
            offset: pieces.offset(),
            bytes: pieces.bytes().to_vec(),
            end: pieces.eof(),
            broken: None,
        };
        let (count, end) = (piece.bytes.len(), piece.end);
        if give.blocking_send(piece).is_err() || end {
            return Ok(());
        }
        pieces.consume(count);
    }
}

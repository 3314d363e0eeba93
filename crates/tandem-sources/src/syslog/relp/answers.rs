//! Answers of a RELP session, in the order of what they answer.

use std::collections::VecDeque;

use tokio::sync::oneshot;

use super::DONE;
use crate::delivery::Taken;

/// Deliveries under way at most; the sender waits then.
const UNDER_WAY: usize = 32;

/// What is to be answered, oldest first.
#[derive(Debug, Default)]
pub(super) struct Answers {
    waiting: VecDeque<Waiting>,
    under_way: usize,
    lost: bool,
}

#[derive(Debug)]
enum Waiting {
    /// Can be answered as soon as everything before it was.
    Ready(Vec<u8>),
    /// Messages that are answered once they are durable.
    Durable(Vec<u32>, oneshot::Receiver<Taken>),
}

/// Records could not be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lost;

impl Answers {
    /// True if more may be handed on.
    pub(super) const fn has_room(&self) -> bool {
        self.under_way < UNDER_WAY
    }

    /// True if something is waited for.
    pub(super) const fn awaits(&self) -> bool {
        self.under_way > 0
    }

    /// True once something was not stored. Nothing behind it is answered: the sender hands all of it over again.
    pub(super) const fn has_lost(&self) -> bool {
        self.lost
    }

    /// Adds an answer that needs no waiting.
    pub(super) fn ready(&mut self, txnr: u32, text: &[u8]) {
        if self.lost {
            return;
        }
        let answer = answer(txnr, text);
        match self.waiting.back_mut() {
            Some(Waiting::Ready(answers)) => answers.extend(answer),
            _ => self.waiting.push_back(Waiting::Ready(answer)),
        }
    }

    /// Adds messages that are answered once they are durable.
    pub(super) fn await_durable(&mut self, messages: Vec<u32>, learn: oneshot::Receiver<Taken>) {
        if self.lost {
            return;
        }
        self.under_way += 1;
        self.waiting.push_back(Waiting::Durable(messages, learn));
    }

    /// Waits until the oldest delivery is durable. May be dropped while it waits.
    ///
    /// # Errors
    /// When it was not stored.
    pub(super) async fn next(&mut self) -> Result<(), Lost> {
        let oldest = self
            .waiting
            .iter_mut()
            .enumerate()
            .find_map(|(at, waiting)| match waiting {
                Waiting::Ready(_) => None,
                Waiting::Durable(messages, learn) => Some((at, messages, learn)),
            });
        let Some((at, messages, learn)) = oldest else {
            return std::future::pending().await;
        };
        if learn.await.is_err() {
            self.waiting.truncate(at);
            self.under_way = 0;
            self.lost = true;
            return Err(Lost);
        }
        let answers = messages.iter().flat_map(|txnr| answer(*txnr, DONE)).collect();
        if let Some(place) = self.waiting.get_mut(at) {
            *place = Waiting::Ready(answers);
            self.under_way -= 1;
        }
        Ok(())
    }

    /// Takes the answers before which nothing is waited for.
    pub(super) fn take_due(&mut self) -> Vec<u8> {
        let mut due = Vec::new();
        while let Some(Waiting::Ready(answers)) = self.waiting.front() {
            due.extend_from_slice(answers);
            self.waiting.pop_front();
        }
        due
    }
}

/// A `rsp` frame.
fn answer(txnr: u32, text: &[u8]) -> Vec<u8> {
    let mut frame = format!("{txnr} rsp {}", text.len()).into_bytes();
    if !text.is_empty() {
        frame.push(b' ');
        frame.extend_from_slice(text);
    }
    frame.push(b'\n');
    frame
}

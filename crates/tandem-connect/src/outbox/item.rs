//! One item and the moves it can make. Pure: a store may use these moves or write them as SQL, the tests hold both to them.

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;

use crate::far::action::Told;
use crate::far::{Anchor, Receipt};
use crate::job::Job;
use crate::notice::Key;
use crate::text;

/// When a held item is due: not before it is released.
const NEVER: Timestamp = Timestamp(i64::MAX);
/// Longest error that is kept, bytes.
const MAX_ERROR: usize = 500;

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// To be sent, from `next_at` on.
    Waiting,
    /// Claimed by a courier until the lease ends.
    Sending,
    /// Arrived.
    Sent,
    /// Given up; somebody must look, and can replay it.
    Dead,
}

impl State {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Dead => "dead",
        }
    }

    /// The state with that stored name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Sending, Self::Sent, Self::Dead]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// Why an item was given up, as far as it decides what can be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The gate stopped it.
    Gate,
    /// It cannot go out as it is.
    Notice,
    /// The far side said no, and would again.
    Refused,
    /// Its attempts or its days ran out.
    Exhausted,
}

impl Cause {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Notice => "notice",
            Self::Refused => "refused",
            Self::Exhausted => "exhausted",
        }
    }
}

/// One job on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutboxItem {
    /// Order of writing; given by the store, ascending.
    pub id: i64,
    /// Name of the connector.
    pub connector: String,
    /// What belongs together and goes in order: the notice's thread.
    pub lane: String,
    /// What makes it one job: unique per connector.
    pub key: Key,
    /// The key of an earlier item of the same connector that this one takes the place of.
    pub amends: Option<Key>,
    /// What to do. It holds addresses and accounts of colleagues: show the item without it.
    pub job: Job,
    /// Where it stands.
    pub state: State,
    /// Failed attempts that count.
    pub attempts: u32,
    /// How often it was claimed; the lease's fence.
    pub claims: u64,
    /// When it was written; what it became on a far side is not older.
    pub created: Timestamp,
    /// From when its age counts: its writing, or its last replay.
    pub tried_from: Timestamp,
    /// When it is due.
    pub next_at: Timestamp,
    /// While it is being sent: when the lease ends.
    pub lease_until: Option<Timestamp>,
    /// An earlier attempt may have arrived.
    pub doubt: bool,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it arrived or was given up.
    #[serde(default)]
    pub ended: Option<Timestamp>,
    /// Why it was given up.
    #[serde(default)]
    pub cause: Option<Cause>,
    /// What it left on the far side.
    pub room: Option<String>,
    /// The message it became.
    pub message: Option<String>,
    /// What the far side said to an action.
    #[serde(default)]
    pub answer: Option<Told>,
}

/// Names one claim. Once the lease has run out and somebody else claimed the item, the old lease settles nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The item.
    pub id: i64,
    /// [`OutboxItem::claims`] at the time.
    pub claims: u64,
    /// When it ends.
    pub until: Timestamp,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It arrived.
    Sent {
        /// When.
        at: Timestamp,
        /// What it left there.
        receipt: Receipt,
    },
    /// Try again.
    Retry {
        /// Not before.
        next_at: Timestamp,
        /// Failed attempts so far.
        attempts: u32,
        /// It may have arrived.
        doubt: bool,
        /// What went wrong.
        error: String,
    },
    /// Claimed but not tried: back as it was.
    Released {
        /// Not before.
        next_at: Timestamp,
    },
    /// Given up.
    Dead {
        /// When.
        at: Timestamp,
        /// Why, for what can be done.
        cause: Cause,
        /// Why, in words.
        error: String,
    },
}

/// A move that the item's state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("outbox item {id}: {state:?}, so it cannot be {what}")]
pub struct WrongState {
    /// The item.
    pub id: i64,
    /// Where it stands.
    pub state: State,
    /// What was asked for.
    pub what: &'static str,
}

impl OutboxItem {
    /// A new item, due at once. The store gives it its id.
    pub fn new(connector: &str, lane: &str, key: Key, job: Job, now: Timestamp) -> Self {
        Self {
            id: 0,
            connector: connector.to_owned(),
            lane: lane.to_owned(),
            key,
            amends: None,
            job,
            state: State::Waiting,
            attempts: 0,
            claims: 0,
            created: now,
            tried_from: now,
            next_at: now,
            lease_until: None,
            doubt: false,
            last_error: None,
            ended: None,
            cause: None,
            room: None,
            message: None,
            answer: None,
        }
    }

    /// The same item, kept back until it is [released](Self::release).
    #[must_use]
    pub fn held(mut self) -> Self {
        self.next_at = NEVER;
        self
    }

    /// True if it is kept back.
    pub fn is_held(&self) -> bool {
        self.state == State::Waiting && self.next_at == NEVER
    }

    /// Lets a held item go; its age counts from here.
    ///
    /// # Errors
    /// [`WrongState`] if it is not held.
    pub fn release(&mut self, now: Timestamp) -> Result<(), WrongState> {
        if !self.is_held() {
            return Err(self.wrong("released"));
        }
        (self.next_at, self.tried_from) = (now, now);
        Ok(())
    }

    /// True if it may be claimed at `now`: waiting and due, or left behind by a courier whose lease has ended.
    pub fn is_due(&self, now: Timestamp) -> bool {
        match self.state {
            State::Waiting => self.next_at <= now,
            State::Sending => self.lease_until.is_none_or(|until| until <= now),
            State::Sent | State::Dead => false,
        }
    }

    /// True if a later item of the same lane must wait for this one. A dead item holds nobody up.
    pub const fn holds_up(&self) -> bool {
        matches!(self.state, State::Waiting | State::Sending)
    }

    /// Claims the item. Whoever was sending it before may have succeeded, so an ended lease leaves doubt and counts as an
    /// attempt: a job that kills its courier does not come back for ever.
    ///
    /// # Errors
    /// [`WrongState`] if it is not due.
    pub fn claim(&mut self, now: Timestamp, until: Timestamp) -> Result<Lease, WrongState> {
        if !self.is_due(now) {
            return Err(self.wrong("claimed"));
        }
        if self.state == State::Sending {
            self.doubt = true;
            self.attempts += 1;
        }
        self.state = State::Sending;
        self.claims += 1;
        self.lease_until = Some(until);
        Ok(Lease {
            id: self.id,
            claims: self.claims,
            until,
        })
    }

    /// Writes down what became of an attempt.
    ///
    /// # Errors
    /// [`WrongState`] if the lease is no longer the item's.
    pub fn settle(&mut self, lease: Lease, settled: Settled) -> Result<(), WrongState> {
        if self.state != State::Sending || lease.claims != self.claims || lease.id != self.id {
            return Err(self.wrong("settled by this lease"));
        }
        self.lease_until = None;
        match settled {
            Settled::Sent { at, receipt } => {
                self.state = State::Sent;
                self.ended = Some(at);
                self.doubt = false;
                self.last_error = None;
                self.room = receipt.room;
                self.message = receipt.message;
                self.answer = receipt.answer;
            }
            Settled::Retry {
                next_at,
                attempts,
                doubt,
                error,
            } => {
                self.state = State::Waiting;
                self.next_at = next_at;
                self.attempts = attempts;
                self.doubt = doubt;
                self.last_error = Some(bounded(&error));
            }
            Settled::Released { next_at } => {
                self.state = State::Waiting;
                self.next_at = next_at;
            }
            Settled::Dead { at, cause, error } => {
                self.state = State::Dead;
                self.ended = Some(at);
                self.cause = Some(cause);
                self.last_error = Some(bounded(&error));
            }
        }
        Ok(())
    }

    /// Gives a waiting item up: it is done in another way.
    ///
    /// # Errors
    /// [`WrongState`] if it is not waiting.
    pub fn withdraw(&mut self, why: &str) -> Result<(), WrongState> {
        if self.state != State::Waiting {
            return Err(self.wrong("withdrawn"));
        }
        self.state = State::Dead;
        self.last_error = Some(bounded(why));
        Ok(())
    }

    /// Sends a dead item again, from the first attempt on. Doubt stays: it may have arrived long ago.
    ///
    /// # Errors
    /// [`WrongState`] if it is not dead.
    pub fn replay(&mut self, now: Timestamp) -> Result<(), WrongState> {
        if self.state != State::Dead {
            return Err(self.wrong("replayed"));
        }
        self.state = State::Waiting;
        self.ended = None;
        self.cause = None;
        self.attempts = 0;
        // Its age counts from here, or a replay after three days would die at its first failure.
        self.tried_from = now;
        self.next_at = now;
        Ok(())
    }

    /// True if it makes the lane's own room.
    pub const fn opens_room(&self) -> bool {
        matches!(self.job, Job::OpenRoom { .. })
    }

    const fn wrong(&self, what: &'static str) -> WrongState {
        WrongState {
            id: self.id,
            state: self.state,
            what,
        }
    }
}

impl Anchor {
    /// What the `sent` items of one connector and lane, in the order of their ids, left for the next. In a room of its own a
    /// lane speaks freely; in a shared room it keeps to a thread under its first message. `amended` is the sent item whose
    /// key the next one amends; its room counts before all.
    pub fn of<'a>(sent: impl Iterator<Item = &'a OutboxItem>, amended: Option<&OutboxItem>) -> Self {
        let mut anchor = Self::default();
        let mut own_room = false;
        for item in sent {
            if item.opens_room() {
                own_room = true;
                anchor.room.clone_from(&item.room);
                anchor.root = None;
            } else if !own_room && anchor.root.is_none() && item.message.is_some() {
                anchor.room.clone_from(&item.room);
                anchor.root.clone_from(&item.message);
            }
        }
        if let Some(item) = amended {
            anchor.amended.clone_from(&item.message);
            anchor.room = item.room.clone().or(anchor.room);
        }
        anchor
    }
}

fn bounded(error: &str) -> String {
    text::clip_bytes(error, MAX_ERROR).to_owned()
}

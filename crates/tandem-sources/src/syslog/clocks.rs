//! The clocks of a connection: when what was gathered is handed on, and when a sender has been silent, or at one message, for
//! too long.

use std::time::Duration;

use tokio::time::Instant;

/// How long a message may take from its first byte to its last: a sender has it whole before it begins.
pub(super) const MESSAGE: Duration = Duration::from_secs(60);

/// See the module.
#[derive(Debug)]
pub(super) struct Clocks {
    /// How long the first message of a batch waits for others.
    gather: Duration,
    /// Time without a byte after which a connection is closed.
    idle: Option<Duration>,
    flush_at: Option<Instant>,
    /// When the message that is still open began.
    begun: Option<Instant>,
    heard: Instant,
}

/// Why a sender is no longer listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Late {
    /// It was at one message for too long.
    Slow,
    /// It said nothing for too long.
    Silent,
}

impl Late {
    /// In words.
    pub(super) fn why(self) -> String {
        match self {
            Self::Slow => format!(
                "closed, because a message was not complete {} seconds after it had begun",
                MESSAGE.as_secs()
            ),
            Self::Silent => "closed after `idle_minutes` without a byte".into(),
        }
    }
}

impl Clocks {
    /// Clocks that begin now.
    pub(super) fn new(gather: Duration, idle: Option<Duration>) -> Self {
        Self {
            gather,
            idle,
            flush_at: None,
            begun: None,
            heard: Instant::now(),
        }
    }

    /// When something is to be done if nothing comes before.
    pub(super) fn due(&self) -> Option<Instant> {
        let silent_at = self.idle.map(|idle| self.heard + idle);
        let slow_at = self.begun.map(|begun| begun + MESSAGE);
        [self.flush_at, silent_at, slow_at].into_iter().flatten().min()
    }

    /// True if what was gathered is to be handed on.
    pub(super) fn is_ripe(&self, now: Instant) -> bool {
        self.flush_at.is_some_and(|at| at <= now)
    }

    /// Why the sender is no longer listened to, if it is not.
    pub(super) fn late(&self, now: Instant) -> Option<Late> {
        if self.begun.is_some_and(|begun| begun + MESSAGE <= now) {
            Some(Late::Slow)
        } else if self.idle.is_some_and(|idle| self.heard + idle <= now) {
            Some(Late::Silent)
        } else {
            None
        }
    }

    /// Something came.
    pub(super) fn hear(&mut self) {
        self.heard = Instant::now();
    }

    /// What came was cut: whether a message is still open, whether it is another one than before, and whether something waits
    /// to be handed on.
    pub(super) fn cut(&mut self, open: bool, another: bool, waits: bool) {
        if !open {
            self.begun = None;
        } else if self.begun.is_none() || another {
            self.begun = Some(Instant::now());
        }
        if self.flush_at.is_none() && waits {
            self.flush_at = Some(self.heard + self.gather);
        }
    }

    /// What was gathered is being handed on.
    pub(super) fn flush(&mut self) {
        self.flush_at = None;
    }

    /// Starts anew: the time since was not the sender's.
    pub(super) fn rest(&mut self) {
        self.heard = Instant::now();
        self.begun = self.begun.map(|_| self.heard);
        self.flush_at = self.flush_at.map(|_| self.heard + self.gather);
    }
}

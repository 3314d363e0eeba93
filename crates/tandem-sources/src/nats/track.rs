//! Which messages of a stream are known.
//!
//! A consumer sends new messages in the order of the stream and those that were not acknowledged in time again, between the
//! new ones. So "everything up to sequence n is known" is not the whole truth: what the server sent and a broken connection
//! lost comes later than what follows it. It shows in the consumer's own count, which grows by one with each message sent,
//! new or again: where it leaves something out, the messages of the stream in between may be such a **hole**. A hole is
//! closed when its messages come, or when the server says that all up to its end are acknowledged.

/// Most holes that are kept; beyond it neighbours are joined, which can only mean that a message is taken twice.
const MOST_HOLES: usize = 1_000;

/// What is known of a stream: everything up to `high`, except what lies in the holes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Track {
    high: u64,
    /// First and last sequence of each, ascending, apart from each other.
    holes: Vec<(u64, u64)>,
    /// What the consumer counts next.
    next: u64,
    /// Something sent was not received since the last new message.
    doubt: bool,
}

/// What a consumer says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Standing {
    /// Messages that it has sent, again or not.
    pub(super) sent: u64,
    /// Last sequence of the stream that it has sent.
    pub(super) delivered: u64,
    /// Sequence of the stream up to which all is acknowledged.
    pub(super) floor: u64,
}

impl Track {
    /// Goes on from a durable position, if there is one, beside a consumer that stands as it says.
    pub(super) fn new(kept: Option<(u64, &str)>, standing: Standing) -> Self {
        let mut track = match kept {
            Some((high, mark)) => Self {
                high,
                holes: parse(mark, high),
                ..Self::default()
            },
            None => Self {
                high: standing.floor,
                ..Self::default()
            },
        };
        // What was sent before and is not known was lost on its way, or with a Tandem that stopped.
        if standing.delivered > track.high {
            track.holes.push((track.high + 1, standing.delivered));
            track.high = standing.delivered;
        }
        track.next = standing.sent.saturating_add(1);
        track.doubt = true;
        track
    }

    /// Sees a message, and says whether it is new. `again` means that the consumer has sent it before.
    pub(super) fn see(&mut self, sequence: u64, count: u64, again: bool) -> bool {
        self.doubt |= count != self.next;
        self.next = count.saturating_add(1);
        if sequence > self.high {
            if self.doubt && sequence - self.high > 1 {
                self.holes.push((self.high + 1, sequence - 1));
                self.join();
            }
            self.high = sequence;
            // What is sent for the first time lies behind all that was sent before; what is sent again does not.
            self.doubt = again;
            return true;
        }
        let Some(at) = self
            .holes
            .iter()
            .position(|(first, last)| (*first..=*last).contains(&sequence))
        else {
            return false;
        };
        let (first, last) = self.holes.remove(at);
        if sequence < last {
            self.holes.insert(at, (sequence + 1, last));
        }
        if first < sequence {
            self.holes.insert(at, (first, sequence - 1));
        }
        self.join();
        true
    }

    /// True if the consumer's count is not what follows what was seen last: it was set back or has lost something.
    pub(super) const fn surprises(&self, count: u64) -> bool {
        count < self.next
    }

    /// All up to `floor` is acknowledged, and so durable.
    pub(super) fn acknowledged(&mut self, floor: u64) {
        self.holes.retain_mut(|(first, last)| {
            *first = (*first).max(floor.saturating_add(1));
            first <= last
        });
    }

    /// The stream ends at `last`. If that is before what is known, it has lost its end, and what is published next takes
    /// the same sequences again. Returns how many it lost.
    pub(super) fn ends_at(&mut self, last: u64) -> u64 {
        let lost = self.high.saturating_sub(last);
        if lost > 0 {
            self.high = last;
            self.holes.retain_mut(|(first, end)| {
                *end = (*end).min(last);
                first <= end
            });
        }
        lost
    }

    /// The last sequence that is known.
    pub(super) const fn high(&self) -> u64 {
        self.high
    }

    /// The first sequence that is not known.
    pub(super) fn first_unknown(&self) -> u64 {
        self.holes
            .first()
            .map_or(self.high.saturating_add(1), |(first, _)| *first)
    }

    /// The holes, as a position's mark.
    pub(super) fn mark(&self) -> String {
        let holes: Vec<String> = self
            .holes
            .iter()
            .map(|(first, last)| format!("{first}-{last}"))
            .collect();
        holes.join(" ")
    }

    fn join(&mut self) {
        while self.holes.len() > MOST_HOLES {
            let gaps = self.holes.windows(2).enumerate().map(|(at, pair)| match pair {
                [(_, last), (first, _)] => (first - last, at),
                _ => (u64::MAX, at),
            });
            let Some((_, at)) = gaps.min() else { return };
            let (_, last) = self.holes.remove(at + 1);
            if let Some(hole) = self.holes.get_mut(at) {
                hole.1 = last;
            }
        }
    }
}

/// Holes of a mark, of which only what lies up to `high` and in order is taken.
fn parse(mark: &str, high: u64) -> Vec<(u64, u64)> {
    let mut holes: Vec<(u64, u64)> = Vec::new();
    for hole in mark.split_ascii_whitespace().take(2 * MOST_HOLES) {
        let pair = hole
            .split_once('-')
            .and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
        if let Some((first, last)) = pair
            && first <= last
            && last <= high
            && holes.last().is_none_or(|(_, end)| *end < first)
        {
            holes.push((first, last));
        }
    }
    holes
}

#[cfg(test)]
mod tests;

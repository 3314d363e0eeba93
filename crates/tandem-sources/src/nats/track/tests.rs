use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

#[test]
fn a_message_that_comes_again_is_known() {
    let mut track = Track::new(None, Standing::default());
    assert!(track.see(1, 1, false));
    assert!(track.see(2, 2, false));
    assert!(!track.see(1, 3, true));
    assert!(
        track.see(9, 4, false),
        "subjects that are not read leave no holes"
    );
    assert_eq!((track.high(), track.mark().as_str()), (9, ""));
}

#[test]
fn what_was_lost_on_its_way_is_new_when_it_comes() {
    let mut track = Track::new(None, Standing::default());
    assert!(track.see(1, 1, false));
    // The second and third were sent and lost; the consumer's count says so.
    assert!(track.see(4, 4, false));
    assert_eq!(track.mark(), "2-3");
    assert!(track.see(3, 5, true));
    assert!(!track.see(3, 6, true));
    assert_eq!(track.mark(), "2-2");
    // 5 is lost too, and 2 comes before that shows.
    assert!(track.see(2, 8, true));
    assert!(track.see(6, 9, false));
    assert_eq!(track.mark(), "5-5");
    track.acknowledged(5);
    assert_eq!(track.mark(), "");
}

#[test]
fn what_comes_again_before_it_was_seen_says_nothing_of_what_lies_behind_it() {
    let mut track = Track::new(None, Standing::default());
    // 2 and 4 were sent and lost; 2 comes again, then 6 for the first time.
    assert!(track.see(2, 3, true));
    assert!(track.see(6, 4, false));
    assert_eq!(track.mark(), "1-1 3-5");
    assert!(track.see(4, 5, true));
    assert!(track.see(8, 6, false));
    assert_eq!(track.mark(), "1-1 3-3 5-5");
}

#[test]
fn what_a_stopped_run_had_received_is_new_again() {
    let standing = Standing {
        sent: 10,
        delivered: 10,
        floor: 4,
    };
    let mut track = Track::new(Some((6, "2-2 5-5")), standing);
    assert_eq!(track.mark(), "2-2 5-5 7-10");
    assert_eq!(track.first_unknown(), 2);
    for (sequence, count, new) in [(11, 11, true), (7, 12, true), (6, 13, false), (5, 14, true)] {
        assert_eq!(track.see(sequence, count, sequence < 11), new, "{sequence}");
    }
}

#[test]
fn a_stream_that_lost_its_end_takes_the_sequences_again() {
    let mut track = Track::new(Some((10, "3-4 9-9")), Standing::default());
    assert_eq!(track.ends_at(8), 2);
    assert_eq!((track.high(), track.mark().as_str()), (8, "3-4"));
    assert!(track.surprises(0) && !track.surprises(1));
    assert!(track.see(9, 9, false));
    assert_eq!(track.ends_at(12), 0);
}

#[test]
fn a_mark_stays_small_and_a_strange_one_does_no_harm() {
    let mut track = Track::new(None, Standing::default());
    for n in 1..=5_000_u64 {
        track.see(3 * n, 2 * n, false);
    }
    assert!(track.holes.len() <= MOST_HOLES);
    assert!(track.mark().len() < 64 << 10);
    let again = Track::new(Some((track.high(), &track.mark())), Standing::default());
    assert_eq!(again.holes, track.holes);
    for strange in [
        "x",
        "5-",
        "7-3",
        "1-99",
        "5-6 2-3",
        "4-5 5-6",
        "-",
        "99999999999999999999-1",
    ] {
        let track = Track::new(Some((10, strange)), Standing::default());
        assert!(
            track
                .holes
                .iter()
                .all(|(first, last)| first <= last && *last <= 10),
            "{strange}"
        );
    }
}

/// A server with its consumer, as far as sending goes.
#[derive(Default)]
struct Server {
    published: u64,
    delivered: u64,
    sent: u64,
    unacknowledged: BTreeSet<u64>,
}

impl Server {
    fn standing(&self) -> Standing {
        Standing {
            sent: self.sent,
            delivered: self.delivered,
            floor: self
                .unacknowledged
                .first()
                .map_or(self.delivered, |first| first - 1),
        }
    }

    fn send(&mut self, sequence: u64, again: bool) -> (u64, u64, bool) {
        self.sent += 1;
        (sequence, self.sent, again)
    }
}

#[derive(Debug, Clone)]
enum Act {
    Publish(u8),
    Send { lost: bool },
    Again { which: u8, lost: bool },
    Durable,
    Look,
    Restart,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    prop::collection::vec(
        prop_oneof![
            2 => (1..4_u8).prop_map(Act::Publish),
            6 => any::<bool>().prop_map(|lost| Act::Send { lost }),
            3 => (any::<u8>(), any::<bool>()).prop_map(|(which, lost)| Act::Again { which, lost }),
            3 => Just(Act::Durable),
            1 => Just(Act::Look),
            1 => Just(Act::Restart),
        ],
        1..200,
    )
}

proptest! {
    /// Whatever is lost on its way and whenever a run stops, each message is taken once, if it is sent often enough.
    #[test]
    fn each_message_is_taken_once(acts in acts()) {
        let mut server = Server::default();
        let mut track = Track::new(None, server.standing());
        let mut durable: Option<(u64, String)> = None;
        let mut taken: BTreeMap<u64, u32> = BTreeMap::new();
        // Received in this run and not durable yet: what was new, and what is acknowledged with it.
        let (mut new, mut with): (Vec<u64>, Vec<u64>) = (Vec::new(), Vec::new());
        let settle = |new: &mut Vec<u64>, with: &mut Vec<u64>, track: &Track, server: &mut Server,
                      taken: &mut BTreeMap<u64, u32>, durable: &mut Option<(u64, String)>| {
            if !new.is_empty() {
                *durable = Some((track.high(), track.mark()));
            }
            for sequence in new.drain(..) {
                *taken.entry(sequence).or_default() += 1;
            }
            for sequence in with.drain(..) {
                server.unacknowledged.remove(&sequence);
            }
        };
        let mut all = acts;
        // In the end everything is sent until nothing is left.
        all.extend((0..2_000).flat_map(|_| [Act::Send { lost: false }, Act::Again { which: 0, lost: false }, Act::Durable]));
        for act in all {
            let sent = match act {
                Act::Publish(count) => {
                    server.published += 2 * u64::from(count);
                    None
                }
                // Every other sequence has a subject that is not read.
                Act::Send { lost } if server.delivered < server.published => {
                    server.delivered += 2;
                    let sequence = server.delivered;
                    server.unacknowledged.insert(sequence);
                    Some((server.send(sequence, false), lost))
                }
                Act::Again { which, lost } if !server.unacknowledged.is_empty() => {
                    let at = usize::from(which) % server.unacknowledged.len();
                    let sequence = *server.unacknowledged.iter().nth(at).unwrap();
                    Some((server.send(sequence, true), lost))
                }
                Act::Durable => {
                    settle(&mut new, &mut with, &track, &mut server, &mut taken, &mut durable);
                    None
                }
                Act::Look => {
                    track.acknowledged(server.standing().floor);
                    None
                }
                Act::Restart => {
                    new.clear();
                    with.clear();
                    let kept = durable.as_ref().map(|(at, mark)| (*at, mark.as_str()));
                    track = Track::new(kept, server.standing());
                    None
                }
                _ => None,
            };
            if let Some(((sequence, count, again), false)) = sent {
                if track.see(sequence, count, again) {
                    new.push(sequence);
                }
                with.push(sequence);
            }
        }
        prop_assert_eq!(taken.len() as u64, server.published / 2);
        prop_assert!(taken.values().all(|times| *times == 1));
    }
}

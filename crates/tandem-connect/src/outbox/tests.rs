use std::time::Duration;

use super::*;
use crate::far::{Anchor, Receipt};
use crate::gate::GateBreach;
use crate::job::Job;
use crate::net::{After, SendError};
use crate::notice::Key;
use crate::testing::notice;
use proptest::prelude::*;
use tandem_domain::{CaseId, Timestamp};

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

fn item() -> OutboxItem {
    let job = Job::Post { notice: notice() };
    let mut item = OutboxItem::new("slack", "C-2026-0042", Key("k".into()), job, NOW);
    item.id = 1;
    item
}

fn busy(after: Option<After>) -> SendError {
    SendError::Busy {
        far: "x",
        why: "y".to_owned(),
        after,
    }
}

fn seconds(n: i64) -> Timestamp {
    NOW.plus_micros(n * 1_000_000)
}

#[test]
fn waits_double_up_to_the_cap_and_are_spread_evenly() {
    let policy = Policy::default();
    assert_eq!(policy.wait(1, 1.0), Duration::from_secs(2));
    assert_eq!(policy.wait(2, 1.0), Duration::from_secs(4));
    assert_eq!(policy.wait(5, 0.5), Duration::from_secs(16));
    assert_eq!(policy.wait(40, 1.0), policy.cap);
    assert_eq!(policy.wait(4_000_000_000, 1.0), policy.cap);
    assert_eq!(policy.wait(3, 0.0), Duration::ZERO);
    assert_eq!(policy.wait(1, f64::NAN), Duration::from_secs(2));
}

#[test]
fn a_far_side_s_pause_is_honoured_within_bounds() {
    let policy = Policy::default();
    let next = |after| match policy.settle(&item(), Err(busy(after)), NOW, 1.0) {
        Settled::Retry { next_at, .. } => next_at,
        other => panic!("{other:?}"),
    };
    assert_eq!(next(None), seconds(2));
    assert_eq!(next(Some(After::Wait(Duration::from_secs(90)))), seconds(90));
    assert_eq!(next(Some(After::At(seconds(50)))), seconds(50));
    // Neither into the past nor for ever.
    assert_eq!(next(Some(After::At(seconds(-50)))), seconds(2));
    assert_eq!(
        next(Some(After::Wait(Duration::from_secs(10_000_000)))),
        seconds(6 * 3600)
    );
}

#[test]
fn a_pause_costs_no_attempt_and_a_failure_does() {
    let policy = Policy::default();
    let limited = SendError::Limited {
        far: "x",
        after: None,
    };
    let Settled::Retry { attempts, doubt, .. } = policy.settle(&item(), Err(limited), NOW, 1.0) else {
        panic!("a retry")
    };
    assert_eq!((attempts, doubt), (0, false));
    let doubtful = SendError::Doubtful {
        far: "x",
        why: "y".to_owned(),
        after: None,
    };
    let Settled::Retry { attempts, doubt, .. } = policy.settle(&item(), Err(doubtful), NOW, 1.0) else {
        panic!("a retry")
    };
    assert_eq!((attempts, doubt), (1, true));
    let mut unsure = item();
    unsure.doubt = true;
    let Settled::Retry { doubt, .. } = policy.settle(&unsure, Err(busy(None)), NOW, 1.0) else {
        panic!("a retry")
    };
    assert!(doubt, "what may have arrived once may still be there");
}

#[test]
fn what_a_far_side_or_the_gate_refuses_is_dead_at_once() {
    let policy = Policy::default();
    let gate = SendError::Gate(GateBreach {
        rule: "a name".to_owned(),
    });
    let refused = SendError::Refused {
        far: "x",
        why: "channel_not_found".to_owned(),
    };
    for (error, why) in [(gate, Cause::Gate), (refused, Cause::Refused)] {
        let Settled::Dead { error, cause, .. } = policy.settle(&item(), Err(error), NOW, 1.0) else {
            panic!("dead")
        };
        assert!(!error.is_empty());
        assert_eq!(cause, why);
    }
}

#[test]
fn nothing_is_tried_for_ever() {
    let policy = Policy::default();
    let mut tired = item();
    tired.attempts = policy.attempts - 1;
    assert!(matches!(
        policy.settle(&tired, Err(busy(None)), NOW, 1.0),
        Settled::Dead { .. }
    ));
    let limited = || {
        Err(SendError::Limited {
            far: "x",
            after: None,
        })
    };
    assert!(matches!(
        policy.settle(&item(), limited(), seconds(2 * 86_400), 1.0),
        Settled::Retry { .. }
    ));
    assert!(matches!(
        policy.settle(&item(), limited(), seconds(3 * 86_400), 1.0),
        Settled::Dead { .. }
    ));
}

#[test]
fn a_lease_that_ended_leaves_doubt_and_settles_nothing() {
    let mut item = item();
    let first = item.claim(NOW, seconds(60)).unwrap();
    assert!(
        item.claim(seconds(59), seconds(120)).is_err(),
        "one courier at a time"
    );
    let second = item.claim(seconds(60), seconds(120)).unwrap();
    assert!(item.doubt && item.attempts == 1);
    let sent = || Settled::Sent {
        at: NOW,
        receipt: Receipt::default(),
    };
    assert!(
        item.settle(first, sent()).is_err(),
        "the old courier comes too late"
    );
    item.settle(second, sent()).unwrap();
    assert!(item.settle(second, sent()).is_err(), "once only");
    assert!(!item.is_due(seconds(1_000_000)));
    assert_eq!(item.state, State::Sent);
}

#[test]
fn a_dead_item_is_replayed_as_new_but_keeps_its_doubt() {
    let mut item = item();
    assert!(item.replay(NOW).is_err(), "only dead ones");
    let lease = item.claim(NOW, seconds(60)).unwrap();
    let dead = Settled::Dead {
        at: NOW,
        cause: Cause::Refused,
        error: "é".repeat(1_000),
    };
    item.doubt = true;
    item.settle(lease, dead).unwrap();
    assert!(item.last_error.as_ref().unwrap().len() <= 500);
    assert_eq!((item.ended, item.cause), (Some(NOW), Some(Cause::Refused)));
    let later = seconds(10 * 86_400);
    item.replay(later).unwrap();
    assert!(item.is_due(later) && item.doubt && item.attempts == 0);
    assert_eq!((item.ended, item.cause), (None, None));
    assert_eq!(item.created, NOW, "a far side is searched from its writing on");
    let outcome = Policy::default().settle(&item, Err(busy(None)), later, 0.5);
    assert!(matches!(outcome, Settled::Retry { .. }));
}

#[test]
fn an_item_of_before_is_read_and_its_cause_is_not_made_up() {
    let mut old = serde_json::to_value(item()).unwrap();
    let fields = old.as_object_mut().unwrap();
    assert!(fields.remove("ended").is_some() && fields.remove("cause").is_some());
    let read: OutboxItem = serde_json::from_value(old).unwrap();
    assert_eq!((read.ended, read.cause), (None, None));
}

#[test]
fn a_lane_speaks_in_its_own_room_or_keeps_to_its_thread() {
    let sent = |id: i64, room: &str, message: Option<&str>| {
        let mut item = item();
        item.id = id;
        item.room = Some(room.to_owned());
        item.message = message.map(str::to_owned);
        item
    };
    let first = sent(1, "usual", Some("m1"));
    let second = sent(2, "usual", Some("m2"));
    let mut opened = sent(3, "case-room", None);
    opened.job = Job::OpenRoom {
        case: CaseId::of(2026, 42),
        topic: String::new(),
        members: Vec::new(),
    };
    let third = sent(4, "case-room", Some("m3"));
    assert_eq!(Anchor::of([].into_iter(), None), Anchor::default());
    let thread = Anchor::of([&first, &second].into_iter(), None);
    assert_eq!(
        (thread.room.as_deref(), thread.root.as_deref()),
        (Some("usual"), Some("m1"))
    );
    let room = Anchor::of([&first, &opened, &third].into_iter(), None);
    assert_eq!((room.room.as_deref(), room.root), (Some("case-room"), None));
    let amend = Anchor::of([&first, &opened].into_iter(), Some(&first));
    assert_eq!(
        (amend.room.as_deref(), amend.amended.as_deref()),
        (Some("usual"), Some("m1"))
    );
}

#[test]
fn a_stored_job_reads_back_and_a_strange_one_does_not() {
    let jobs = [
        Job::Post { notice: notice() },
        Job::CloseRoom {},
        Job::Mail {
            to: vec!["a@b.c".to_owned()],
            notice: notice(),
            calendar: None,
        },
        Job::Hook {
            event: "case.opened".to_owned(),
            data: serde_json::json!({"case": "C-2026-0042"}),
        },
        act(),
    ];
    for job in jobs {
        assert_eq!(Job::from_json(&job.to_json().unwrap()).unwrap(), job);
    }
    assert!(Job::from_json("{\"job\":\"post\"}").is_err());
    assert!(Job::from_json("{\"job\":\"invite\",\"members\":[],\"more\":1}").is_err());
    assert!(Job::from_json(&" ".repeat(crate::MAX_JOB + 1)).is_err());
}

fn act() -> Job {
    Job::Act {
        act: crate::Act {
            phase: crate::Phase::Undo,
            action: "restore_access".to_owned(),
            parameters: [("hours".to_owned(), serde_json::json!(24))].into(),
            case: Some(CaseId::of(2026, 42)),
            run: "R-2026-0001".to_owned(),
            step: "limit".to_owned(),
            subject: Some(tandem_domain::SubjectId("S-7K3M2Q9D".to_owned())),
            undoes: None,
            accounts: true,
        },
    }
}

#[test]
fn an_action_is_given_up_sooner_than_a_message() {
    let policy = Policy::default();
    let late = seconds(3_601);
    let message = policy.settle(&item(), Err(busy(None)), late, 1.0);
    assert!(matches!(message, Settled::Retry { .. }), "{message:?}");
    let mut asked = OutboxItem::new("directory", "R-2026-0001.limit", Key("k".into()), act(), NOW);
    let early = policy.settle(&asked, Err(busy(None)), seconds(60), 1.0);
    assert!(matches!(early, Settled::Retry { .. }), "{early:?}");
    let dead = policy.settle(&asked, Err(busy(None)), late, 1.0);
    assert!(matches!(dead, Settled::Dead { .. }), "{dead:?}");
    asked.attempts = policy.act_attempts;
    assert!(policy.exhausted(&asked));
}

#[test]
fn what_is_held_waits_for_its_release_and_is_young_then() {
    let mut held = OutboxItem::new("directory", "lane", Key("k".into()), act(), NOW).held();
    assert!(held.is_held() && !held.is_due(seconds(86_400 * 365)));
    held.release(seconds(7_200)).unwrap();
    assert!(!held.is_held() && held.is_due(seconds(7_200)));
    assert!(held.release(seconds(7_201)).is_err());
    let policy = Policy::default();
    let settled = policy.settle(&held, Err(busy(None)), seconds(7_260), 1.0);
    assert!(matches!(settled, Settled::Retry { .. }), "{settled:?}");
}

/// What can happen to an item.
#[derive(Debug, Clone)]
enum Step {
    Claim,
    Settle(u8),
    SettleOld,
    Replay,
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Claim),
        (0_u8..5).prop_map(Step::Settle),
        Just(Step::SettleOld),
        Just(Step::Replay),
        (0_i64..200).prop_map(Step::Wait),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_an_item_is_sent_once_and_never_stuck(steps in proptest::collection::vec(step(), 0..120)) {
        let policy = Policy { attempts: 5, ..Policy::default() };
        let mut item = item();
        let (mut now, mut lease, mut old) = (NOW, None::<Lease>, None::<Lease>);
        let mut sent = 0;
        for step in steps {
            match step {
                Step::Wait(s) => now = now.plus_micros(s * 1_000_000),
                Step::Claim => {
                    let before = item.clone();
                    if let Ok(fresh) = item.claim(now, now.plus_micros(60_000_000)) {
                        prop_assert!(before.state == State::Waiting || before.lease_until.unwrap() <= now);
                        old = lease.or(old);
                        lease = Some(fresh);
                    } else {
                        prop_assert_eq!(&before, &item, "a refused move changes nothing");
                    }
                }
                Step::Settle(kind) => if let Some(lease) = lease {
                    let outcome = match kind {
                        0 => Ok(Receipt::default()),
                        1 => Err(busy(None)),
                        2 => Err(SendError::Limited { far: "x", after: None }),
                        3 => Err(SendError::Doubtful { far: "x", why: String::new(), after: None }),
                        _ => Err(SendError::Refused { far: "x", why: String::new() }),
                    };
                    if item.settle(lease, policy.settle(&item, outcome, now, 0.3)).is_ok() && item.state == State::Sent {
                        sent += 1;
                    }
                },
                Step::SettleOld => if let Some(old) = old {
                    let before = item.clone();
                    let late = item.settle(old, Settled::Released { next_at: now });
                    prop_assert!(late.is_err());
                    prop_assert_eq!(before, item.clone());
                },
                Step::Replay => { let _ = item.replay(now); }
            }
            prop_assert_eq!(item.lease_until.is_some(), item.state == State::Sending);
            prop_assert!(u64::from(item.attempts) <= item.claims);
        }
        prop_assert!(sent <= 1);
        // However it stands, it comes to an end: sent, dead and replayable, or due again some day.
        let end = now.plus_micros(30 * 86_400_000_000);
        prop_assert!(item.is_due(end) || matches!(item.state, State::Sent | State::Dead));
    }
}

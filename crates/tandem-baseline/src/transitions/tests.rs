use proptest::prelude::*;

use super::*;

const STORES: CoarseAction = CoarseAction::Stores;
const REMOVABLE: CoarseAction = CoarseAction::Removable;
const MAIL: CoarseAction = CoarseAction::Mail;

/// Numbers from 0 to 1, always the same ones.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn of(&mut self, chances: &Chances) -> usize {
        let mut left = self.roll() * chances.iter().sum::<f64>();
        let found = chances.iter().position(|chance| {
            left -= chance;
            left < 0.0
        });
        found.unwrap_or(KINDS - 1)
    }
}

/// One act a minute, in this order.
fn day(kinds: impl IntoIterator<Item = CoarseAction>) -> Timeline {
    let mut timeline = Timeline::default();
    for (minute, kind) in kinds.into_iter().enumerate() {
        timeline.add(480 + minute as u16, kind);
    }
    timeline
}

/// Who has had `days` days like that.
fn after(days: usize, like: &Timeline) -> OwnTransitions {
    let mut own = OwnTransitions::default();
    for _ in 0..days {
        own.learn(&counts(like), 1.0);
    }
    own
}

fn nats(own: &OwnTransitions, timeline: &Timeline) -> f64 {
    largest_stretch(&steps(timeline, &Model::new(own, &PeerOrder::new(&[])))).1
}

/// Shares in the morning, mail at noon, removable media in the afternoon.
fn usual_day() -> Timeline {
    day([[STORES; 14], [MAIL; 14], [REMOVABLE; 14]].concat())
}

#[test]
fn transitions_have_numbers_and_a_day_begins_from_nothing() {
    for number in 0..TRANSITIONS {
        assert_eq!(usize::from(Transition::of(number).unwrap().number()), number);
    }
    let seen = counts(&day([STORES, STORES, REMOVABLE]));
    let number = |from, to| Transition { from, to }.number();
    let mut wanted = [
        (number(None, STORES), 1),
        (number(Some(STORES), STORES), 1),
        (number(Some(STORES), REMOVABLE), 1),
    ];
    wanted.sort_unstable();
    assert_eq!(seen, wanted);
}

#[test]
fn usual_acts_in_an_unusual_order_surprise_and_the_step_is_named() {
    let own = after(40, &usual_day());
    assert!(nats(&own, &usual_day()) < 3.0, "{}", nats(&own, &usual_day()));
    // As many acts of each kind.
    let mixed = day([MAIL; 14].into_iter().chain([STORES, REMOVABLE].repeat(14)));
    assert!(nats(&own, &mixed) > 20.0, "{}", nats(&own, &mixed));
    let steps = steps(&mixed, &Model::new(&own, &PeerOrder::new(&[])));
    let (most, times) = main_transition(&steps, largest_stretch(&steps).0).unwrap();
    let wanted = Transition {
        from: Some(STORES),
        to: REMOVABLE,
    };
    let back = Transition {
        from: Some(REMOVABLE),
        to: STORES,
    };
    assert!(
        (most, times) == (wanted, 14) || (most, times) == (back, 13),
        "{most:?} {times}"
    );
}

#[test]
fn what_was_never_done_surprises_elsewhere_and_not_by_its_order() {
    let own = after(40, &day([[STORES; 20], [MAIL; 20]].concat()));
    let first = day([[STORES; 10], [REMOVABLE; 10], [MAIL; 10], [MAIL; 10]].concat());
    assert!(nats(&own, &first) < 3.0, "{}", nats(&own, &first));
}

#[test]
fn a_stretch_is_the_one_with_the_largest_sum() {
    let of = |nats: &[f64]| {
        let step = |nats: &f64| Step {
            before: 0,
            to: 0,
            nats: *nats,
        };
        largest_stretch(&nats.iter().map(step).collect::<Vec<_>>())
    };
    assert_eq!(of(&[-1.0, 2.0, -0.5, 3.0, -9.0, 4.0]), (1..4, 4.5));
    assert_eq!(of(&[-1.0, -2.0]), (0..0, 0.0));
    assert_eq!(of(&[]), (0..0, 0.0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Days drawn from what is usual have small p-values as seldom as these promise, whatever the usual order is; days of the
    /// same acts without it have them often, if the order says anything.
    #[test]
    fn p_values_keep_their_promise_on_days_of_the_usual_order(
        seed in any::<u64>(),
        kinds in 2..6_usize,
        loyal in 0.0..0.9_f64,
    ) {
        let mut dice = Dice(seed);
        let mut own = OwnTransitions::default();
        // One kind mostly follows another certain one.
        let numbers = (0..=kinds).flat_map(|from| (0..kinds).map(move |to| (from, to)));
        let count = |(from, to): (usize, usize)| {
            let chance = if to == (from + 1) % kinds { loyal } else { 0.0 } + (1.0 - loyal) / kinds as f64;
            let from = if from == kinds { BEGIN } else { from };
            (number(from, to) as u8, (2_000.0 * chance) as u32)
        };
        own.learn(&numbers.map(count).collect::<Vec<_>>(), 1.0);
        let peers = PeerOrder::new(&[]);
        let model = Model::new(&own, &peers);
        let usual = model.usual;
        let p = |draw: &mut dyn FnMut(u16) -> usize| {
            let mut before = 0;
            let acts: Vec<_> = (0..60).map(|_| {
                let kind = CoarseAction::ALL[draw(before)];
                before = kind.bit();
                kind
            }).collect();
            let steps = steps(&day(acts), &model);
            steps.len() as f64 * (-largest_stretch(&steps).1).exp()
        };
        let days = 4_000;
        let count = |found: &[f64], level: f64| found.iter().filter(|p| **p <= level).count() as f64 / f64::from(days);
        let chances: Vec<Chances> = (0..KINDS).map(|kind| model.after(1 << kind)).collect();
        let begin = model.after(0);
        let in_order: Vec<f64> = (0..days).map(|_| p(&mut |before| {
            let chances = chances.get(before.trailing_zeros() as usize).unwrap_or(&begin);
            dice.of(chances)
        })).collect();
        for level in [0.1, 0.01] {
            prop_assert!(count(&in_order, level) <= 1.3 * level, "{level}: {}", count(&in_order, level));
        }
        let any_order: Vec<f64> = (0..days).map(|_| p(&mut |_| dice.of(&usual))).collect();
        if loyal > 0.6 && kinds > 3 {
            prop_assert!(count(&any_order, 0.01) > 0.5, "{}", count(&any_order, 0.01));
        }
    }

    #[test]
    fn chances_add_up_to_one_and_none_is_impossible(
        counted in prop::collection::vec((any::<u8>(), 0..100_u32), 0..60),
        before in 0..1_u16 << KINDS,
    ) {
        let known = |(number, _): &(u8, u32)| usize::from(*number) < TRANSITIONS;
        let counted: Vec<_> = counted.into_iter().filter(known).collect();
        let mut own = OwnTransitions::default();
        own.learn(&counted, 0.7);
        let (half, rest) = counted.split_at(counted.len() / 2);
        let group = |counts: &[(u8, u32)]| {
            let mut day = crate::peers::TransitionsDay::default();
            day.add(counts, 1.0);
            let mut group = GroupTransitions::default();
            group.push(&day, 1.0);
            group
        };
        let (everybody, closest) = (group(half), group(rest));
        let peers = PeerOrder::new(&[&everybody, &closest]);
        let model = Model::new(&own, &peers);
        for chances in [model.after(before), model.usual] {
            prop_assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!(chances.iter().all(|chance| *chance > 0.0));
        }
    }
}

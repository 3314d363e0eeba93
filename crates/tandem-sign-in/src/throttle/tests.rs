use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;
use tandem_domain::time::{MICROS_PER_DAY, MICROS_PER_SECOND};

use super::*;
use crate::Key;

const OWN: DeviceId = DeviceId([1; 16]);

fn net(n: u32) -> ClientNetwork {
    ClientNetwork::of(IpAddr::V4(Ipv4Addr::from(n)))
}

fn stranger(account: &str, n: u32) -> Attempt<'_> {
    Attempt {
        account,
        network: net(n),
        device: None,
    }
}

fn owner(account: &str, n: u32) -> Attempt<'_> {
    Attempt {
        account,
        network: net(n),
        device: Some(OWN),
    }
}

/// Guesses as fast as the throttle lets, from `networks` addresses in turn, for one day; gives back how many were admitted.
fn day_of_guessing(throttle: &mut Throttle, networks: u32, from: i64) -> u32 {
    let mut free: BinaryHeap<Reverse<(i64, u32)>> = (0..networks).map(|n| Reverse((from, n))).collect();
    let mut admitted = 0;
    while let Some(Reverse((at, n))) = free.pop() {
        if at >= from + MICROS_PER_DAY {
            break;
        }
        let next = match throttle.admit(&stranger("anna", n), Timestamp(at)) {
            Ok(_) => {
                admitted += 1;
                at
            }
            Err(wait) => at + wait.seconds as i64 * MICROS_PER_SECOND,
        };
        free.push(Reverse((next, n)));
    }
    admitted
}

#[test]
fn the_wait_doubles_after_the_free_failures_and_ends_at_its_longest() {
    let curve = Limits::default().pair;
    let seconds: Vec<i64> = (1..=19).map(|n| curve.wait(n) / MICROS_PER_SECOND).collect();
    assert_eq!(
        seconds,
        [
            0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600, 3_600
        ]
    );
    assert_eq!(curve.wait(u32::MAX), 3_600 * MICROS_PER_SECOND);
}

#[test]
fn the_stated_rates_are_those_of_the_counters() {
    let limits = Limits::default();
    assert_eq!((limits.pair.first_day(), limits.pair.per_day()), (40, 24));
    assert_eq!((limits.device.first_day(), limits.device.per_day()), (115, 96));
    assert_eq!((limits.first_day(), limits.per_day()), (5_320, 4_320));
}

#[test]
fn one_network_guesses_no_more_than_stated() {
    let limits = Limits::default();
    let mut throttle = Throttle::new(limits);
    let first = day_of_guessing(&mut throttle, 1, 0);
    assert_eq!(first, limits.pair.first_day());
    let second = day_of_guessing(&mut throttle, 1, MICROS_PER_DAY);
    assert!(second <= limits.pair.per_day() + 1, "{second}");
}

#[test]
fn three_hundred_networks_together_guess_no_more_than_the_ceiling() {
    let limits = Limits::default();
    let mut throttle = Throttle::new(limits);
    let first = day_of_guessing(&mut throttle, 300, 0);
    assert!(first <= limits.first_day(), "{first}");
    assert!(first > 5_000, "{first}");
}

#[test]
fn many_attempts_at_once_are_counted_before_their_outcome_is_known() {
    let mut throttle = Throttle::new(Limits::default());
    let admitted = (0..1_000)
        .filter(|_| throttle.admit(&stranger("anna", 1), Timestamp(0)).is_ok())
        .count();
    assert_eq!(admitted, 6);
}

#[test]
fn asking_while_waiting_does_not_make_the_wait_longer() {
    let mut throttle = Throttle::new(Limits::default());
    while throttle.admit(&stranger("anna", 1), Timestamp(0)).is_ok() {}
    for _ in 0..1_000 {
        assert_eq!(
            throttle.admit(&stranger("anna", 1), Timestamp(0)),
            Err(Wait { seconds: 1 })
        );
    }
    assert!(
        throttle
            .admit(&stranger("anna", 1), Timestamp(MICROS_PER_SECOND))
            .is_ok()
    );
}

#[test]
fn one_address_trying_many_accounts_is_slowed_too_and_another_address_is_not() {
    let mut throttle = Throttle::new(Limits::default());
    let mut tried = 0;
    while throttle
        .admit(&stranger(&format!("account {tried}"), 1), Timestamp(0))
        .is_ok()
    {
        tried += 1;
    }
    assert_eq!(tried, 51);
    assert!(throttle.admit(&stranger("account 0", 2), Timestamp(0)).is_ok());
}

#[test]
fn a_success_is_not_counted_and_clears_the_account_there() {
    let mut throttle = Throttle::new(Limits::default());
    for _ in 0..10_000 {
        let admitted = throttle.admit(&stranger("anna", 1), Timestamp(0)).unwrap();
        throttle.succeeded(admitted);
    }
    for _ in 0..5 {
        let _failed = throttle.admit(&stranger("anna", 1), Timestamp(0)).unwrap();
    }
    let admitted = throttle.admit(&stranger("anna", 1), Timestamp(0)).unwrap();
    throttle.succeeded(admitted);
    for _ in 0..6 {
        let _failed = throttle.admit(&stranger("anna", 1), Timestamp(0)).unwrap();
    }
    assert!(throttle.admit(&stranger("anna", 1), Timestamp(0)).is_err());
}

#[test]
fn a_success_with_an_own_account_does_not_reset_the_network() {
    let mut throttle = Throttle::new(Limits::default());
    let mut failed = 0;
    for round in 0..1_000 {
        let own = throttle.admit(&stranger("mallory", 1), Timestamp(0));
        match own {
            Ok(admitted) => throttle.succeeded(admitted),
            Err(_) => break,
        }
        if throttle
            .admit(&stranger(&format!("victim {round}"), 1), Timestamp(0))
            .is_ok()
        {
            failed += 1;
        }
    }
    assert!(failed <= 51, "{failed}");
}

#[test]
fn a_known_device_has_a_brake_of_its_own() {
    let mut throttle = Throttle::new(Limits::default());
    let admitted = (0..100)
        .filter(|_| throttle.admit(&owner("anna", 1), Timestamp(0)).is_ok())
        .count();
    assert_eq!(admitted, 11);
}

#[test]
fn memory_is_bounded_and_flooding_it_does_not_reach_known_devices() {
    let limits = Limits {
        capacity: 100,
        ceiling_burst: 1_000_000,
        ..Limits::default()
    };
    let mut throttle = Throttle::new(limits);
    while throttle.admit(&owner("anna", 1), Timestamp(0)).is_ok() {}
    for n in 0..10_000 {
        let _failed = throttle.admit(&stranger(&"x".repeat(10_000), n), Timestamp(0));
    }
    assert_eq!(throttle.len(), 201);
    assert!(
        throttle.admit(&owner("anna", 1), Timestamp(0)).is_err(),
        "its own failures are still known"
    );
    assert!(!throttle.is_empty());
}

#[test]
fn addresses_of_one_site_are_one_network() {
    let of = |text: &str| ClientNetwork::of(text.parse().unwrap());
    assert_eq!(of("2001:db8:0:aa00::1"), of("2001:db8:0:aaff:1:2:3:4"));
    assert_ne!(of("2001:db8:0:aa00::1"), of("2001:db8:0:ab00::1"));
    assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
}

#[test]
fn a_device_is_known_to_its_account_only_and_for_its_time_only() {
    let key = Key::new([7; 32]);
    let anna = KnownDevice {
        account: "anna",
        epoch: 3,
    };
    let cookie = anna.write(&key, OWN, Timestamp(1_000));
    assert_eq!(anna.read(&key, &cookie, Timestamp(2_000)), Some(OWN));
    assert_eq!(
        KnownDevice {
            account: "Anna",
            epoch: 3
        }
        .read(&key, &cookie, Timestamp(2_000)),
        Some(OWN)
    );
    assert_eq!(
        KnownDevice {
            account: "bert",
            epoch: 3
        }
        .read(&key, &cookie, Timestamp(2_000)),
        None
    );
    assert_eq!(
        KnownDevice {
            account: "anna",
            epoch: 4
        }
        .read(&key, &cookie, Timestamp(2_000)),
        None
    );
    assert_eq!(anna.read(&Key::new([8; 32]), &cookie, Timestamp(2_000)), None);
    assert_eq!(
        anna.read(&key, &cookie, Timestamp(1_000 + device::DEVICE_LIFE)),
        None
    );
    assert_eq!(anna.read(&key, &cookie, Timestamp(999)), None);
    let forged = anna.write(&Key::new([9; 32]), OWN, Timestamp(1_000));
    for wrong in [
        "",
        ".",
        "a.b",
        cookie.get(1..).unwrap(),
        &format!("{cookie}x"),
        &forged,
        &"x".repeat(1_000),
    ] {
        assert_eq!(anna.read(&key, wrong, Timestamp(2_000)), None, "{wrong}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever strangers try against the account, from wherever, also with forged other devices: the owner's known device is
    /// admitted at every moment, as long as it does not itself fail.
    #[test]
    fn failures_of_others_never_delay_the_owners_known_device(
        tries in prop::collection::vec((0..20_u32, 0..3_u8, 0..5_000_000_i64), 1..400),
    ) {
        let mut throttle = Throttle::new(Limits { ceiling_burst: 20, ..Limits::default() });
        let mut now = 0;
        for (n, who, pause) in tries {
            now += pause;
            let attempt = match who {
                0 => stranger("anna", n),
                1 => stranger("ANNA", n),
                _ => Attempt { account: "bert", network: net(n), device: Some(OWN) },
            };
            let _failed = throttle.admit(&attempt, Timestamp(now));
            // The owner sits in the attacker's own network, too.
            let admitted = throttle.admit(&owner("anna", n), Timestamp(now));
            prop_assert!(admitted.is_ok());
            throttle.succeeded(admitted.unwrap());
        }
    }

    /// No order of attempts from any set of networks gets more through than burst and refill allow.
    #[test]
    fn the_ceiling_holds_in_any_order(
        tries in prop::collection::vec((0..500_u32, 0..60_000_000_i64), 1..600),
    ) {
        let limits = Limits { ceiling_burst: 30, ..Limits::default() };
        let mut throttle = Throttle::new(limits);
        let (mut now, mut admitted, mut seen) = (0, 0_i64, HashSet::new());
        for (n, pause) in tries {
            now += pause;
            seen.insert(n);
            if throttle.admit(&stranger("anna", n), Timestamp(now)).is_ok() {
                admitted += 1;
            }
        }
        prop_assert!(admitted <= 30 + now / limits.ceiling_every);
        prop_assert!(throttle.len() <= 2 * seen.len());
    }
}

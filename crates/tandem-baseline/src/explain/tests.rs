use super::words::{bytes, count, once_in, per_day, percent};
use super::*;

fn feature(channel: Channel, observed: f64, own: f64, peers: Option<f64>, detail: Detail) -> Feature {
    Feature {
        channel,
        surprise: 7.2,
        observed,
        own,
        peers,
        detail,
    }
}

#[test]
fn numbers_read_well() {
    assert_eq!(
        [count(7), count(1_234), count(1_234_567)],
        ["7", "1,234", "1,234,567"]
    );
    assert_eq!(
        [per_day(40.2), per_day(2.31), per_day(1.0)],
        ["40 a day", "2.3 a day", "1 a day"]
    );
    assert_eq!(
        [per_day(0.08), per_day(0.9), per_day(0.0)],
        ["one in 13 days", "one in 2 days", "almost never"]
    );
    assert_eq!(
        [bytes(12.0), bytes(1_234.0), bytes(45_678_901.0)],
        ["12 bytes", "1.2 kB", "46 MB"]
    );
    assert_eq!(
        [percent(0.123), percent(0.003), percent(0.0), percent(0.999)],
        ["12 %", "0.3 %", "less than 0.1 %", "99.9 %"]
    );
}

#[test]
fn rarity_is_told_in_working_days_months_and_years() {
    let of = |days: f64| once_in((days / 2.0).ln());
    assert_eq!(of(10.0), None);
    assert_eq!(of(20.0).as_deref(), Some("about once in 20 working days"));
    assert_eq!(of(105.0).as_deref(), Some("about once in 5 months"));
    assert_eq!(of(2_750.0).as_deref(), Some("about once in 11 years"));
    assert_eq!(of(1e9).as_deref(), Some("less than once in 1,000 years"));
}

#[test]
fn counts_are_held_against_the_own_past_and_the_peers() {
    use crate::Action;
    let copies = feature(
        Channel::InHours(Action::RemovableCopy),
        63.0,
        4.0,
        Some(2.0),
        Detail::None,
    );
    assert_eq!(
        counted(&copies, "63 copies to removable media", ""),
        "63 copies to removable media; usual for this subject 4 a day, for peers 2 a day; so many come about once in 11 years."
    );
    let first = feature(Channel::InHours(Action::Print), 1.0, 0.0, None, Detail::None);
    assert_eq!(
        counted(&first, "1 print job", ""),
        "1 print job; never before for this subject, too few peers to compare; so many come about once in 11 years."
    );
}

#[test]
fn hours_and_totals_read_as_sentences() {
    let night = feature(Channel::Hour, 23.0, 0.003, Some(0.0004), Detail::None);
    assert_eq!(
        hour(&night, ""),
        "Active between 23:00 and 00:00; 0.3 % of this subject's active hours fall there, less than 0.1 % of the peers'."
    );
    let total = feature(
        Channel::Month(Flow::Egress),
        1_200.0,
        300.0,
        Some(12.0),
        Detail::Peers(0.004),
    );
    assert_eq!(
        month(&total, Flow::Egress, ""),
        "1,200 acts that take data out over the last thirty active days; more than 99.6 % of the peers' totals, whose middle is 12."
    );
    let week = feature(
        Channel::Week(Flow::EgressBytes),
        3.4e9,
        2e6,
        Some(5e5),
        Detail::Bytes,
    );
    let what = format!(
        "{} over the last seven active days",
        flowing(&week, Flow::EgressBytes)
    );
    assert_eq!(
        compared(&week, &what, ("", ""), |value| amount(value, week.detail)),
        "3.4 GB taken out over the last seven active days; usual for this subject 2 MB, for peers 500 kB."
    );
}

#[test]
fn an_order_is_told_by_its_main_step() {
    use crate::coarse::CoarseAction;
    let told = |from, to, observed, own, peers| {
        let detail = Detail::Followed(Transition { from, to });
        followed(&feature(Channel::Transitions, observed, own, peers, detail), "")
    };
    let (stores, removable) = (CoarseAction::Stores, CoarseAction::Removable);
    assert_eq!(
        told(Some(stores), removable, 14.0, 0.025, Some(0.0001)),
        "Acts in an unusual order, above all 14 times from file shares or cloud storage to removable media; usual for this subject one in 40 days, for peers almost never."
    );
    assert_eq!(
        told(Some(removable), removable, 1.0, 0.0, None),
        "Acts in an unusual order, above all once removable media after removable media; no such step in this subject's known past, too few peers to compare."
    );
    assert_eq!(
        told(None, removable, 1.0, 0.0, Some(2.0)),
        "Acts in an unusual order, above all the day began with removable media; no such step in this subject's known past, for peers 2 a day."
    );
}

//! Verdicts, precision, and proposals to tune.

use proptest::prelude::*;
use tandem_casework::case::life::LifeCommand;
use tandem_casework::tuning::{NoProposal, Suggestion, propose};
use tandem_casework::verdicts::{DetectorRecord, VerdictRow, by_detector, of_cases, wilson};
use tandem_domain::{AlertId, Timestamp, Verdict};

use crate::make::{Play, r};

fn row(alert: u128, at: i64, verdict: Verdict, detectors: &[&str]) -> VerdictRow {
    VerdictRow {
        alert: AlertId(alert),
        at: Timestamp(at),
        verdict,
        detectors: detectors.iter().map(|d| (*d).to_owned()).collect(),
    }
}

#[test]
fn the_interval_is_the_published_one() {
    // 81 of 263: Newcombe 1998, Statistics in Medicine 17, table I, method 3 (score): 0.2553 to 0.3662.
    let found = wilson(81, 263).unwrap();
    assert!(
        (found.low - 0.2553).abs() < 5e-5 && (found.high - 0.3662).abs() < 5e-5,
        "{found:?}"
    );
    // 0 of 20, same table: 0.0000 to 0.1611.
    let none = wilson(0, 20).unwrap();
    assert!(none.low == 0.0 && (none.high - 0.1611).abs() < 5e-5, "{none:?}");
    assert_eq!(wilson(0, 0), None);
    assert_eq!(wilson(2, 1), None);
}

#[test]
fn the_last_verdict_of_an_alert_counts_and_what_cannot_be_said_counts_for_nothing() {
    let records = by_detector([
        row(1, 5, Verdict::TruePositive, &["rule:a", "rule:a", "behaviour"]),
        row(1, 1, Verdict::Benign, &["rule:a"]),
        row(2, 1, Verdict::FalsePositive, &["rule:a"]),
        row(3, 1, Verdict::InsufficientData, &["rule:b"]),
    ]);
    let names: Vec<_> = records.iter().map(|r| r.detector.as_str()).collect();
    assert_eq!(names, ["behaviour", "rule:a", "rule:b"]);
    assert_eq!(
        (
            records[1].true_positive,
            records[1].benign,
            records[1].false_positive
        ),
        (1, 0, 1)
    );
    assert_eq!(records[1].precision.unwrap().share, 0.5);
    assert_eq!((records[2].insufficient_data, records[2].precision), (1, None));
}

#[test]
fn a_closed_case_feeds_its_verdicts_to_the_detectors() {
    let mut play = Play::begin();
    play.must(
        "ida",
        LifeCommand::CloseBenign {
            reason: r("approved"),
        },
    );
    let records = by_detector(of_cases(&play.facts));
    assert_eq!(records.len(), 2);
    assert!(
        records
            .iter()
            .all(|r| r.benign == 1 && r.precision.unwrap().share == 0.0)
    );
}

fn record(true_positive: u64, false_positive: u64) -> DetectorRecord {
    let verdicts = |verdict, many: u64, from: u128| {
        (0..many).map(move |i| row(from + u128::from(i), 1, verdict, &["rule:upload"]))
    };
    let all = verdicts(Verdict::TruePositive, true_positive, 0);
    by_detector(all.chain(verdicts(Verdict::FalsePositive, false_positive, 1_000))).remove(0)
}

const RULE: &str = "\
title: Upload to a sharing site
# keep this comment
detection:
    selection:
        c-uri|contains: /upload
    condition: selection
falsepositives:
    - Approved transfers
level: high
";

#[test]
fn a_rule_that_mostly_comes_to_nothing_gets_a_milder_level_proposed_as_a_diff() {
    let proposal = propose(&record(2, 28), RULE, Suggestion::LowerLevel).unwrap();
    assert!(
        proposal.proposed.contains("level: medium\n") && proposal.proposed.contains("# keep this comment")
    );
    assert_eq!(proposal.reviewers.len(), 2);
    insta::assert_snapshot!(format!("{}\n\n{}", proposal.reason, proposal.diff), @r"
    2 of 30 concluded alerts were what they looked like: 7 % (2 to 21 % with 95 % confidence)

    --- rule as it is
    +++ rule as proposed
    @@ -6,4 +6,4 @@
         condition: selection
     falsepositives:
         - Approved transfers
    -level: high
    +level: medium
    ");
}

fn except(name: &str, values: &[&str]) -> Suggestion {
    Suggestion::Except {
        name: name.to_owned(),
        field: "cs-host".to_owned(),
        values: values.iter().map(|v| (*v).to_owned()).collect(),
    }
}

#[test]
fn an_exception_is_proposed_as_a_filter_of_the_rule() {
    let proposal = propose(
        &record(0, 20),
        RULE,
        except("own", &["share.example", "it's ours"]),
    )
    .unwrap();
    insta::assert_snapshot!(proposal.diff, @r"
    --- rule as it is
    +++ rule as proposed
    @@ -3,7 +3,11 @@
     detection:
         selection:
             c-uri|contains: /upload
    -    condition: selection
    +    filter_own:
    +        cs-host:
    +            - 'share.example'
    +            - 'it''s ours'
    +    condition: (selection) and not filter_own
     falsepositives:
         - Approved transfers
     level: high
    ");
    let read: serde_json::Value = serde_norway::from_str(&proposal.proposed).unwrap();
    assert_eq!(read["detection"]["filter_own"]["cs-host"][1], "it's ours");
}

#[test]
fn no_proposal_on_few_verdicts_for_a_good_rule_or_without_a_place_for_it() {
    let lower = || Suggestion::LowerLevel;
    assert_eq!(propose(&record(0, 9), RULE, lower()), Err(NoProposal::TooFew(9)));
    assert_eq!(propose(&record(4, 8), RULE, lower()), Err(NoProposal::GoodEnough));
    let mild = RULE.replace("level: high", "level: informational");
    assert_eq!(propose(&record(0, 20), &mild, lower()), Err(NoProposal::NoLevel));
    let list = RULE.replace("condition: selection", "condition: [a, b]");
    assert_eq!(
        propose(&record(0, 20), &list, except("own", &["x"])),
        Err(NoProposal::NoCondition)
    );
    let taken = RULE.replace("    condition", "    filter_own:\n        a: b\n    condition");
    assert_eq!(
        propose(&record(0, 20), &taken, except("own", &["x"])),
        Err(NoProposal::NameTaken("filter_own".to_owned()))
    );
    for bad in [
        except("", &["x"]),
        except("Own", &["x"]),
        except("own", &[]),
        except("own", &["*"]),
        except("own", &["a\nb"]),
    ] {
        assert_eq!(propose(&record(0, 20), RULE, bad), Err(NoProposal::BadException));
    }
}

proptest! {
    #[test]
    fn an_interval_lies_around_its_share_and_shrinks_with_more_of_the_same(of in 1..5_000_u64, part in 0.0..=1.0_f64) {
        let successes = (of as f64 * part) as u64;
        let one = wilson(successes, of).unwrap();
        prop_assert!(0.0 <= one.low && one.low <= one.share && one.share <= one.high && one.high <= 1.0);
        let ten = wilson(successes * 10, of * 10).unwrap();
        prop_assert!(ten.high - ten.low < one.high - one.low);
    }
}

use tandem_domain::{Stage, Threat};

use super::{Block, Insider};
use crate::rule::Level;

fn of(tags: &[&str], level: Level) -> Insider {
    let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
    Insider::new(&tags, level, Block::default())
}

#[test]
fn tactics_give_foreign_rules_a_threat_and_a_stage() {
    let insider = of(
        &["attack.collection", "attack.exfiltration", "attack.t1567.002"],
        Level::High,
    );
    assert_eq!(insider.threats, [Threat::Leakage]);
    assert_eq!(insider.stage, Some(Stage::Infringement));
    assert_eq!(insider.techniques, ["T1567.002"]);
    assert_eq!(insider.impact, 1);
    assert_eq!(
        of(&["attack.defense_evasion"], Level::Low).stage,
        Some(Stage::AntiForensics)
    );
}

#[test]
fn the_insider_threat_matrix_decides_the_stage() {
    let insider = of(&["attack.impact", "itm.pr017.004"], Level::Critical);
    assert_eq!(insider.stage, Some(Stage::Preparation));
    assert_eq!(insider.techniques, ["PR017.004"]);
    assert_eq!(
        of(&["itm.anti-forensics"], Level::Low).stage,
        Some(Stage::AntiForensics)
    );
    assert_eq!(
        of(&["itm.anti-forensics"], Level::Low).techniques,
        Vec::<String>::new()
    );
}

#[test]
fn the_block_overrides_and_is_checked() {
    let block: Block = serde_norway::from_str("threats: [fraud]\nstage: means\nimpact: 3").unwrap();
    assert_eq!(block.fault(), None);
    let insider = Insider::new(&["attack.impact".to_owned()], Level::Low, block);
    assert_eq!(
        (insider.threats, insider.stage, insider.impact),
        (vec![Threat::Fraud], Some(Stage::Means), 3)
    );
    for bad in [
        "impact: 4",
        "half_life_days: 0",
        "account: attr:nobody",
        "explain: 'a {attr:nothing} b'",
    ] {
        assert!(
            serde_norway::from_str::<Block>(bad).unwrap().fault().is_some(),
            "{bad}"
        );
    }
    assert!(
        serde_norway::from_str::<Block>("threat: [fraud]").is_err(),
        "unknown keys are refused"
    );
}

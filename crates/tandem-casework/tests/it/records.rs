//! Stored facts: what is read back, and what is not.

use tandem_casework::case::life::LifeCommand;
use tandem_casework::{Broken, Case, Command, Fact};

use crate::make::{Play, r};

#[test]
fn a_fact_of_another_version_or_with_a_strange_field_is_not_read() {
    let play = Play::begin();
    let text = serde_json::to_string(&play.facts[0]).unwrap();
    assert!(serde_json::from_str::<Fact>(&text).is_ok());
    let newer = text.replacen("\"v\":1", "\"v\":2", 1);
    let refused = serde_json::from_str::<Fact>(&newer).unwrap_err().to_string();
    assert!(refused.contains("version 2"), "{refused}");
    for strange in [
        text.replacen("\"seq\"", "\"more\":1,\"seq\"", 1),
        text.replacen("\"kind\"", "\"more\":1,\"kind\"", 1),
    ] {
        assert!(serde_json::from_str::<Fact>(&strange).is_err(), "{strange}");
    }
}

#[test]
fn a_command_with_a_strange_field_or_a_blank_reason_is_not_read() {
    let command: Command = LifeCommand::Investigate { reason: r("why not") }.into();
    let text = serde_json::to_string(&command).unwrap();
    assert_eq!(text, r#"{"life":{"investigate":{"reason":"why not"}}}"#);
    assert_eq!(serde_json::from_str::<Command>(&text).unwrap(), command);
    assert!(serde_json::from_str::<Command>(&text.replace("why not", "  ")).is_err());
    assert!(serde_json::from_str::<Command>(&text.replace("\"reason\"", "\"more\":1,\"reason\"")).is_err());
}

#[test]
fn facts_out_of_order_of_another_case_or_with_a_gap_are_told_from_a_whole_stream() {
    let play = Play::joint();
    let facts = &play.facts;
    let replay = |facts: &[Fact]| Case::replay(facts).map(|_| ());
    assert_eq!(replay(&[]), Err(Broken::Empty));
    assert_eq!(replay(&facts[1..]), Err(Broken::Opening(2)));
    let mut gap = facts.clone();
    gap.remove(3);
    assert_eq!(
        replay(&gap),
        Err(Broken::Sequence {
            expected: 4,
            found: 5
        })
    );
    let mut twice = facts[..1].to_vec();
    twice.push(Fact {
        seq: 2,
        ..facts[0].clone()
    });
    assert_eq!(replay(&twice), Err(Broken::Opening(2)));
    let mut stranger = facts.clone();
    stranger[2].of = tandem_domain::CaseId::of(2026, 1);
    assert_eq!(replay(&stranger), Err(Broken::Stranger(3)));
    let mut early = facts.clone();
    early[4].at = early[4].at.plus_micros(-1);
    early[3].at = early[3].at.plus_micros(1);
    assert!(replay(&early).is_err());
}

#[test]
fn a_refusal_has_a_code_for_programs() {
    let mut play = Play::begin();
    let refused = play.refused("ida", LifeCommand::Close { reason: r("over") });
    assert_eq!(
        serde_json::to_string(&refused).unwrap(),
        r#"{"code":"not_decided"}"#
    );
}

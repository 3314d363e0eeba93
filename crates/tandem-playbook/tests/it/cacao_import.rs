//! CACAO playbooks made elsewhere are carried over into playbooks that run.

use serde_json::json;
use tandem_playbook::cacao::Document;
use tandem_playbook::{Command, Condition, Kind, Plan, Playbook, StepStatus};

use crate::cacao::{
    API, END, EXTENSION, IF, ONE, START, SWITCH, THREE, all, decorated, every_step, remove, small,
};
use crate::driver::Driver;

#[test]
fn foreign_playbooks_become_ones_that_run_and_come_back_the_same() {
    for (name, value) in all() {
        let document = Document::from_json(name, value).unwrap();
        let imported = Playbook::from_cacao(&document).unwrap().playbook;
        let yaml = imported.to_yaml();
        assert_eq!(Playbook::from_yaml(name, &yaml).unwrap(), imported, "{name}");
        let written = imported.to_cacao().unwrap();
        assert!(
            written.faults().iter().all(|fault| !fault.is_error()),
            "{name}: {:?}",
            written.faults()
        );
        let again = Playbook::from_cacao(&written).unwrap().playbook;
        assert_eq!(again, imported, "{name}");
        let plan = Plan::new(imported).unwrap();
        let mut driver = Driver::begun(&plan);
        while !driver.is_over() {
            assert!(driver.advance(&mut |_, _| 0), "{name}");
        }
    }
}

#[test]
fn what_there_is_no_word_for_comes_back_when_written_again() {
    let document = Document::from_json("f", decorated()).unwrap();
    let written = Playbook::from_cacao(&document)
        .unwrap()
        .playbook
        .to_cacao()
        .unwrap();
    let (before, after) = (document.to_json(), written.to_json());
    for key in [
        "id",
        "name",
        "description",
        "created_by",
        "created",
        "modified",
        "valid_from",
        "derived_from",
        "severity",
        "labels",
        "external_references",
        "playbook_variables",
        "agent_definitions",
        "markings",
        "data_marking_definitions",
        "signatures",
        "x_future",
    ] {
        assert_eq!(after[key], before[key], "{key}");
    }
    let step = &after["workflow"][ONE];
    for key in ["name", "commands", "agent", "x_house"] {
        assert_eq!(step[key], before["workflow"][ONE][key], "{key}");
    }
    assert_eq!(
        step["step_extensions"][EXTENSION],
        before["workflow"][ONE]["step_extensions"][EXTENSION]
    );
    assert_eq!(
        after["playbook_extensions"][EXTENSION],
        before["playbook_extensions"][EXTENSION]
    );
}

#[test]
fn steps_of_all_kinds_are_carried_over() {
    let document = Document::from_json("f", every_step()).unwrap();
    let playbook = Playbook::from_cacao(&document).unwrap().playbook;
    let kinds: Vec<&str> = playbook
        .steps
        .iter()
        .map(|step| match step.kind().unwrap() {
            Kind::Parallel(_) => "parallel",
            Kind::If { .. } => "if",
            Kind::While { .. } => "while",
            Kind::Switch { .. } => "switch",
            _ => "other",
        })
        .collect();
    assert_eq!(kinds, ["parallel", "if", "while", "switch"]);
    let count = &playbook.steps[0].parallel[0][0];
    assert_eq!(count.delay.unwrap().to_string(), "5s");
    assert_eq!(count.timeout.unwrap().to_string(), "1m");
    assert_eq!(count.form[0].id, "pages");
    assert_eq!(
        count.on_failure[0].instructions.as_deref(),
        Some("Estimate the pages")
    );
}

#[test]
fn a_condition_beyond_the_grammar_is_kept_and_decided_by_a_person() {
    let stix = "[network-traffic:dst_ref.value = '192.0.2.7'] REPEATS 5 TIMES WITHIN 60 SECONDS";
    let mut value = every_step();
    value["workflow"][START]["on_completion"] = json!(IF);
    value["workflow"][IF]["condition"] = json!(stix);
    let document = Document::from_json("f", value).unwrap();
    let playbook = Playbook::from_cacao(&document).unwrap().playbook;
    assert_eq!(
        playbook.steps[0].condition,
        Some(Condition::Foreign(stix.to_owned()))
    );
    let id = playbook.steps[0].id.clone();
    let written = playbook.to_cacao().unwrap().to_json();
    assert_eq!(written["workflow"][IF]["condition"], json!(stix));
    let plan = Plan::new(playbook).unwrap();
    let mut driver = Driver::begun(&plan);
    assert_eq!(driver.status(&id), StepStatus::Asking);
    driver.must(Command::Decide {
        step: id.clone(),
        branch: "true".to_owned(),
        who: "ana".to_owned(),
        reason: "five connections seen".to_owned(),
    });
    assert_eq!(driver.status(&id), StepStatus::Open);
}

#[test]
fn steps_that_several_ways_lead_to_are_copied_and_said_so() {
    let mut value = every_step();
    value["workflow"][SWITCH]["cases"]["default"] = value["workflow"][SWITCH]["cases"]["P-1"].clone();
    remove(
        &mut value["workflow"],
        "action--8c5c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d19",
    );
    remove(
        &mut value["workflow"],
        "end--bf5c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d1c",
    );
    let document = Document::from_json("f", value).unwrap();
    let imported = Playbook::from_cacao(&document).unwrap();
    assert!(
        imported.notes.iter().any(|note| note.reason.contains("copied")),
        "{:?}",
        imported.notes
    );
    let again = Playbook::from_cacao(&imported.playbook.to_cacao().unwrap()).unwrap();
    assert_eq!(again.playbook, imported.playbook);
}

#[test]
fn a_document_without_an_order_of_steps_is_not_carried_over() {
    let mut value = every_step();
    value["workflow"][THREE]["on_completion"] = json!("end--ff4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d99");
    let document = Document::from_json("f", value).unwrap();
    let error = Playbook::from_cacao(&document).unwrap_err();
    assert!(error.to_string().contains("leads to"), "{error}");
}

#[test]
fn other_breaches_of_the_specification_become_notes() {
    let mut value = every_step();
    value["workflow"][THREE]["agent"] = json!(API);
    let document = Document::from_json("f", value).unwrap();
    let notes = Playbook::from_cacao(&document).unwrap().notes;
    assert!(
        notes
            .iter()
            .any(|note| note.reason.contains("is not defined") && !note.is_error())
    );
}

#[test]
fn a_switch_over_a_name_tandem_cannot_write_asks_or_is_given_the_value() {
    let mut value = every_step();
    value["playbook_variables"]["__printerName__"] = json!({"type": "string"});
    value["workflow"][SWITCH]["switch"] = json!("__printerName__:value");
    let document = Document::from_json("f", value).unwrap();
    let playbook = Playbook::from_cacao(&document).unwrap().playbook;
    assert!(
        playbook
            .inputs
            .iter()
            .any(|field| field.id == "printername" && field.optional)
    );
    let written = playbook.to_cacao().unwrap();
    assert_eq!(
        written.to_json()["workflow"][SWITCH]["switch"],
        json!("__printerName__:value")
    );
    assert_eq!(Playbook::from_cacao(&written).unwrap().playbook, playbook);
}

#[test]
fn sharing_that_would_grow_without_bound_is_refused() {
    // Each choice leads to the next on both ways, so copies would double with each.
    let mut value = small();
    let choice = |at: u32| format!("if-condition--{at:08x}-55a1-4d2e-9f4e-1c1a3f5b7d01");
    let workflow = value["workflow"].as_object_mut().unwrap();
    for at in 0..40 {
        let next = if at == 39 { ONE.to_owned() } else { choice(at + 1) };
        workflow.insert(
            choice(at),
            json!({"type": "if-condition", "condition": "[a:b = 1]", "on_true": next, "on_false": next, "on_completion": END}),
        );
    }
    value["workflow"][START]["on_completion"] = json!(choice(0));
    let document = Document::from_json("f", value).unwrap();
    let error = Playbook::from_cacao(&document).unwrap_err().to_string();
    assert!(
        error.contains("deeper than") || error.contains("more than"),
        "{error}"
    );
}

use serde_json::json;

use super::*;

#[test]
fn null_stays_null_and_unknown_stays_unknown() {
    let value = json!({"type": "string", "value": null, "description": null, "x": {"y": [null, 1.25]}});
    let variable = Variable::read(value.clone(), &Path::root(), &mut Vec::new()).unwrap();
    assert_eq!(variable.value, None);
    assert_eq!(variable.write(), value);
}

#[test]
fn a_value_of_the_wrong_kind_is_a_fault_with_its_path() {
    let mut faults = Vec::new();
    let value = json!({"type": "manual", "headers": [], "external_references": [{"url": 1}]});
    let command = Command::read(value, &Path::root().key("c"), &mut faults).unwrap();
    assert!(command.extra.contains_key("headers"));
    let shown: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "c.external_references[0].url: must be a text, but is a number",
            "c.headers: must be an object, but is a list",
        ]
    );
}

#[test]
fn a_step_keeps_what_belongs_to_another_type() {
    let value = json!({"type": "end", "commands": "none", "condition": 7});
    let mut faults = Vec::new();
    let step = Step::read(value.clone(), &Path::root(), &mut faults).unwrap();
    assert_eq!(faults, []);
    assert_eq!(step.write(), value);
}

#[test]
fn a_text_with_other_order_of_keys_is_the_same_playbook() {
    let one = json!({"type": "end", "name": "a", "z": 1});
    let two = json!({"z": 1, "name": "a", "type": "end"});
    let read = |value| Step::read(value, &Path::root(), &mut Vec::new()).unwrap();
    assert_eq!(read(one), read(two));
}

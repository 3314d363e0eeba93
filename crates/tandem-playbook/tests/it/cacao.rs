//! CACAO 2.0: shapes of the specification's sections, re-created with data of our own, are read and written without loss,
//! and validated.

use serde_json::{Value, json};
use tandem_playbook::Severity;
use tandem_playbook::cacao::{COMMAND_TYPES, Document};

pub const START: &str = "start--0a4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d01";
pub const ONE: &str = "action--1b4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d02";
const TWO: &str = "action--2c4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d03";
pub const THREE: &str = "action--3d4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d04";
pub const END: &str = "end--4e4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d05";
const END_TWO: &str = "end--5f4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d06";
const END_THREE: &str = "end--6a4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d07";
pub const IF: &str = "if-condition--7b4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d08";
const WHILE: &str = "while-condition--8c4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d09";
pub const SWITCH: &str = "switch-condition--9d4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d0a";
const PARALLEL: &str = "parallel--ae4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d0b";
const OTHER: &str = "playbook-action--bf4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d0c";
const PERSON: &str = "individual--c04c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d0d";
pub const API: &str = "http-api--d14c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d0e";
const KEY: &str = "http-basic--e24c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d0f";
const MARKING: &str = "marking-tlp--f34c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d10";
pub const EXTENSION: &str = "extension-definition--044c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d11";
const IDENTITY: &str = "identity--154c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d12";

fn manual(text: &str, next: &str) -> Value {
    json!({
        "type": "action",
        "name": text,
        "commands": [{"type": "manual", "command": text}],
        "agent": PERSON,
        "on_completion": next
    })
}

/// Section 3.1: metadata of a playbook with a start, an action and an end.
pub fn small() -> Value {
    json!({
        "type": "playbook",
        "spec_version": "cacao-2.0",
        "id": "playbook--264c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d13",
        "name": "Quarantine a printer",
        "description": "Takes a talkative printer off the network.",
        "playbook_types": ["mitigation"],
        "playbook_activities": ["configure-systems"],
        "playbook_processing_summary": {"manual_playbook": true},
        "created_by": IDENTITY,
        "created": "2026-01-12T09:30:00.000Z",
        "modified": "2026-01-13T09:30:00.000Z",
        "revoked": false,
        "valid_from": "2026-01-12T09:30:00.000Z",
        "valid_until": "2027-01-12T09:30:00.000Z",
        "derived_from": ["playbook--374c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d14"],
        "priority": 3,
        "severity": 70,
        "impact": 5,
        "industry_sectors": ["manufacturing"],
        "labels": ["printer"],
        "external_references": [{
            "name": "House rule 7",
            "description": "Printers do not talk to the outside",
            "source": "House rules, 2025",
            "url": "https://intranet.example/rules/7",
            "external_id": "HR-7"
        }],
        "playbook_variables": {
            "__printer__": {"type": "string", "description": "Asset number", "external": true},
            "__pages__": {"type": "integer", "value": "0", "constant": false},
            "__unknown__": {"type": "string", "value": null},
        },
        "workflow_start": START,
        "workflow": {
            START: {"type": "start", "name": "Begin", "on_completion": ONE},
            ONE: manual("Unplug __printer__:value", END),
            END: {"type": "end"}
        },
        "agent_definitions": {
            PERSON: {"type": "individual", "name": "Whoever is on duty", "contact": {"email": {"work": "desk@example.org"}}}
        }
    })
}

/// Sections 4.1 to 4.10: every type of step, with delay, timeout, variables and branches that end for themselves.
pub fn every_step() -> Value {
    let mut playbook = small();
    playbook["workflow"] = json!({
        START: {"type": "start", "on_completion": PARALLEL},
        PARALLEL: {"type": "parallel", "name": "Both at once", "next_steps": [ONE, OTHER], "on_completion": IF},
        ONE: {
            "type": "action",
            "name": "Count pages",
            "delay": 5000,
            "timeout": 60000,
            "step_variables": {"__tray__": {"type": "string", "value": "2", "constant": true}},
            "owner": IDENTITY,
            "commands": [{"type": "manual", "command": "Count the pages in tray __tray__:value"}],
            "agent": PERSON,
            "out_args": ["__pages__"],
            "on_success": END,
            "on_failure": TWO
        },
        TWO: manual("Estimate the pages", END),
        OTHER: {
            "type": "playbook-action",
            "playbook_id": "playbook--484c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d15",
            "playbook_version": "2026-01-01T00:00:00.000Z",
            "in_args": ["__printer__"],
            "on_completion": END_TWO
        },
        IF: {
            "type": "if-condition",
            "condition": "__pages__:value > 500",
            "on_true": THREE,
            "on_completion": WHILE
        },
        THREE: manual("Tell the desk", END_THREE),
        WHILE: {
            "type": "while-condition",
            "condition": "__pages__:value = 0",
            "on_true": "action--594c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d16",
            "on_completion": SWITCH
        },
        "action--594c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d16": manual("Look again", "end--6a5c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d17"),
        "end--6a5c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d17": {"type": "end"},
        SWITCH: {
            "type": "switch-condition",
            "switch": "__printer__:value",
            "cases": {
                "P-1": "action--7b5c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d18",
                "default": "action--8c5c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d19"
            },
            "on_completion": "end--9d5c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d1a"
        },
        "action--7b5c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d18": manual("Unplug the first", "end--ae5c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d1b"),
        "action--8c5c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d19": manual("Unplug the other", "end--bf5c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d1c"),
        "end--ae5c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d1b": {"type": "end"},
        "end--bf5c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d1c": {"type": "end"},
        "end--9d5c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d1a": {"type": "end"},
        END: {"type": "end"},
        END_TWO: {"type": "end"},
        END_THREE: {"type": "end"}
    });
    playbook
}

/// Section 5: a command of every type of the vocabulary, and one of a producer's own.
fn every_command() -> Value {
    let mut playbook = small();
    let mut commands: Vec<Value> = COMMAND_TYPES
        .iter()
        .map(|kind| {
            json!({
                "type": kind,
                "description": "what it does",
                "version": "1.0",
                "playbook_activity": "scan-system",
                "command": "echo __printer__:value",
                "external_references": [{"name": "manual page"}]
            })
        })
        .collect();
    commands[4] = json!({
        "type": "http-api",
        "command": "POST /printers/quarantine HTTP/1.1",
        "headers": {"accept": ["application/json"], "x-note": ["a", "b"]},
        "content": "{\"printer\": \"__printer__:value\"}"
    });
    commands[9] = json!({"type": "sigma", "command_b64": "dGl0bGU6IHg="});
    commands.push(json!({"type": "x-press-button", "button": {"colour": "red", "times": 3}}));
    playbook["workflow"][ONE]["commands"] = Value::Array(commands);
    playbook
}

/// Sections 6 and 7: authentication, agents and targets with properties of their types.
fn agents() -> Value {
    let mut playbook = small();
    playbook["authentication_info_definitions"] = json!({
        KEY: {"type": "http-basic", "name": "desk", "user_id": "desk", "password": "__secret__:value", "kms": false}
    });
    playbook["playbook_variables"]["__secret__"] = json!({"type": "string", "external": true});
    playbook["target_definitions"] = json!({
        API: {
            "type": "http-api",
            "name": "Printer console",
            "description": "Where printers are managed",
            "address": {"dname": ["printers.example"], "ipv4": ["192.0.2.7"]},
            "port": "8443",
            "authentication_info": KEY,
            "category": ["server"],
            "location": {"name": "Cellar", "building_details": "B1"}
        }
    });
    playbook["workflow"][ONE]["targets"] = json!([API]);
    playbook
}

/// Sections 8, 9 and 10.15: extensions everywhere, a marking, a signature, and properties nobody has defined.
pub fn decorated() -> Value {
    let mut playbook = small();
    playbook["extension_definitions"] = json!({
        EXTENSION: {
            "type": "extension-definition",
            "name": "Coordinates",
            "description": "Where to draw a step",
            "created_by": IDENTITY,
            "schema": "https://tools.example/coordinates.json",
            "version": "1.2.0"
        }
    });
    playbook["playbook_extensions"] = json!({EXTENSION: {"width": 800.5, "nested": [null, {"deep": true}]}});
    playbook["workflow"][ONE]["step_extensions"] = json!({EXTENSION: {"x_pos": 10, "y_pos": -3}});
    playbook["workflow"][ONE]["x_house"] = json!({"own": ["property"]});
    playbook["agent_definitions"][PERSON]["agent_target_extensions"] = json!({EXTENSION: {"icon": "hat"}});
    playbook["markings"] = json!([MARKING]);
    playbook["data_marking_definitions"] = json!({
        MARKING: {
            "type": "marking-tlp",
            "id": MARKING,
            "created_by": IDENTITY,
            "created": "2026-01-12T09:30:00.000Z",
            "tlpv2_level": "TLP:GREEN"
        }
    });
    playbook["signatures"] = json!([{
        "type": "jss",
        "id": "jss--cd5c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d1d",
        "created_by": IDENTITY,
        "created": "2026-01-13T10:00:00.000Z",
        "modified": "2026-01-13T10:00:00.000Z",
        "signee": "House",
        "related_to": "playbook--264c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d13",
        "related_version": "2026-01-13T09:30:00.000Z",
        "hash_algorithm": "sha-256",
        "algorithm": "Ed25519",
        "public_key": "MCowBQYDK2VwAyEA",
        "value": "c2lnbmF0dXJl",
        "signature": {"type": "jss", "value": "countersigned"}
    }]);
    playbook["x_future"] = json!([1, 2.5, "three", null, {"four": {}}]);
    playbook
}

pub fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("small", small()),
        ("every step", every_step()),
        ("every command", every_command()),
        ("agents", agents()),
        ("decorated", decorated()),
    ]
}

#[test]
fn reading_and_writing_loses_nothing() {
    for (name, value) in all() {
        let document = Document::from_json(name, value.clone()).unwrap();
        assert_eq!(document.to_json(), value, "{name}");
        let text = document.to_text();
        let again = Document::read(name, &text).unwrap();
        assert_eq!(again, document, "{name}");
        assert_eq!(again.to_text(), text, "{name}");
    }
}

#[test]
fn good_playbooks_have_no_faults() {
    for (name, value) in all() {
        let document = Document::from_json(name, value).unwrap();
        assert_eq!(document.faults(), [], "{name}");
    }
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let mut value = agents();
    value["authentication_info_definitions"][KEY]["password"] = json!("correct horse");
    let document = Document::from_json("f", value).unwrap();
    assert!(!format!("{document:?}").contains("correct horse"));
}

/// Changes a playbook and gives the faults.
fn broken(change: impl FnOnce(&mut Value)) -> Vec<(Severity, String)> {
    let mut value = every_step();
    change(&mut value);
    match Document::from_json("f", value) {
        Ok(document) => document
            .faults()
            .iter()
            .map(|fault| (fault.severity, fault.to_string()))
            .collect(),
        Err(error) => error
            .faults
            .iter()
            .map(|fault| (fault.severity, fault.to_string()))
            .collect(),
    }
}

pub fn remove(value: &mut Value, key: &str) {
    value.as_object_mut().unwrap().remove(key);
}

type Change = fn(&mut Value);

#[test]
fn each_breach_is_told_with_its_path_and_a_way_out() {
    let cases: Vec<(Change, &str)> = vec![
        (
            |v| remove(v, "created_by"),
            "the document: `created_by` is missing",
        ),
        (|v| v["name"] = json!(7), "name: must be a text, but is a number"),
        (
            |v| v["workflow"][ONE]["commands"][0]["command"] = json!(["x"]),
            "commands[0].command: must be a text, but is a list",
        ),
        (
            |v| v["spec_version"] = json!("1.1"),
            "spec_version: must be `cacao-2.0`",
        ),
        (
            |v| v["id"] = json!("playbook--1"),
            "id: `playbook--1` is no identifier",
        ),
        (
            |v| v["created_by"] = json!(START),
            "must be the identifier of a `identity`",
        ),
        (
            |v| v["modified"] = json!("2020-01-01T00:00:00.000Z"),
            "modified: is earlier than `created`",
        ),
        (
            |v| v["valid_until"] = json!("2026-01-01T00:00:00.000Z"),
            "valid_until: must be later",
        ),
        (
            |v| v["created"] = json!("12 January"),
            "created: `12 January` is no instant",
        ),
        (|v| v["priority"] = json!(101), "priority: must be 0 to 100"),
        (
            |v| v["workflow_start"] = json!(END),
            "workflow_start: must name a start step",
        ),
        (
            |v| v["workflow_start"] = json!("start--ff4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d99"),
            "is not in `workflow`",
        ),
        (
            |v| v["workflow_exception"] = json!("end--ff4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d99"),
            "workflow_exception: ",
        ),
        (
            |v| v["workflow"][THREE]["on_completion"] = json!("end--ff4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d99"),
            "on_completion: leads to",
        ),
        (
            |v| v["workflow"][SWITCH]["cases"]["P-1"] = json!("end--ff4c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d99"),
            "cases.P-1: leads to",
        ),
        (
            |v| v["workflow"][ONE]["on_completion"] = json!(END),
            "`on_success` and `on_completion` exclude each other",
        ),
        (|v| v["workflow"][START]["on_success"] = json!(END), "on_success"),
        (
            |v| v["workflow"][END]["on_completion"] = json!(ONE),
            "an end step leads nowhere",
        ),
        (
            |v| remove(&mut v["workflow"][THREE], "on_completion"),
            "does not say which step comes next",
        ),
        (
            |v| remove(&mut v["workflow"][THREE], "agent"),
            "`agent` is missing",
        ),
        (
            |v| v["workflow"][THREE]["agent"] = json!(API),
            "agent: `http-api--d14c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d0e` is not defined",
        ),
        (
            |v| v["workflow"][THREE]["commands"] = json!([]),
            "commands: is empty",
        ),
        (
            |v| v["workflow"][PARALLEL]["next_steps"] = json!([ONE]),
            "at least two steps",
        ),
        (
            |v| v["workflow"][THREE]["type"] = json!("single"),
            "`single` is no type of step",
        ),
        (
            |v| v["workflow"][THREE]["type"] = json!("end"),
            "is `end`, but the step's identifier says otherwise",
        ),
        (
            |v| v["workflow"][TWO]["on_completion"] = json!(ONE),
            "a way leads from this step back to itself",
        ),
        (
            |v| remove(&mut v["playbook_variables"], "__pages__"),
            "the variable `__pages__` is not defined",
        ),
        (
            |v| v["workflow"][THREE]["commands"][0]["command"] = json!("do __nothing__:value"),
            "the variable `__nothing__` is not defined",
        ),
        (
            |v| v["playbook_variables"]["pages"] = json!({"type": "string"}),
            "`pages` is no name of a variable",
        ),
        (
            |v| v["workflow"][THREE]["step_extensions"] = json!({EXTENSION: {}}),
            "is not defined; add it to `extension_definitions`",
        ),
        (|v| v["markings"] = json!([MARKING]), "markings[0]: "),
        (
            |v| v["workflow"][START]["on_completion"] = json!(IF),
            "no way leads to this step",
        ),
        (
            |v| v["workflow"][THREE]["on_completion"] = json!(END),
            "more than one branch ends here",
        ),
        (
            |v| v["created"] = json!("2026-01-12T09:30:00Z"),
            "exactly three digits",
        ),
    ];
    for (change, wanted) in cases {
        let found = broken(change);
        assert!(
            found.iter().any(|(_, fault)| fault.contains(wanted)),
            "{wanted}\n{found:#?}"
        );
    }
    let hint = |fault: &str| {
        broken(|v| v["workflow"][START]["on_completion"] = json!(IF))
            .iter()
            .any(|(severity, text)| *severity == Severity::Warning && text.contains(fault))
    };
    assert!(hint("let a step lead to it"));
}

#[test]
fn a_loop_back_to_a_while_condition_is_no_endless_way() {
    let found = broken(|v| {
        v["workflow"]["action--594c1b1e-55a1-4d2e-9f4e-1c1a3f5b7d16"]["on_completion"] = json!(WHILE)
    });
    assert!(
        found.iter().all(|(severity, _)| *severity == Severity::Warning),
        "{found:?}"
    );
}

//! The rules of the house find what a playbook lacks.

use tandem_playbook::{Playbook, house_rules};

const HEAD: &str = "playbook: p\nname: P\nversion: 1\ncreated: 2026-01-01\nmodified: 2026-01-01\n";

fn faults(steps: &str) -> Vec<String> {
    let text = format!("{HEAD}steps:\n{steps}");
    let playbook = Playbook::from_yaml("p.yaml", &text).unwrap();
    house_rules(&playbook).iter().map(ToString::to_string).collect()
}

fn punished_too_early(steps: &str) -> bool {
    faults(steps)
        .iter()
        .any(|fault| fault.contains("before help was offered"))
}

const HELP: &str = "{id: help, do: x, support: true}";
const PUNISH: &str = "{id: punish, do: x, touches_person: true, punitive: true}";

#[test]
fn help_must_be_offered_on_every_way_before_anything_is_taken() {
    for (steps, early) in [
        (format!("  - {PUNISH}\n  - {HELP}\n"), true),
        (format!("  - {HELP}\n  - {PUNISH}\n"), false),
        // A branch that may not be taken does not count.
        (
            format!("  - {{id: a, if: \"stix: x\", then: [{HELP}]}}\n  - {PUNISH}\n"),
            true,
        ),
        (
            format!(
                "  - {{id: a, if: \"stix: x\", then: [{HELP}], else: [{{id: b, do: x, support: true}}]}}\n  - {PUNISH}\n"
            ),
            false,
        ),
        (
            format!("  - {{id: a, while: \"stix: x\", repeat: [{HELP}]}}\n  - {PUNISH}\n"),
            true,
        ),
        // All branches of a parallel step are gone through, but not before one another.
        (
            format!("  - {{id: a, parallel: [[{HELP}], [{{id: b, do: x}}]]}}\n  - {PUNISH}\n"),
            false,
        ),
        (format!("  - {{id: a, parallel: [[{HELP}], [{PUNISH}]]}}\n"), true),
        // A failure leads around what comes after it only by an end.
        (
            format!("  - {{id: a, do: x, on_failure: [{{id: b, do: x}}]}}\n  - {HELP}\n  - {PUNISH}\n"),
            false,
        ),
        (
            format!(
                "  - {{id: o, if: \"stix: x\", then: [{{id: a, do: x, on_failure: [{{id: e, end: x}}]}}, {HELP}], else: [{{id: b, do: x, support: true}}]}}\n  - {PUNISH}\n"
            ),
            true,
        ),
        (
            format!("  - {{id: a, do: x, on_failure: [{PUNISH}]}}\n  - {HELP}\n"),
            true,
        ),
    ] {
        assert_eq!(punished_too_early(&steps), early, "{steps}");
    }
}

#[test]
fn the_exception_branch_begins_without_help() {
    let text = format!("{HEAD}steps:\n  - {HELP}\nexception:\n  - {PUNISH}\n");
    let playbook = Playbook::from_yaml("p.yaml", &text).unwrap();
    assert!(
        house_rules(&playbook)
            .iter()
            .any(|fault| fault.reason.contains("before help was offered"))
    );
}

#[test]
fn what_is_missing_is_named() {
    let found = faults(
        "  - {id: a, do: x, touches_person: true, raci: {R: [it_security], A: it_security, C: [it_security]}, department: corporate}\n",
    );
    for wanted in [
        "`purpose` is missing",
        "`lawful_basis` is missing",
        "no step is done by `it`",
        "no legal checkpoint",
        "no HR checkpoint",
        "neither data protection nor the works council",
        "help is never offered",
        "nothing is learned",
        "has no `name`",
        "has no `phase`",
        "has no `due`",
        "has no `undo` or `irreversible`",
        "two letters",
        "is not of the department",
        "only one department has a part",
    ] {
        assert!(
            found.iter().any(|fault| fault.contains(wanted)),
            "{wanted}: {found:#?}"
        );
    }
}

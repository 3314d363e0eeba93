//! Bad input is refused with its place, and never more than that.

use proptest::prelude::*;
use tandem_playbook::cacao::Document;
use tandem_playbook::{Playbook, builtin_files};

const HEAD: &str = "playbook: p\nname: P\nversion: 1\ncreated: 2026-01-01\nmodified: 2026-01-01\n";

/// The first fault of a text, as `line:column reason`.
fn fault(body: &str) -> String {
    let text = format!("{HEAD}{body}");
    let error = Playbook::from_yaml("p.yaml", &text).unwrap_err();
    let first = &error.faults[0];
    let shown = error.to_string();
    assert!(shown.starts_with("p.yaml:"), "{shown}");
    format!("{} {} {}", first.place.unwrap(), first.reason, first.help)
}

#[test]
fn each_mistake_is_told_with_line_and_column() {
    for (body, place, reason) in [
        ("steps: []\n", "6:1", "no steps"),
        (
            "steps:\n  - {id: a, do: x}\n  - {id: a, do: y}\n",
            "8:6",
            "another step has the id `a`",
        ),
        ("steps:\n  - {id: A, do: x}\n", "7:6", "no id of a step"),
        ("steps:\n  - {id: start, do: x}\n", "7:6", "taken"),
        ("steps:\n  - {id: a}\n", "7:5", "does not say what it does"),
        ("steps:\n  - {id: a, do: x, end: y}\n", "7:5", "only one of them"),
        (
            "steps:\n  - {id: a, do: x, due: 4 hours}\n",
            "7:25",
            "no length of time",
        ),
        (
            "steps:\n  - {id: a, do: x, colour: red}\n",
            "7:20",
            "unknown field `colour`",
        ),
        (
            "steps:\n  - {id: a, do: x, department: sales}\n",
            "7:32",
            "unknown variant `sales`",
        ),
        (
            "steps:\n  - {id: a, do: x, touches_person: maybe}\n",
            "7:36",
            "true or false was expected",
        ),
        (
            "steps:\n  - {id: a, if: \"b =\", then: [{id: c, do: x}]}\n",
            "7:17",
            "a value was expected",
        ),
        (
            "steps:\n  - {id: a, if: b, then: [{id: c, do: x}]}\n",
            "7:13",
            "nothing gives a value to `b`",
        ),
        ("steps:\n  - {id: a, if: b = 1}\n", "7:5", "`then` is empty"),
        (
            "steps:\n  - {id: a, do: x, then: [{id: c, do: x}]}\n",
            "7:20",
            "no meaning beside `do`",
        ),
        (
            "steps:\n  - {id: a, end: x}\n  - {id: b, do: x}\n",
            "8:5",
            "cannot be reached",
        ),
        (
            "steps:\n  - {id: a, while: \"stix: x\", repeat: [{id: b, do: x}], max: 1000}\n",
            "7:57",
            "must be 1 to 100",
        ),
        (
            "steps:\n  - {id: a, parallel: [[{id: b, do: x}]]}\n",
            "7:13",
            "at least two branches",
        ),
        (
            "steps:\n  - {id: a, do: x, escalate: [hr]}\n",
            "7:20",
            "without a clock",
        ),
        (
            "steps:\n  - {id: a, do: x, templates: [t]}\n",
            "7:32",
            "no template `t`",
        ),
        (
            "steps:\n  - {id: a, run: {connector: c, operation: o, parameters: {p: \"{nobody}\"}}}\n",
            "7:60",
            "nothing gives a value to `nobody`",
        ),
        (
            "steps:\n  - {id: a, run: {connector: c, operation: o, parameters: {p: \"{\"}}}\n",
            "7:60",
            "a brace stands alone",
        ),
        (
            "steps:\n  - {id: a, run: {connector: C!, operation: o}}\n",
            "7:19",
            "is no name",
        ),
        (
            "steps:\n  - {id: a, do: x, punitive: true}\n",
            "7:20",
            "touches a person",
        ),
        (
            "steps:\n  - {id: a, do: x, checkpoint: [legal], timeout: 1d}\n",
            "7:41",
            "must happen",
        ),
        (
            "steps:\n  - {id: a, do: x, form: [{id: f, label: F, type: choice, options: [only]}]}\n",
            "7:59",
            "at least two options",
        ),
        (
            "steps:\n  - {id: a, do: x, form: [{id: case, label: F}]}\n",
            "7:28",
            "no id of a field",
        ),
        (
            "inputs: [{id: n, label: N, type: number}]\nsteps:\n  - {id: a, if: n = 'x', then: [{id: b, do: x}]}\n",
            "8:13",
            "cannot be compared",
        ),
        (
            "inputs: [{id: n, label: N, type: choice, options: [a, b]}]\nsteps:\n  - {id: a, if: n = 'x', then: [{id: b, do: x}]}\n",
            "8:13",
            "never 'x'",
        ),
        (
            "inputs: [{id: n, label: N, type: choice, options: [a, b]}]\nsteps:\n  - {id: a, switch: n, cases: {x: [{id: b, do: x}]}}\n",
            "8:32",
            "never `x`",
        ),
        ("version: 2\nsteps: []\n", "6:1", "stands twice"),
        ("steps:\n\t- x\n", "7:", ""),
        ("steps: [\n", "", ""),
        ("steps: *nowhere\n", "6:8", ""),
        ("steps:\n  - {id: a, do: [x]}\n", "7:17", "a text was expected"),
        ("steps: {id: a}\n", "6:8", "a list was expected"),
        ("summary: [\nsteps: x\n", "", ""),
        ("---\nsteps: []\n", "", ""),
    ] {
        let found = fault(body);
        assert!(
            found.starts_with(place) && found.contains(reason),
            "{body}\n{found}"
        );
    }
}

#[test]
fn a_loop_must_not_repeat_what_touches_a_person() {
    let body = "steps:\n  - id: a\n    while: \"stix: x\"\n    repeat:\n      - {id: b, do: x, touches_person: true}\n";
    assert!(fault(body).starts_with("10:9 the step `b` touches a person inside a loop"));
}

#[test]
fn head_lines_are_checked_too() {
    for (text, place, reason) in [
        ("", "1:1", "empty"),
        ("[]", "1:1", "a mapping"),
        (
            "playbook: P\nname: P\nversion: 1\ncreated: 2026-01-01\nmodified: 2026-01-01\nsteps: [{id: a, do: x}]\n",
            "1:1",
            "no id",
        ),
        (
            "playbook: p\nname: P\nversion: 0\ncreated: 2026-01-01\nmodified: 2026-01-01\nsteps: [{id: a, do: x}]\n",
            "3:1",
            "count from 1",
        ),
        ("playbook: p\nname: P\nversion: -1\n", "3:10", "a whole number"),
        (
            "playbook: p\nname: P\nversion: 1\ncreated: yesterday\n",
            "4:10",
            "no instant",
        ),
        (
            "playbook: p\nname: P\nversion: 1\ncreated: 2026-02-01\nmodified: 2026-01-01\nsteps: [{id: a, do: x}]\n",
            "5:1",
            "earlier",
        ),
        ("playbook: p\nname: P\n", "1:1", "missing field `version`"),
    ] {
        let error = Playbook::from_yaml("p.yaml", text).unwrap_err();
        let first = &error.faults[0];
        assert_eq!(first.place.unwrap().to_string(), place, "{error}");
        assert!(first.reason.contains(reason), "{error}");
    }
}

#[test]
fn depth_size_and_repetition_are_bounded() {
    // Our own bound first; far beyond it that of the parser.
    for (levels, reason) in [(50, "nested deeper"), (200, "recursion limit")] {
        let deep: String = (0..levels)
            .map(|level| format!("{{id: s{level}, if: \"stix: x\", then: ["))
            .collect();
        let found = fault(&format!("steps: [{deep}"));
        assert!(found.contains(reason), "{found}");
    }
    let mut blocks = String::from("steps:\n");
    for level in 0..14 {
        let space = " ".repeat(level * 2 + 2);
        blocks.push_str(&format!(
            "{space}- id: s{level}\n{space}  if: \"stix: x\"\n{space}  then:\n"
        ));
    }
    blocks.push_str(&format!("{}- {{id: last, do: x}}\n", " ".repeat(30)));
    assert!(fault(&blocks).contains("blocks are nested deeper than 12"));
    let many: String = (0..600).map(|at| format!("  - {{id: s{at}, do: x}}\n")).collect();
    assert!(fault(&format!("steps:\n{many}")).contains("more than 500 steps"));
    let huge = format!("summary: {}\n", "x".repeat(1 << 20));
    assert!(fault(&huge).contains("more than 1048576 bytes"));
    // A "billion laughs": each anchor holds the one before ten times.
    let mut laughs = String::from("cacao:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let below = level - 1;
        let list = vec![format!("*a{below}"); 10].join(", ");
        laughs.push_str(&format!("  a{level}: &a{level} [{list}]\n"));
    }
    assert!(fault(&laughs).contains("more than 100000 values"));
}

#[test]
fn cacao_text_is_bounded_too() {
    let big = format!("{{\"a\": \"{}\"}}", "x".repeat(5 << 20));
    assert!(
        Document::read("f", &big)
            .unwrap_err()
            .to_string()
            .contains("bytes")
    );
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(
        Document::read("f", &deep)
            .unwrap_err()
            .to_string()
            .contains("no JSON")
    );
    let error = Document::read("f", "{\n  \"type\": playbook\n}").unwrap_err();
    assert_eq!(error.faults[0].place.map(|place| place.line), Some(2));
    assert!(Document::read("f", "{\"x\": 0.12345678901234567890123}").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A shipped file with a piece cut out, doubled or overwritten is read or refused, with a place, and never more.
    #[test]
    fn damaged_files_never_panic(file in 0_usize..12, from in 0.0..1.0_f64, length in 0_usize..60, noise in "[ -~\\n\\t{}\\[\\]:&*|>ä]{0,12}") {
        let files = builtin_files();
        let (name, text) = files[file % files.len()];
        let mut chars: Vec<char> = text.chars().collect();
        let at = (from * chars.len() as f64) as usize;
        let end = (at + length).min(chars.len());
        chars.splice(at..end, noise.chars());
        let damaged: String = chars.into_iter().collect();
        if let Err(error) = Playbook::from_yaml(name, &damaged) {
            let lines = damaged.lines().count() + 1;
            for fault in &error.faults {
                let place = fault.place.unwrap();
                prop_assert!(place.line >= 1 && place.line <= lines + 1 && place.column >= 1);
                prop_assert!(!fault.reason.is_empty());
            }
        }
    }

    #[test]
    fn any_text_is_refused_without_panic(text in "[ -~\\n]{0,300}") {
        let _ = Playbook::from_yaml("any", &text);
        let _ = Document::read("any", &text);
    }
}

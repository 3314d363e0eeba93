//! Every kind of mistake in a mapping file is told with its line.

use super::*;

const HEAD: &str = "name: m\nsource: s\nmatch: { format: json }\ntime: t\n";

/// The complaints about `HEAD` followed by `rest`, as `line: reason (hint)`.
fn complaints(rest: &str) -> Vec<String> {
    whole(&format!("{HEAD}{rest}"))
}

fn whole(text: &str) -> Vec<String> {
    match Mappings::load([("m.yaml", text)]) {
        Ok(_) => Vec::new(),
        Err(errors) => {
            assert!(
                errors
                    .iter()
                    .all(|error| error.line.is_some() && error.column.is_some() && !error.hint.is_empty())
            );
            errors
                .iter()
                .map(|error| format!("{}: {} ({})", error.line.unwrap(), error.reason, error.hint))
                .collect()
        }
    }
}

fn only(rest: &str) -> String {
    let all = complaints(rest);
    assert_eq!(all.len(), 1, "{all:?}");
    all.into_iter().next().unwrap()
}

#[test]
fn a_right_mapping_has_no_complaints() {
    assert_eq!(complaints("class: file_activity\nactivity: create\n"), [""; 0]);
}

#[test]
fn unknown_keys_are_told_with_a_suggestion() {
    assert_eq!(
        only("atrs: {}\n"),
        "5: unknown key `atrs` in a mapping (did you mean `attrs`?)"
    );
    assert_eq!(
        only("cases:\n  - whn: { a: b }\n"),
        "6: unknown key `whn` in a case (did you mean `when`?)"
    );
}

#[test]
fn unknown_names_are_told_with_a_suggestion() {
    assert_eq!(
        only("class: file_actvity\n"),
        "5: unknown class `file_actvity` (did you mean `file_activity`?)"
    );
    assert_eq!(
        only("class: file_activity\nactivity: creat\n"),
        "6: class file_activity has no activity `creat` (did you mean `create`?)"
    );
    assert_eq!(
        only("attrs:\n  actor_usr: x\n"),
        "6: unknown attribute `actor_usr` (did you mean `actor_user`?)"
    );
    assert_eq!(
        only("nums:\n  byte_in: x\n"),
        "6: unknown number `byte_in` (did you mean `bytes_in`?)"
    );
    assert!(only("status: sucess\n").starts_with("5: unknown status `sucess`"));
    assert!(only("severity: bad\n").starts_with("5: unknown severity `bad`"));
    assert!(
        only("attrs: { url: { from: x, take: basname } }\n")
            .starts_with("5: unknown transform `basname` (did you")
    );
    assert!(only("logsources: [{ service: y, produkt: x }]\n").contains("unknown key `produkt`"));
}

#[test]
fn an_activity_without_a_fixed_class_must_be_a_number() {
    assert!(only("class: { from: class_uid }\nactivity: create\n").contains("has no fixed class"));
    assert_eq!(complaints("class: { from: class_uid }\nactivity: 3\n"), [""; 0]);
}

#[test]
fn bad_regular_expressions_are_told_where_they_stand() {
    assert!(only("cases:\n  - when:\n      a|re: '('\n").starts_with("7: bad regular expression `(`"));
    assert!(
        only("attrs:\n  url: { from: x, take: { regex: '(?=x)' } }\n")
            .starts_with("6: bad regular expression")
    );
}

#[test]
fn bad_tests_are_told() {
    assert!(only("cases:\n  - when: { a|startwith: x }\n").starts_with("6: unknown modifier `startwith`"));
    assert!(only("cases:\n  - when: { a|re|contains: x }\n").contains("cannot stand together"));
    assert!(only("cases:\n  - when: { a|gt: x }\n").contains("must be a number, not `x`"));
    assert!(only("cases:\n  - when: { a|exists: maybe }\n").contains("must be true or false"));
    assert!(only("cases:\n  - when: { a: [] }\n").contains("is an empty list"));
}

#[test]
fn cases_that_are_never_reached_are_told() {
    let caught = only(
        "cases:\n  - when: { a: [1, 2], b: x }\n    status: success\n  - when: { a: 1, b: x, c: y }\n    status: failure\n",
    );
    assert_eq!(
        caught,
        "8: this case is never reached: the case on line 6 takes its records (put the more specific case first, or remove one of the two)"
    );
    let behind_everything = "cases:\n  - status: success\n  - when: { a: 1 }\n    status: failure\n";
    assert!(only(behind_everything).starts_with("7: this case is never reached"));
    let inner = "cases:\n  - when: { a: 1 }\n    cases:\n      - when: { b|startswith: x }\n      - when: { b: xyz }\n";
    assert!(only(inner).starts_with("9: this case is never reached"));
    let reachable =
        "cases:\n  - when: { a: 1, b: x }\n    status: success\n  - when: { a: 1 }\n    status: failure\n";
    assert_eq!(complaints(reachable), [""; 0]);
}

#[test]
fn missing_and_bad_head_keys_are_told() {
    let all = whole("description: nothing else\n");
    assert_eq!(all.len(), 4, "{all:?}");
    assert!(all.iter().any(|line| line.contains("has no `time`")));
    assert!(
        whole("name: M m\nsource: s\nmatch: { format: json }\ntime: t\n")[0]
            .starts_with("1: `name` `M m` has other")
    );
    assert!(
        whole("name: m\nsource: s\nmatch: { format: jsn }\ntime: t\n")[0]
            .starts_with("3: unknown format `jsn`")
    );
    assert!(whole("name: m\nsource: s\nmatch: { has: x }\ntime: t\n")[0].contains("no `format`"));
    assert!(only("id: [$time]\n").contains("names no field that must be present"));
}

#[test]
fn bad_times_are_told() {
    let time = |time: &str| {
        whole(&format!(
            "name: m\nsource: s\nmatch: {{ format: json }}\ntime: {time}\n"
        ))
    };
    assert!(
        time("{ from: t, format: isoo }")[0]
            .starts_with("4: unknown time format `isoo` (did you mean `iso`?")
    );
    assert!(time("{ from: t, zone: Berlin }")[0].starts_with("4: unknown zone `Berlin`"));
    assert!(time("{ format: iso }")[0].contains("does not say where its value comes from"));
}

#[test]
fn expressions_have_one_source() {
    assert!(only("attrs: { url: { from: a, const: b } }\n").contains("two sources"));
    assert!(only("attrs: { url: { from: a, else: b } }\n").contains("`else` without `map`"));
    assert!(only("logsources: [{}]\n").contains("an empty log source"));
}

#[test]
fn broken_yaml_and_double_keys_are_told() {
    assert!(whole("name: [m\n")[0].starts_with('2'));
    assert_eq!(
        only("class: file_activity\nclass: file_hosting\n"),
        "6: the key `class` stands twice (first on line 5) (correct the YAML)"
    );
    assert!(whole("")[0].contains("holds no mapping"));
    let deep = format!("{HEAD}attrs: {}x{}\n", "[".repeat(60), "]".repeat(60));
    assert!(whole(&deep)[0].contains("nested deeper"));
}

#[test]
fn two_mappings_of_one_name_are_told_with_both_places() {
    let text = format!("{HEAD}---\n{HEAD}");
    assert!(
        whole(&text)[0].starts_with("6: the mapping `m` stands twice (first in m.yaml:1)"),
        "{:?}",
        whole(&text)
    );
}

#[test]
fn a_users_file_replaces_the_shipped_mapping_of_its_name() {
    let shipped = Mappings::load([("m.yaml", HEAD)]).unwrap();
    let own = "name: m\nsource: own\nmatch: { format: json }\ntime: t\nclass: file_activity\n";
    let changed = shipped.with_overrides([("own.yaml", own)]).unwrap();
    assert_eq!(changed.names().collect::<Vec<_>>(), ["m"]);
    assert_eq!(changed.source_of("m"), Some("own"));
    let seen = try_map(
        &changed,
        &context(Format::Json),
        r#"{"t": "2026-01-01T00:00:00Z"}"#,
    )
    .unwrap();
    assert_eq!(seen.event().head().class, ClassUid::FileActivity);
    assert!(changed.with_overrides([("own.yaml", "name: m\n")]).is_err());
}

use std::sync::Arc;

use proptest::prelude::*;
use tandem_domain::event::{EventBatch, EventHead};
use tandem_domain::{Attr, LogSource, NumAttr, Value};

use crate::{Engine, Level, Lists, RuleError, RuleSet, matches, why};

/// A rule whose only selection has the given lines.
fn rule(selection: &str) -> String {
    let lines = format!("    {}\n", selection.replace('\n', "\n    "));
    format!("title: t\nid: r\nlogsource: {{product: test}}\ndetection:\n  sel:\n{lines}  condition: sel\n")
}

fn load(text: &str, lists: &Lists) -> Result<Arc<RuleSet>, Box<RuleError>> {
    let (rules, errors) = RuleSet::load_with([("test.yml", text)], lists);
    errors
        .into_iter()
        .next()
        .map_or_else(|| Ok(Arc::new(rules)), |error| Err(Box::new(error)))
}

fn batch(fields: &[(&str, Value<'_>)]) -> EventBatch {
    let mut batch = EventBatch::new("test");
    let mut event = batch.start().unwrap();
    for (name, value) in fields {
        event.field(name, *value);
    }
    event.attr(Attr::ActorUser, "CORP\\JDoe");
    event.num(NumAttr::BytesOut, 7_000);
    event.raw("the whole RAW record");
    event.logsource(&LogSource {
        product: Some("test".into()),
        ..LogSource::default()
    });
    event.finish(EventHead::default());
    batch
}

/// Whether a selection matches an event: the engine and the plain reading must agree.
fn hits_with(selection: &str, fields: &[(&str, Value<'_>)], lists: &Lists) -> bool {
    let rules = load(&rule(selection), lists).unwrap();
    let batch = batch(fields);
    let mut found = false;
    Engine::new(Arc::clone(&rules)).scan(&batch, &mut |_, _| found = true);
    assert_eq!(
        found,
        matches(&rules.rules()[0], batch.get(0).unwrap()),
        "{selection} {fields:?}"
    );
    found
}

fn hits(selection: &str, fields: &[(&str, Value<'_>)]) -> bool {
    hits_with(selection, fields, &Lists::new())
}

fn text<'a>(name: &'a str, value: &'a str) -> [(&'a str, Value<'a>); 1] {
    [(name, Value::Text(value))]
}

fn refused(selection: &str) -> RuleError {
    *load(&rule(selection), &Lists::new()).unwrap_err()
}

#[test]
fn equality_ignores_case_and_takes_wildcards() {
    assert!(hits("A: FooBar", &text("A", "foobar")));
    assert!(hits("A: 'ÜBER*'", &text("A", "überall")));
    assert!(!hits("A: foo", &text("A", "foobar")));
    assert!(hits("A: 'f?o*r'", &text("A", "foo bar")));
    assert!(hits(r"A: 'a\*b'", &text("A", "a*b")));
    assert!(!hits(r"A: 'a\*b'", &text("A", "axb")));
    assert!(!hits("a: x", &text("A", "x")), "names of fields keep their case");
}

#[test]
fn places_in_text() {
    assert!(hits("A|contains: oba", &text("A", "FOOBAR")));
    assert!(hits("A|startswith: foo", &text("A", "FOOBAR")));
    assert!(!hits("A|startswith: bar", &text("A", "FOOBAR")));
    assert!(hits(r"A|endswith: '\cmd.exe'", &text("A", r"C:\CMD.EXE")));
    assert!(!hits("A|endswith: foo", &text("A", "FOOBAR")));
    assert!(hits("A|contains: 'o*a'", &text("A", "xfoobarx")));
    assert!(hits("A|contains: ''", &text("A", "x")));
}

#[test]
fn lists_are_any_and_all_makes_them_all() {
    assert!(hits("A: [x, y]", &text("A", "y")));
    assert!(hits("A|contains|all: [a, b]", &text("A", "b a")));
    assert!(!hits("A|contains|all: [a, b]", &text("A", "b")));
    assert!(hits(
        "A|all: [x, y]",
        &[("A", Value::Text("x")), ("A", Value::Text("y"))]
    ));
    let long = "A: [a1, a2, a3, a4, a5, a6, a7, a8, a9, 'w*d', null]";
    assert!(hits(long, &text("A", "A9")));
    assert!(hits(long, &text("A", "wild")));
    assert!(hits(long, &[]));
    assert!(!hits(long, &text("A", "b")));
    let long = "A|contains: [b1, b2, b3, b4, b5, b6, b7, b8, b9]";
    assert!(hits(long, &text("A", "xB7x")));
    assert!(!hits(long, &text("A", "b")));
}

#[test]
fn numbers_texts_and_booleans_meet() {
    assert!(hits("A: 4624", &[("A", Value::Int(4624))]));
    assert!(hits("A: 4624", &text("A", "4624")));
    assert!(hits("A: '4624'", &[("A", Value::Int(4624))]));
    assert!(hits("A: 1.0", &[("A", Value::Float(1.0))]));
    assert!(hits("A: 'true'", &[("A", Value::Bool(true))]));
    assert!(hits("A|contains: '62'", &[("A", Value::Int(4624))]));
}

#[test]
fn absence_null_and_the_empty_text_differ() {
    assert!(hits("A: null", &[]));
    assert!(hits("A: null", &[("A", Value::Null)]));
    assert!(!hits("A: null", &text("A", "")));
    assert!(hits("A: ''", &text("A", "")));
    assert!(!hits("A: ''", &[]));
    assert!(hits("A|exists: true", &[("A", Value::Null)]));
    assert!(hits("A|exists: false", &[]));
    assert!(hits("A: '*'", &text("A", "")));
    assert!(!hits("A: '*'", &[("A", Value::Null)]));
}

#[test]
fn neq_turns_the_outcome_round() {
    assert!(hits("A|neq: x", &text("A", "y")));
    assert!(!hits("A|neq: [x, y]", &text("A", "Y")));
    assert!(hits("A|neq: x", &[]), "an absent field differs");
    assert!(hits("A|contains|neq: x", &text("A", "y")));
}

#[test]
fn regular_expressions_and_their_flags() {
    assert!(hits("A|re: 'fo+'", &text("A", "xfoo")));
    assert!(!hits("A|re: 'fo+'", &text("A", "xFOO")));
    assert!(hits("A|re|i: 'fo+'", &text("A", "xFOO")));
    assert!(hits("A|re|m: '^b$'", &text("A", "a\nb")));
    assert!(hits("A|re|s: 'a.b'", &text("A", "a\nb")));
    assert!(!hits("A|re: 'a.b'", &text("A", "a\nb")));
    assert!(hits("A|re: 'foo(?!bar)'", &text("A", "foobaz")));
    assert!(refused("A|re: 'a(b'").reason.contains("unclosed group"));
}

#[test]
fn ranges_numbers_and_times() {
    assert!(hits("A|cidr: [10.0.0.0/8, 'fe80::/10']", &text("A", "fe80::1")));
    assert!(!hits("A|cidr: 10.0.0.0/8", &text("A", "11.0.0.1")));
    assert!(hits("A|gte: 10", &text("A", "10")));
    assert!(hits("A|lt: 10", &[("A", Value::Float(9.5))]));
    assert!(!hits("A|lte: 10", &text("A", "many")));
    assert!(hits("A|gt: 10", &[("A", Value::Int(11))]));
    assert!(hits("A|hour: [2, 3]", &text("A", "2026-05-01T03:15:00Z")));
    assert!(hits("A|hour|gte: 3", &text("A", "2026-05-01T03:15:00Z")));
    assert!(!hits("A|minute: 14", &text("A", "2026-05-01T03:15:00Z")));
}

#[test]
fn encodings_are_matched_with_regard_to_case() {
    assert!(hits(
        "A|base64|contains: 'http://'",
        &text("A", "x aHR0cDovLw== y")
    ));
    assert!(hits(
        "A|wide|base64offset|contains: whoami",
        &text("A", "dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==")
    ));
    assert!(!hits(
        "A|base64offset|contains: 'IEX (New-Object'",
        &text("A", "suvyicHozxCTt2jQzwn0ie5LDa==")
    ));
    assert!(hits("A|cased|contains: Foo", &text("A", "xFoo")));
    assert!(!hits("A|contains|cased: Foo", &text("A", "xfoo")));
    assert!(refused("A|contains|base64: x").hint.unwrap().contains("last"));
}

#[test]
fn windash_takes_any_dash() {
    for dash in ['-', '/', '–', '—', '―'] {
        assert!(hits(
            "A|contains|windash: ' -f '",
            &text("A", &format!("x {dash}f y"))
        ));
        assert!(hits(
            "A|windash|contains: ' /f '",
            &text("A", &format!("x {dash}f y"))
        ));
    }
    assert!(!hits("A|contains|windash: ' -f '", &text("A", "x +f y")));
    let encoded = crate::text::encode::base64(b"x /enc y");
    assert!(hits(
        "A|windash|base64offset|contains: ' -enc '",
        &text("A", &encoded)
    ));
}

#[test]
fn fields_compare_with_fields() {
    let both = |left, right| [("A", Value::Text(left)), ("B", Value::Text(right))];
    assert!(hits("A|fieldref: B", &both("x", "X")));
    assert!(!hits("A|fieldref: B", &both("x", "y")));
    assert!(!hits("A|fieldref: B", &text("A", "x")));
    assert!(refused("A|fieldref: ''").reason.contains("names no field"));
    assert!(hits("A|fieldref|neq: B", &both("x", "y")));
    assert!(
        !hits("A|fieldref|neq: B", &text("A", "x")),
        "both fields are needed"
    );
    assert!(hits("A|fieldref|endswith: B", &both("foobar", "bar")));
    assert!(!hits("A|fieldref|cased: B", &both("x", "X")));
}

#[test]
fn keywords_search_every_value_and_the_raw_record() {
    assert!(hits("- evil\n- other", &text("A", "an EVIL thing")));
    assert!(hits("- raw record", &[]));
    assert!(!hits("- absent", &text("A", "x")));
    assert!(hits(
        "'|all': [one, two]",
        &[("A", Value::Text("one")), ("B", Value::Text("two"))]
    ));
    assert!(!hits("'|all': [one, two]", &text("A", "one")));
    assert!(hits("'|re': 'ev[il]+'", &text("A", "evil")));
    assert!(
        hits("- A: x\n- word", &text("A", "a word")),
        "keywords and fields mix in a list"
    );
}

#[test]
fn placeholders_take_their_values_from_lists() {
    let lists = Lists::from([
        ("who".to_owned(), vec!["jdoe".to_owned(), "a*".to_owned()]),
        ("none".to_owned(), vec![]),
    ]);
    assert!(hits_with("A|expand: '%who%'", &text("A", "JDOE"), &lists));
    assert!(hits_with(
        "A|expand: 'corp\\%who%'",
        &text("A", "corp\\asmith"),
        &lists
    ));
    assert!(!hits_with("A|expand: '%none%'", &text("A", "x"), &lists));
    assert!(
        hits("A: '%who%'", &text("A", "%who%")),
        "without the modifier it is plain text"
    );
    let error = refused("A|expand: '%who%'");
    assert!(error.reason.contains("%who%") && error.hint.unwrap().contains("`who`"));
}

#[test]
fn the_core_view_is_within_reach() {
    assert!(hits("attr:actor_user|endswith: jdoe", &[]));
    assert!(hits("attr:bytes_out|gt: 5000", &[]));
    assert!(hits("attr:class: base_event", &[]));
    assert!(hits("attr:url|exists: false", &[]));
    assert!(refused("attr:nobody: x").reason.contains("attr:nobody"));
}

#[test]
fn spaces_in_names_of_fields_do_not_count() {
    assert!(hits("Threat Name: x", &text("Threat Name", "x")));
    assert!(hits("ThreatName: x", &text("Threat Name", "x")));
    assert!(hits("Threat Name: x", &text("ThreatName", "x")));
}

#[test]
fn mistakes_name_the_line_and_what_to_do() {
    let error = refused("A: x\nB|containz: y");
    assert!(error.reason.contains("`containz`") && error.hint.unwrap().contains("contains"));
    assert_eq!((error.line, error.column), (Some(7), Some(5)));
    for (selection, word) in [
        ("A|re|contains: x", "combines"),
        ("A|i: x", "after `re`"),
        ("A|contains|endswith: x", "only one"),
        ("A|lt: many", "not a number"),
        ("A|cidr: ten", "range"),
        ("A|exists: 1", "true or false"),
        ("A|contains: null", "null"),
        ("A: []", "empty"),
        ("A: {B: c}", "must be text"),
        ("'|cidr': 10.0.0.0/8", "keywords"),
        ("A|base64: 'a*'", "wildcards"),
        ("A|neq|all: [a, b]", "cannot be combined"),
    ] {
        assert!(
            refused(selection).reason.contains(word),
            "{selection}: {}",
            refused(selection).reason
        );
    }
}

#[test]
fn one_bad_document_never_stops_the_others() {
    let text = format!(
        "{}---\ntitle: bad\nid: b\ndetection: [\n---\n# nothing\n---\n{}",
        rule("A: x"),
        rule("A: y").replace("id: r", "id: s")
    );
    let (rules, errors) = RuleSet::load([("many.yml", text.as_str())]);
    assert_eq!(rules.len(), 2);
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].title.as_deref(), Some("bad"));
    assert!(errors[0].line.unwrap() >= 11, "{:?}", errors[0]);
    assert!(errors[0].to_string().starts_with("many.yml:"));
    assert_eq!(rules.get("S").unwrap().line, 15);
}

#[test]
fn identities_must_differ_and_log_sources_be_meant() {
    let twice = format!("{}---\n{}", rule("A: x"), rule("A: y"));
    let (rules, errors) = RuleSet::load([("a.yml", twice.as_str())]);
    assert_eq!((rules.len(), errors.len()), (1, 1));
    assert!(errors[0].reason.contains("already used by a.yml:1"));
    let none = "title: t\ndetection: {s: {A: x}, condition: s}";
    let (_, errors) = RuleSet::load([("a.yml", none)]);
    assert!(errors[0].hint.as_deref().unwrap().contains("logsource: {}"));
    let double = "title: t\nlogsource: {}\ndetection: {s: {A: x, A: y}, condition: s}";
    assert!(
        RuleSet::load([("a.yml", double)]).1[0]
            .reason
            .contains("duplicate")
    );
    let other = "title: t\naction: often";
    assert!(RuleSet::load([("a.yml", other)]).1[0].reason.contains("action"));
    let first = "title: t\naction: repeat";
    assert!(
        RuleSet::load([("a.yml", first)]).1[0]
            .reason
            .contains("no rule before")
    );
}

#[test]
fn documents_of_a_collection_build_on_one_another() {
    let text = "action: global
title: Tool seen
id: 7c1f3c5e-0000-4000-8000-000000000001
level: high
detection:
  condition: sel
---
logsource: {category: process_creation, product: windows}
detection:
  sel: {Image|endswith: tool.exe}
---
action: repeat
logsource: {category: file_event}
level: low
---
action: reset
---
title: Alone
id: 7c1f3c5e-0000-4000-8000-000000000002
logsource: {}
detection: {sel: {A: 1}, condition: sel}
";
    let (rules, errors) = RuleSet::load([("a.yml", text)]);
    assert!(errors.is_empty(), "{errors:?}");
    let [first, second, third] = rules.rules() else {
        panic!("{:?}", rules.rules())
    };
    assert_eq!((first.title.as_str(), first.level), ("Tool seen", Level::High));
    assert_eq!(first.id, "7c1f3c5e-0000-4000-8000-000000000001");
    assert_eq!((second.title.as_str(), second.level), ("Tool seen", Level::Low));
    assert_ne!(second.id, first.id, "two rules cannot have one id");
    let source = second.logsource.as_ref().unwrap();
    assert_eq!(source.category.as_deref(), Some("file_event"));
    assert_eq!(source.product.as_deref(), Some("windows"));
    assert!(
        second.source.contains("tool.exe") && second.line == 12,
        "{}",
        second.line
    );
    assert_eq!(third.title, "Alone");
}

#[test]
fn what_a_rule_says_about_itself_is_kept() {
    let text = format!(
        "{}level: high\nstatus: stable\ntags: [attack.exfiltration, attack.t1052]\nfalsepositives: one\nname: short\n\
         tandem: {{threats: [leakage], impact: 3}}\n",
        rule("A: x")
    );
    let rules = load(&text, &Lists::new()).unwrap();
    let rule = rules.get("r").unwrap();
    assert_eq!(
        (rule.level, rule.falsepositives.as_slice()),
        (Level::High, &["one".to_owned()][..])
    );
    assert_eq!(
        (rule.insider.impact, rule.techniques()),
        (3, &["T1052".to_owned()][..])
    );
    assert!(rule.source.contains("impact: 3"));
    let bad = text.replace("impact: 3", "impakt: 3");
    let error = load(&bad, &Lists::new()).unwrap_err();
    assert!(error.reason.contains("impakt"), "{error}");
    assert!(
        load(&text.replace("level: high", "level: higher"), &Lists::new())
            .unwrap_err()
            .hint
            .is_some()
    );
}

#[test]
fn filters_narrow_the_rules_they_name() {
    let filter = |rules: &str| {
        format!(
            "{}---\ntitle: our exception\nlogsource: {{product: test}}\nfilter:\n  rules: {rules}\n  ours:\n    B: ok\n  condition: not ours\n",
            rule("A: x")
        )
    };
    for rules in ["[r]", "any"] {
        let set = load(&filter(rules), &Lists::new()).unwrap();
        let rule = &set.rules()[0];
        assert!(matches(rule, batch(&text("A", "x")).get(0).unwrap()));
        assert!(!matches(
            rule,
            batch(&[("A", Value::Text("x")), ("B", Value::Text("OK"))])
                .get(0)
                .unwrap()
        ));
    }
    assert!(
        load(&filter("[unknown]"), &Lists::new())
            .unwrap_err()
            .reason
            .contains("`unknown`")
    );
}

#[test]
fn correlations_find_their_rules_or_say_why_not() {
    let with = |correlation: &str| {
        format!(
            "{}---\ntitle: c\nid: c\ncorrelation: {correlation}\n",
            rule("A: x")
        )
    };
    let error = |correlation: &str| load(&with(correlation), &Lists::new()).unwrap_err().reason;
    assert!(
        load(
            &with("{type: event_count, rules: [r], timespan: 5m, condition: {gte: 2}}"),
            &Lists::new()
        )
        .is_ok()
    );
    assert!(error("{type: event_count, rules: [q], timespan: 5m, condition: {gte: 2}}").contains("`q`"));
    assert!(error("{type: event_count, rules: [c], timespan: 5m, condition: {gte: 2}}").contains("itself"));
    assert!(error("{type: event_sum, rules: [r], timespan: 5m, condition: {gte: 2}}").contains("event_sum"));
    assert!(error("{type: event_count, rules: [r], timespan: 5, condition: {gte: 2}}").contains("time span"));
    assert!(error("{type: event_count, rules: [r], timespan: 5m}").contains("condition"));
    assert!(error("{type: value_count, rules: [r], timespan: 5m, condition: {gte: 2}}").contains("field"));
    assert!(error("{type: event_count, rules: [r], timespan: 5m, condition: {above: 2}}").contains("above"));
    assert!(
        error("{type: value_percentile, rules: [r], timespan: 5m, condition: {field: A, gt: 2}}")
            .contains("percentile")
    );
    assert!(error("{type: temporal, rules: [r], timespan: 5m, condition: q and r}").contains("`q`"));
    let chain = "{type: event_count, rules: [r], timespan: 5m, group-by: [u], condition: {gte: 2}}\n---\ntitle: d\nid: d\n\
                 correlation: {type: temporal, rules: [c, r], group-by: [v], timespan: 5m}";
    assert!(error(chain).contains("does not group"));
}

#[test]
fn raw_material_does_not_report_by_itself() {
    let with = |extra: &str, level: &str| {
        let text = format!(
            "{}level: {level}\n---\ntitle: c\nid: c\ncorrelation: {{type: event_count, rules: [r], timespan: 5m, condition: {{gte: 2}}{extra}}}\n",
            rule("A: x")
        );
        let rules = load(&text, &Lists::new()).unwrap();
        (
            rules.reports(rules.index_of("r").unwrap()),
            rules.reports(rules.index_of("c").unwrap()),
        )
    };
    assert_eq!(with("", "low"), (false, true));
    assert_eq!(with(", generate: true", "low"), (true, true));
    assert_eq!(with(", generate: true", "informational"), (false, true));
}

#[test]
fn matches_are_explained() {
    let text = "title: t\nid: r\nlogsource: {product: test}\ndetection:\n  sel:\n    A|contains: [no, foo]\n    B: [x, y]\n  \
                filter: {C: z}\n  kw: [record]\n  condition: sel and not filter and kw\n";
    let rules = load(text, &Lists::new()).unwrap();
    let batch = batch(&[("A", Value::Text("a FOO b")), ("B", Value::Text("Y"))]);
    let reasons = why(&rules.rules()[0], batch.get(0).unwrap());
    let short: Vec<_> = reasons
        .iter()
        .map(|why| {
            (
                why.selection.as_str(),
                why.field.as_deref(),
                why.pattern.as_str(),
                why.value.as_str(),
            )
        })
        .collect();
    assert_eq!(
        short,
        [
            ("sel", Some("A"), "foo", "a FOO b"),
            ("sel", Some("B"), "y", "Y"),
            ("kw", None, "record", "the whole RAW record"),
        ]
    );
    assert!(why(&rules.rules()[0], self::batch(&[]).get(0).unwrap()).is_empty());
}

proptest! {
    #[test]
    fn loading_never_panics(text in "\\PC{0,200}") {
        let _ = RuleSet::load([("x.yml", text.as_str())]);
    }

    #[test]
    fn loading_odd_rules_never_panics(
        field in "[A-Za-z|:. ]{0,12}",
        modifiers in prop::collection::vec(prop::sample::select(vec![
            "contains", "startswith", "endswith", "all", "re", "i", "cidr", "base64", "base64offset", "wide", "utf16be",
            "windash", "exists", "cased", "lt", "gte", "neq", "fieldref", "expand", "hour", "week",
        ]), 0..4),
        value in "[a-zA-Z0-9*?\\\\%./: -]{0,20}",
        given in "\\PC{0,20}",
    ) {
        let key = std::iter::once(field.as_str()).chain(modifiers).collect::<Vec<_>>().join("|");
        let selection = format!("{}: {}", serde_json::to_string(&key).unwrap(), serde_json::to_string(&value).unwrap());
        if let Ok(rules) = load(&rule(&selection), &Lists::new()) {
            let batch = batch(&[(field.split('|').next().unwrap(), Value::Text(&given))]);
            let mut found = false;
            Engine::new(Arc::clone(&rules)).scan(&batch, &mut |_, _| found = true);
            prop_assert_eq!(found, matches(&rules.rules()[0], batch.get(0).unwrap()), "{}", selection);
        }
    }
}

#[test]
fn an_exception_ends_and_says_who_answers_for_it() {
    let rule =
        "title: t\nid: r\nname: base\nlogsource: {product: p}\ndetection: {sel: {A: x}, condition: sel}\n";
    let filter = |block: &str| {
        format!(
            "title: Ours\nlogsource: {{product: p}}\nfilter: {{rules: [base], own: {{B: y}}, condition: not own}}\ntandem: {block}\n"
        )
    };
    let day = |text: &str| tandem_domain::Day::parse(text).unwrap();
    let on = |block: &str, today: &str| {
        let filter = filter(block);
        RuleSet::load_on(
            [("r.yml", rule), ("f.yml", filter.as_str())],
            &Lists::new(),
            day(today),
        )
    };
    let block = "{owner: ida, until: 2026-06-30}";
    let (rules, errors) = on(block, "2026-06-30");
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(rules.rules()[0].detection().unwrap().selections.len(), 2);
    let (rules, errors) = on(block, "2026-07-01");
    assert_eq!(
        rules.rules()[0].detection().unwrap().selections.len(),
        1,
        "it narrows nothing any more"
    );
    assert!(
        errors[0].reason.contains("2026-06-30") && errors[0].reason.contains("ida"),
        "{errors:?}"
    );
    for (odd, word) in [
        ("{until: soon, owner: ida}", "no day"),
        ("{until: 2026-06-30}", "answers for it"),
        ("{ends: 1}", "no `ends`"),
    ] {
        let (_, errors) = on(odd, "2026-06-30");
        assert!(errors[0].reason.contains(word), "{errors:?}");
    }
}

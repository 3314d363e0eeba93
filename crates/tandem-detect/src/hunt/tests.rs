use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Query {
    parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

fn term(field: &str, test: Test, values: &[&str]) -> Query {
    Query::Term(Term {
        field: Some(Field::of(field).unwrap()),
        test,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        all: false,
    })
}

const fn text(place: Place) -> Test {
    Test::Text { place, cased: false }
}

fn word(text_of_it: &str) -> Query {
    Query::Term(Term {
        field: None,
        test: text(Place::Whole),
        values: vec![text_of_it.to_owned()],
        all: false,
    })
}

#[test]
fn terms_side_by_side_are_joined_by_and_which_binds_closer_than_or() {
    let (a, b, c) = (word("a"), word("b"), word("c"));
    let ab = Query::And(vec![a.clone(), b.clone()]);
    assert_eq!(read("a b"), ab);
    assert_eq!(read("a AND b"), ab);
    assert_eq!(read("a b or c"), Query::Or(vec![ab.clone(), c.clone()]));
    assert_eq!(
        read("a (b OR c)"),
        Query::And(vec![a.clone(), Query::Or(vec![b.clone(), c.clone()])])
    );
    assert_eq!(read("((a)) and (b and c)"), Query::And(vec![a.clone(), b, c]));
    assert_eq!(read("not not a"), Query::Not(Box::new(Query::Not(Box::new(a)))));
}

#[test]
fn a_field_is_a_column_or_the_sources_own() {
    assert_eq!(
        read("file_path|startswith:C:\\Users\\"),
        term("file_path", text(Place::Start), &["C:\\Users\\"])
    );
    assert_eq!(
        read("dst_port|gte:1024"),
        term("dst_port", Test::Number(Order::GreaterEqual), &["1024"])
    );
    assert!(matches!(Field::of("dst_port"), Ok(Field::Number("dst_port"))));
    assert!(matches!(Field::of("device"), Ok(Field::Text("device"))));
    for (written, own) in [
        ("winlog.event_data.ShareName", "winlog.event_data.ShareName"),
        ("fields.device", "device"),
        ("fields.time", "time"),
        ("\"Threat Name\"", "Threat Name"),
        ("Device", "Device"),
    ] {
        let read = read(&format!("{written}:x"));
        let Query::Term(term) = read else {
            panic!("{written}")
        };
        assert_eq!(term.field, Some(Field::Own(own.to_owned())), "{written}");
    }
}

#[test]
fn quotes_hold_blanks_and_double_quotes_and_leave_backslashes_alone() {
    assert_eq!(
        read(r#"file_path:"C:\Program Files\""#),
        term("file_path", text(Place::Whole), &["C:\\Program Files\\"])
    );
    assert_eq!(read(r#""say ""no""""#), word("say \"no\""));
    assert_eq!(
        read("device:(pc1 \"pc 2\" pc*)"),
        term("device", text(Place::Whole), &["pc1", "pc 2", "pc*"])
    );
}

#[test]
fn a_mistake_is_told_with_its_place_and_a_way_out() {
    let long = "a ".repeat(MAX_BYTES);
    let many = format!("device:({})", "x ".repeat(MAX_TERMS + 1));
    let words = "x ".repeat(MAX_WORDS + 1);
    let deep = format!("{}a{}", "(".repeat(MAX_DEPTH + 1), ")".repeat(MAX_DEPTH + 1));
    for (text, line, column, says) in [
        ("", 1, 1, "not the end"),
        ("a or", 1, 5, "not the end"),
        ("a and\nor b", 2, 1, "not `or`"),
        ("(a", 1, 1, "not closed"),
        ("a)", 1, 2, "nothing opened"),
        ("device: x", 1, 8, "right behind the colon"),
        ("device|contians:x", 1, 8, "no modifier `contians`"),
        ("device|contains|endswith:x", 1, 17, "exclude each other"),
        ("device|i:x", 1, 8, "belongs to `re`"),
        ("device|cased|re:x", 1, 14, "exclude each other"),
        ("src_ip|cidr:10.0.0.0/99", 1, 13, "no network"),
        ("dst_port|gt:many", 1, 13, "no number"),
        ("CommandLine|re:[", 1, 16, "no regular expression"),
        ("CommandLine|re:\"(?=x)\"", 1, 16, "no regular expression"),
        ("file_name|exists:perhaps", 1, 18, "not true or false"),
        ("device:(a or b)", 1, 11, "in a list"),
        ("device:(a", 1, 8, "not closed"),
        ("device:()", 1, 9, "a value is expected"),
        ("\"open", 1, 1, "not closed"),
        ("\"two\nlines\"", 1, 5, "line end"),
        ("*", 1, 1, "every record"),
        ("time:2026", 1, 1, "not searched here"),
        ("C:\\Users", 1, 1, "taken for a field"),
        ("https://evil.example", 1, 1, "taken for a field"),
        ("10:30", 1, 1, "no name of a field"),
        ("a(b)", 1, 2, "a blank is expected"),
        ("dst_port|lt|all:(1 2)", 1, 17, "`all` goes"),
        (long.as_str(), 1, 1, "at most 4096 bytes"),
        (many.as_str(), 1, 1, "at most 64 values"),
        (words.as_str(), 1, 65, "at most 32 words"),
        (deep.as_str(), 1, 18, "at most 16 deep"),
    ] {
        let shown: String = text.chars().take(60).collect();
        let Err(fault) = parse(text) else {
            panic!("{shown}")
        };
        let told = fault.to_string();
        assert_eq!((fault.line, fault.column), (line, column), "{shown}: {told}");
        assert!(told.contains(says), "{shown}: {told}");
        assert!(
            told.ends_with(&format!("(line {line}, column {column})")),
            "{told}"
        );
        assert!(!fault.hint.is_empty(), "{shown}");
    }
    assert!(
        parse("device|contians:x")
            .unwrap_err()
            .hint
            .contains("`contains`")
    );
}

#[test]
fn a_name_that_looks_like_a_column_is_noted() {
    let notes = read("acount:x devices:y winlog.acount:z EventID:4624").notes();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(
        notes[0].contains("`acount`") && notes[0].contains("`account`"),
        "{notes:?}"
    );
    assert!(read("account:x fields.acount:y").notes().len() == 1);
}

#[test]
fn accounts_that_are_asked_for_are_known_and_excluded_ones_are_not() {
    let query = read("account:(anna ben) and not account:carl or actor_user:dora account|contains:e");
    assert_eq!(query.accounts(), ["anna", "ben", "dora"]);
}

fn about(threshold: Option<Threshold>) -> RuleAbout {
    RuleAbout {
        id: "11111111-2222-4333-8444-555555555555".into(),
        title: "Archives: \"large\" ones".into(),
        description: "a: b # c\n--- not a document\n".into(),
        author: "ines".into(),
        level: crate::Level::Medium,
        threat: tandem_domain::Threat::Leakage,
        stage: tandem_domain::Stage::Preparation,
        threshold,
    }
}

#[test]
fn a_question_becomes_a_rule_as_people_write_them() {
    let query =
        read("class:file_activity file_name|endswith:(.zip .7z) not (file_path|contains:tmp or backup)");
    let yaml = rule_yaml(&query, &about(None)).unwrap();
    let wanted =
        "selection_1:\n    attr:class: file_activity\n    attr:file_name|endswith:\n    - .zip\n    - .7z\n";
    assert!(yaml.contains(wanted), "{yaml}");
    assert!(
        yaml.contains("condition: selection_1 and not (filter_1 or keywords_1)"),
        "{yaml}"
    );
    let (rules, errors) = crate::RuleSet::load([("a.yml", yaml.as_str())]);
    assert!(errors.is_empty(), "{errors:?}\n{yaml}");
    let rule = rules.get("11111111-2222-4333-8444-555555555555").unwrap();
    assert_eq!(rule.title, "Archives: \"large\" ones");
    assert_eq!(rule.insider.stage, Some(tandem_domain::Stage::Preparation));
}

#[test]
fn a_threshold_becomes_a_correlation_over_the_rule() {
    let threshold = Threshold {
        base_id: "99999999-2222-4333-8444-555555555555".into(),
        count: 5,
        minutes: 30,
        group_by: vec![Field::of("account").unwrap(), Field::of("device").unwrap()],
    };
    let yaml = rule_yaml(&read("status_id:2"), &about(Some(threshold))).unwrap();
    assert!(yaml.contains("attr:status: failure"), "{yaml}");
    let (rules, errors) = crate::RuleSet::load([("a.yml", yaml.as_str())]);
    assert!(errors.is_empty(), "{errors:?}\n{yaml}");
    assert_eq!(rules.len(), 2);
    let whole = rules.index_of("11111111-2222-4333-8444-555555555555").unwrap();
    let base = rules.index_of("99999999-2222-4333-8444-555555555555").unwrap();
    assert!(rules.reports(whole) && !rules.reports(base), "{yaml}");
}

#[test]
fn the_rule_of_a_query_reports_its_rows_and_looks_at_no_usual_event() {
    let yaml = query_rule_yaml(&about(None));
    let (rules, errors) = crate::RuleSet::load([("a.yml", yaml.as_str())]);
    assert!(errors.is_empty(), "{errors:?}\n{yaml}");
    let index = rules.index_of("11111111-2222-4333-8444-555555555555").unwrap();
    assert!(rules.reports(index), "{yaml}");
    let rule = rules.rule(index).unwrap();
    let source = rule.logsource.as_ref().unwrap();
    let (product, service) = (source.product.as_deref(), source.service.as_deref());
    assert_eq!(product.zip(service), Some(QUERY_SOURCE));
    assert_eq!(rule.level, about(None).level);
}

#[test]
fn what_sigma_has_no_words_for_is_said() {
    for text in [
        "account:jdoe",
        "a or not event_id:00",
        "raw:x",
        "logsource|contains:windows",
        "status_id:7",
        "severity_id|gt:3",
    ] {
        let fault = rule_yaml(&read(text), &about(None)).unwrap_err();
        assert!(!fault.why.is_empty(), "{text}: {fault}");
    }
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        Just(Place::Whole),
        Just(Place::Anywhere),
        Just(Place::Start),
        Just(Place::End)
    ]
}

fn field() -> impl Strategy<Value = Field> {
    let named = prop_oneof![
        Just("account"),
        Just("device"),
        Just("dst_port"),
        Just("status_id"),
        Just("EventID"),
        Just("winlog.event_data.Image"),
        Just("Threat Name"),
        Just("fields.time"),
        Just("fields.fields.x"),
        Just("C"),
        Just("not"),
        Just("http"),
        Just("@timestamp"),
        Just("7zip"),
    ];
    named.prop_map(|name| Field::of(name).unwrap())
}

/// Text with everything that could be taken for something else.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9*?\\\\:/|.()\" _é%'-]{0,12}",
        Just("and".to_owned()),
        Just("OR".to_owned()),
        Just("\\\\*".to_owned()),
        Just("//x".to_owned()),
    ]
}

fn comparison() -> impl Strategy<Value = Term> {
    let texts = (
        place(),
        any::<bool>(),
        proptest::collection::vec(value(), 1..4),
        any::<bool>(),
    )
        .prop_map(|(place, cased, values, all)| (Test::Text { place, cased }, values, all));
    let numbers = (
        prop_oneof![
            Just(Order::Less),
            Just(Order::LessEqual),
            Just(Order::Greater),
            Just(Order::GreaterEqual)
        ],
        any::<i32>(),
    )
        .prop_map(|(order, number)| (Test::Number(order), vec![number.to_string()], false));
    let regexps = (any::<[bool; 3]>(), any::<bool>()).prop_map(|([i, m, s], all)| {
        let test = Test::Regexp {
            ignore_case: i,
            multi_line: m,
            dot_all: s,
        };
        (test, vec!["^a b|(c)$".to_owned(), "x+".to_owned()], all)
    });
    let others = prop_oneof![
        Just((
            Test::Cidr,
            vec!["10.0.0.0/8".to_owned(), "fe80::/10".to_owned()],
            false
        )),
        Just((Test::Exists(true), Vec::new(), false)),
        Just((Test::Exists(false), Vec::new(), false)),
    ];
    let test = prop_oneof![4 => texts, 1 => numbers, 1 => regexps, 1 => others];
    (field(), test).prop_map(|(field, (test, values, all))| Term {
        field: Some(field),
        test,
        all: all && values.len() > 1,
        values,
    })
}

fn keyword() -> impl Strategy<Value = Term> {
    value().prop_map(|tail| Term {
        field: None,
        test: text(Place::Whole),
        values: vec![format!("k{tail}")],
        all: false,
    })
}

fn tree() -> impl Strategy<Value = Query> {
    let leaf = prop_oneof![3 => comparison(), 1 => keyword()].prop_map(Query::Term);
    leaf.prop_recursive(4, 16, 3, |inner| {
        let parts = || proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            parts().prop_map(Query::and),
            parts().prop_map(Query::or),
            inner.clone().prop_map(|part| Query::Not(Box::new(part))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_text_of_a_tree_is_read_as_the_same_tree(query in tree()) {
        let text = query.to_string();
        prop_assume!(text.len() <= MAX_BYTES);
        let values: usize = query.terms().iter().map(|term| term.values.len()).sum();
        prop_assume!(values <= MAX_TERMS);
        let read = parse(&text);
        prop_assert_eq!(read.as_ref(), Ok(&query), "{}", text);
    }

    #[test]
    fn whatever_is_typed_is_read_or_refused_with_a_place_in_it(text in "[a-z:|()\"\\\\* \n\u{1}éand]{0,60}") {
        if let Err(fault) = parse(&text) {
            let lines: Vec<&str> = text.split('\n').collect();
            prop_assert!(fault.line >= 1 && fault.line <= lines.len());
            prop_assert!(fault.column >= 1 && fault.column <= lines[fault.line - 1].chars().count() + 1);
        }
    }

    #[test]
    fn a_rule_made_of_a_question_can_be_loaded(query in tree()) {
        if let Ok(yaml) = rule_yaml(&query, &about(None)) {
            let (rules, errors) = crate::RuleSet::load([("a.yml", yaml.as_str())]);
            prop_assert!(errors.is_empty() && rules.len() == 1, "{:?}\n{}", errors, yaml);
        }
    }
}

//! What people search for, as a rule: the engine finds with it what a small evaluator of the language finds.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use tandem_detect::conformance::{logsource, push};
use tandem_detect::hunt::{
    Field, Order, Piece, Place, Query, RuleAbout, Term, Test, parse, pieces, rule_yaml,
};
use tandem_detect::{Engine, Level, RuleSet};
use tandem_domain::{EventBatch, Stage, Threat};

/// Few names and few values, so that much is found.
const NAMES: [&str; 3] = ["A", "B", "Long Name"];
const VALUES: [&str; 10] = [
    "alpha",
    "ALPHA beta",
    "beta",
    "a*b",
    "C:\\tmp\\alpha.zip",
    "10.1.2.3",
    "10.9.9.9",
    "7",
    "42",
    "é",
];

fn about() -> RuleAbout {
    RuleAbout {
        id: "hunted".into(),
        title: "hunted".into(),
        description: "a test".into(),
        author: "ines".into(),
        level: Level::Low,
        threat: Threat::Misuse,
        stage: Stage::Means,
        threshold: None,
    }
}

fn lower(text: &str, cased: bool) -> String {
    if cased {
        text.to_owned()
    } else {
        text.to_lowercase()
    }
}

/// True if the pieces fit the whole text, by trying.
fn fits(pieces: &[Piece], text: &[char]) -> bool {
    match pieces.split_first() {
        None => text.is_empty(),
        Some((Piece::Text(wanted), rest)) => {
            let wanted: Vec<char> = wanted.chars().collect();
            text.strip_prefix(wanted.as_slice())
                .is_some_and(|text| fits(rest, text))
        }
        Some((Piece::One, rest)) => text.split_first().is_some_and(|(_, text)| fits(rest, text)),
        Some((Piece::Many, rest)) => (0..=text.len()).any(|at| fits(rest, &text[at..])),
    }
}

fn text_fits(place: Place, cased: bool, value: &str, text: &str) -> bool {
    let mut wanted = pieces(value);
    for piece in &mut wanted {
        if let Piece::Text(text) = piece {
            *text = lower(text, cased);
        }
    }
    if matches!(place, Place::Anywhere | Place::End) {
        wanted.insert(0, Piece::Many);
    }
    if matches!(place, Place::Anywhere | Place::Start) {
        wanted.push(Piece::Many);
    }
    let text: Vec<char> = lower(text, cased).chars().collect();
    fits(&wanted, &text)
}

fn value_fits(test: Test, value: &str, text: &str) -> bool {
    match test {
        Test::Text { place, cased } => text_fits(place, cased, value, text),
        Test::Number(order) => {
            let (Ok(given), Ok(wanted)) = (text.parse::<f64>(), value.parse::<f64>()) else {
                return false;
            };
            match order {
                Order::Less => given < wanted,
                Order::LessEqual => given <= wanted,
                Order::Greater => given > wanted,
                Order::GreaterEqual => given >= wanted,
            }
        }
        // The one network that is asked for.
        Test::Cidr => text.starts_with("10.1."),
        Test::Regexp { .. } | Test::Exists(_) => panic!("not asked for here"),
    }
}

fn term_holds(term: &Term, record: &Json) -> bool {
    let record = record.as_object().unwrap();
    let Some(field) = &term.field else {
        let mut texts = record.values().map(|value| value.as_str().unwrap());
        return texts.any(|text| text_fits(Place::Anywhere, false, &term.values[0], text));
    };
    let Field::Own(name) = field else {
        panic!("{field}")
    };
    let text = record.get(name).map(|value| value.as_str().unwrap());
    if let Test::Exists(there) = term.test {
        return text.is_some() == there;
    }
    let Some(text) = text else { return false };
    let mut each = term.values.iter().map(|value| value_fits(term.test, value, text));
    if term.all {
        each.all(|fits| fits)
    } else {
        each.any(|fits| fits)
    }
}

fn holds(query: &Query, record: &Json) -> bool {
    match query {
        Query::And(parts) => parts.iter().all(|part| holds(part, record)),
        Query::Or(parts) => parts.iter().any(|part| holds(part, record)),
        Query::Not(part) => !holds(part, record),
        Query::Term(term) => term_holds(term, record),
    }
}

fn records() -> Vec<Json> {
    let mut records = Vec::new();
    for (at, value) in VALUES.iter().enumerate() {
        records.push(json!({ "A": value }));
        records.push(json!({ "A": value, "B": VALUES[(at + 3) % VALUES.len()] }));
        records.push(json!({ "Long Name": value, "B": VALUES[(at + 1) % VALUES.len()] }));
    }
    records
}

/// Which records a question finds as a rule.
fn found(query: &Query, records: &[Json]) -> Vec<bool> {
    let yaml = rule_yaml(query, &about()).unwrap();
    let (rules, errors) = RuleSet::load([("a.yml", yaml.as_str())]);
    assert!(errors.is_empty(), "{errors:?}\n{yaml}");
    let mut batch = EventBatch::new("test");
    for record in records {
        push(&mut batch, record, &[logsource("", "shop", "")], 0).unwrap();
    }
    let mut found = vec![false; records.len()];
    Engine::new(Arc::new(rules)).scan(&batch, &mut |event, _| found[event] = true);
    found
}

fn term() -> impl Strategy<Value = Query> {
    let value = prop_oneof![
        proptest::sample::select(VALUES.to_vec()).prop_map(str::to_owned),
        proptest::sample::select(vec![
            "al*",
            "*ta",
            "?",
            "a\\*b",
            "*",
            "be?a",
            "C:\\tmp*",
            "alpha.zip",
            "\\"
        ])
        .prop_map(str::to_owned),
    ];
    let place = prop_oneof![
        Just(Place::Whole),
        Just(Place::Anywhere),
        Just(Place::Start),
        Just(Place::End)
    ];
    let text = (
        place,
        any::<bool>(),
        proptest::collection::vec(value, 1..3),
        any::<bool>(),
    )
        .prop_map(|(place, cased, values, all)| (Test::Text { place, cased }, values, all));
    let others = prop_oneof![
        Just((Test::Cidr, vec!["10.1.0.0/16".to_owned()], false)),
        Just((Test::Number(Order::Greater), vec!["7".to_owned()], false)),
        Just((Test::Number(Order::LessEqual), vec!["7".to_owned()], false)),
        any::<bool>().prop_map(|there| (Test::Exists(there), Vec::new(), false)),
    ];
    let name = proptest::sample::select(NAMES.to_vec());
    let compared = (name, prop_oneof![3 => text, 1 => others]).prop_map(|(name, (test, values, all))| Term {
        field: Some(Field::of(name).unwrap()),
        test,
        all: all && values.len() > 1,
        values,
    });
    let word =
        proptest::sample::select(vec!["alpha", "BETA", "a\\*b", "tmp\\", "p*z", "é"]).prop_map(|word| Term {
            field: None,
            test: Test::Text {
                place: Place::Whole,
                cased: false,
            },
            values: vec![word.to_owned()],
            all: false,
        });
    prop_oneof![4 => compared, 1 => word].prop_map(Query::Term)
}

fn tree() -> impl Strategy<Value = Query> {
    term().prop_recursive(3, 10, 3, |inner| {
        let parts = || proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            parts().prop_map(Query::and),
            parts().prop_map(Query::or),
            inner.clone().prop_map(|part| Query::Not(Box::new(part))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_question_finds_as_a_rule_what_the_language_says(query in tree()) {
        let records = records();
        let wanted: Vec<bool> = records.iter().map(|record| holds(&query, record)).collect();
        prop_assert_eq!(found(&query, &records), wanted, "{}", query);
    }
}

#[test]
fn a_question_with_everything_finds_what_it_should() {
    let query = parse("A|contains:(alpha beta) not B:\"10.*\" or \"Long Name\"|re|i:^c.*zip$").unwrap();
    let records = [
        json!({ "A": "ALPHA beta" }),
        json!({ "A": "alpha", "B": "10.1.2.3" }),
        json!({ "A": "gamma" }),
        json!({ "Long Name": "C:\\tmp\\alpha.zip" }),
    ];
    assert_eq!(found(&query, &records), [true, false, false, true]);
}

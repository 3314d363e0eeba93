use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Result<Condition, ConditionError> {
    Condition::try_from(text.to_owned())
}

fn holds(text: &str, known: &[(&str, Datum)]) -> Option<bool> {
    let known: BTreeMap<&str, Datum> = known.iter().cloned().collect();
    match parse(text).unwrap() {
        Condition::Own(expr) => expr.holds(&|name| known.get(name).cloned()),
        Condition::Foreign(_) => None,
    }
}

fn text(text: &str) -> Datum {
    Datum::Text(text.to_owned())
}

#[test]
fn conditions_mean_what_they_say() {
    let known = [
        ("kind", text("customer")),
        ("files", Datum::Number(12)),
        ("urgent", Datum::Bool(true)),
    ];
    for (condition, truth) in [
        ("kind = 'customer'", true),
        ("kind == \"customer\"", true),
        ("kind != 'customer'", false),
        ("files > 10 and files <= 12", true),
        ("files < -3 or urgent", true),
        ("not urgent or not (files >= 12)", false),
        ("kind in ('source_code', 'customer')", true),
        ("kind in ('source_code')", false),
        ("urgent = true AND NOT files <> 12", true),
        ("__kind__:value = 'customer'", true),
        ("urgent or files = 1 and files = 2", true),
    ] {
        assert_eq!(holds(condition, &known), Some(truth), "{condition}");
    }
}

#[test]
fn what_is_not_known_is_neither_true_nor_false() {
    let known = [("urgent", Datum::Bool(true))];
    assert_eq!(holds("missing = 1", &known), None);
    assert_eq!(holds("not missing", &known), None);
    assert_eq!(holds("missing or urgent", &known), Some(true));
    assert_eq!(holds("missing and not urgent", &known), Some(false));
    assert_eq!(holds("missing and urgent", &known), None);
    assert_eq!(holds("urgent = 'yes'", &known), None);
}

#[test]
fn a_refusal_says_where_and_why() {
    for (condition, at, reason) in [
        ("", 1, "a name was expected"),
        ("a =", 4, "a value was expected"),
        ("a = b", 5, "write 'b' if it is a text"),
        ("a = 'x", 5, "not closed"),
        ("(a", 3, "a `(` is not closed"),
        ("a b", 3, "`and`, `or` or the end"),
        ("a in 'x'", 6, "`(` was expected"),
        ("a in ('x' 'y')", 11, "`,` or `)`"),
        ("a = 1.5", 5, "no whole number"),
        ("a = 99999999999999999999", 5, "no whole number"),
        ("Ünïcode", 1, "has no meaning here"),
        ("a | b", 3, "has no meaning here"),
        ("and", 1, "a name was expected"),
        ("[file:name = 'x']", 1, "has no meaning here"),
        ("file:name = 'x'", 1, "is no name"),
    ] {
        let error = parse(condition).unwrap_err();
        assert!(error.reason.contains(reason), "{condition}: {error}");
        assert_eq!(error.at, at, "{condition}: {error}");
    }
}

#[test]
fn depth_and_length_are_bounded() {
    let deep = format!("{}a{}", "(".repeat(40), ")".repeat(40));
    assert!(parse(&deep).unwrap_err().reason.contains("nested deeper"));
    let nots = format!("{}a", "not ".repeat(400));
    assert!(parse(&nots).unwrap_err().reason.contains("nested deeper"));
    let long = format!("a{}", " or a".repeat(1_000));
    assert!(parse(&long).unwrap_err().reason.contains("characters"));
}

#[test]
fn foreign_text_is_kept_to_the_last_character() {
    let stix = "[file:hashes.'SHA-256' = 'ab'] FOLLOWEDBY [process:pid = 5]";
    let condition = Condition::from_cacao(stix);
    assert_eq!(condition, Condition::Foreign(stix.to_owned()));
    assert_eq!(condition.to_cacao(), stix);
    assert_eq!(parse(&condition.to_string()).unwrap(), condition);
}

fn expr() -> impl Strategy<Value = Expr> {
    let name = "[a-z][a-z0-9_]{0,6}[a-z]".prop_filter("no keyword", |name| {
        !["and", "or", "not", "in", "true", "false"].contains(&name.as_str())
    });
    let datum = prop_oneof![
        any::<bool>().prop_map(Datum::Bool),
        any::<i64>().prop_map(Datum::Number),
        ".{0,12}".prop_map(Datum::Text),
    ];
    let comparison = prop_oneof![
        Just(Comparison::Equal),
        Just(Comparison::Unequal),
        Just(Comparison::Less),
        Just(Comparison::AtMost),
        Just(Comparison::More),
        Just(Comparison::AtLeast),
    ];
    let leaf = prop_oneof![
        (name.clone(), comparison, datum.clone()).prop_map(|(n, c, d)| Expr::Test(n, c, d)),
        (name.clone(), prop::collection::vec(datum, 1..4)).prop_map(|(n, d)| Expr::In(n, d)),
        name.prop_map(Expr::True),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            inner.prop_map(|part| Expr::Not(Box::new(part))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(expr in expr()) {
        let condition = Condition::Own(expr);
        prop_assert_eq!(&parse(&condition.to_string()).unwrap(), &condition);
        prop_assert_eq!(&Condition::from_cacao(&condition.to_cacao()), &condition);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,200}") {
        let _ = parse(&text);
    }
}

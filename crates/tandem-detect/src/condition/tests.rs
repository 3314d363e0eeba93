use proptest::prelude::*;

use super::{Ast, Expr, parse};

fn truth(condition: &str, names: &[&str], on: &[&str]) -> bool {
    let expr = Expr::resolve(&parse(condition).unwrap(), names).unwrap();
    expr.holds(&mut |at| on.contains(&names[at]))
}

#[test]
fn and_binds_tighter_than_or_and_not_tightest() {
    let names = ["a", "b", "c"];
    assert!(truth("a or b and c", &names, &["a"]));
    assert!(!truth("(a or b) and c", &names, &["a"]));
    assert!(truth("not a and b", &names, &["b"]));
    assert!(!truth("not (a or b)", &names, &["b"]));
    assert!(truth("a AND NOT b", &names, &["a"]));
    assert!(truth("((a)and(b))or c", &names, &["a", "b"]));
}

#[test]
fn quantifiers_take_patterns_and_them() {
    let names = ["sel_a", "sel_b", "filter", "_hidden"];
    assert!(truth("1 of sel_*", &names, &["sel_b"]));
    assert!(!truth("all of sel_*", &names, &["sel_b"]));
    assert!(truth("any of sel*", &names, &["sel_a"]));
    assert!(truth("all of them", &names, &["sel_a", "sel_b", "filter"]));
    assert!(!truth("1 of them", &names, &["_hidden"]));
    assert!(truth("1 of *_b", &names, &["sel_b"]));
    assert!(truth("sel_a and not 1 of filter*", &names, &["sel_a"]));
    assert!(truth("1 of s*_*a", &names, &["sel_a"]));
}

#[test]
fn mistakes_are_named() {
    let error = |text: &str| {
        parse(text)
            .and_then(|ast| Expr::resolve(&ast, &["a"]))
            .unwrap_err()
    };
    assert!(error("a and").to_string().contains("ends where"));
    assert!(error("(a").to_string().contains("not closed"));
    assert!(error("a)").to_string().contains("unexpected `)`"));
    assert!(error("a a").to_string().contains("unexpected `a`"));
    assert!(error("b").to_string().contains("none of: a"));
    assert!(error("1 of x*").to_string().contains("`x*`"));
    assert!(error("2 of a").hint.is_some());
    assert!(error("a | count() > 5").hint.unwrap().contains("correlation"));
    assert!(error(&"not ".repeat(10_000)).to_string().contains("more than"));
    assert!(
        error(&format!("{}a", "not ".repeat(100)))
            .to_string()
            .contains("nested deeper")
    );
    assert!(error("").to_string().contains("ends where"));
}

#[test]
fn nested_lists_flatten_into_one_node() {
    assert!(matches!(parse("a and b and c"), Ok(Ast::And(parts)) if parts.len() == 3));
}

proptest! {
    #[test]
    fn parsing_never_panics(text in "\\PC{0,80}") {
        let _ = parse(&text);
    }

    #[test]
    fn parsing_words_never_panics(words in prop::collection::vec(prop::sample::select(vec![
        "and", "or", "not", "(", ")", "1", "all", "of", "them", "a", "a*", "*",
    ]), 0..40)) {
        if let Ok(ast) = parse(&words.join(" ")) {
            let _ = Expr::resolve(&ast, &["a", "ab", "_c"]);
        }
    }

    #[test]
    fn double_negation_changes_nothing(on in any::<[bool; 3]>()) {
        let names = ["a", "b", "c"];
        for text in ["a and not b or c", "a or b and c"] {
            let plain = Expr::resolve(&parse(text).unwrap(), &names).unwrap();
            let twice = Expr::resolve(&parse(&format!("not not ({text})")).unwrap(), &names).unwrap();
            prop_assert_eq!(plain.holds(&mut |at| on[at]), twice.holds(&mut |at| on[at]));
        }
    }
}

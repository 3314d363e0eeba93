use super::field::field;
use super::ip_in::{parse_network, to_bits};

#[test]
fn a_flat_key_with_dots_wins_over_nesting() {
    let json = r#"{"a.b":"flat","a":{"b":"nested","c":{"d":7}},"list":[1,"x"],"no":null}"#;
    assert_eq!(field(json, "a.b").as_deref(), Some("flat"));
    assert_eq!(field(json, "a.c.d").as_deref(), Some("7"));
    assert_eq!(field(json, "list").as_deref(), Some(r#"[1,"x"]"#));
    assert_eq!(field(json, "no"), None);
    assert_eq!(field(json, "absent"), None);
}

#[test]
fn a_key_with_escapes_is_compared_unescaped() {
    assert_eq!(field(r#"{"q\"k":"v\n"}"#, "q\"k").as_deref(), Some("v\n"));
}

#[test]
fn broken_json_gives_nothing_after_the_break() {
    assert_eq!(field(r#"{"a":1,"b":"#, "a").as_deref(), Some("1"));
    assert_eq!(field(r#"{"a":1,"b":"#, "b"), None);
    assert_eq!(field("not json", "a"), None);
}

#[test]
fn a_network_without_length_is_one_address() {
    let (bits, length) = parse_network("10.1.2.3").unwrap();
    assert_eq!((bits, length), (to_bits("10.1.2.3".parse().unwrap()), 128));
    assert_eq!(parse_network("10.0.0.0/8").unwrap().1, 104);
    assert_eq!(parse_network("10.0.0.0/33"), None);
    assert_eq!(parse_network("fe80::/10").unwrap().1, 10);
}

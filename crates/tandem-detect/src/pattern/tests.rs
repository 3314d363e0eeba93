use tandem_domain::Value;

use super::{Cidr, Compare, Flags, Number, Regexp, TimePart};

#[test]
fn ranges_hold_addresses_of_both_families() {
    let holds = |range: &str, address: &str| Cidr::parse(range).unwrap().contains_text(address);
    assert!(holds("10.0.0.0/8", "10.255.0.1"));
    assert!(!holds("10.0.0.0/8", "11.0.0.1"));
    assert!(holds("0.0.0.0/0", "8.8.8.8"));
    assert!(holds("192.168.1.7", "192.168.1.7"));
    assert!(holds("fe80::/10", "fe80::1%eth0"));
    assert!(holds("2001:db8::/32", "2001:0DB8:0:0:0:0:0:1"));
    assert!(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
    assert!(holds("::ffff:0:0/96", "::ffff:10.1.2.3"));
    assert!(!holds("::/0", "10.1.2.3"));
    assert!(!holds("10.0.0.0/8", "10.1.2.3.4"));
    assert_eq!(Cidr::parse("10.0.0.0/33"), None);
    assert_eq!(Cidr::parse("ten/8"), None);
}

#[test]
fn time_parts_are_read_in_utc_from_many_spellings() {
    let part = |part: TimePart, text: &str| part.of(Value::Text(text));
    assert_eq!(part(TimePart::Hour, "2026-05-01T03:15:00Z"), Some(3));
    assert_eq!(part(TimePart::Hour, "2026-05-01T03:15:00+02:00"), Some(1));
    assert_eq!(part(TimePart::Minute, "2026-05-01 03:15:00.123"), Some(15));
    assert_eq!(part(TimePart::Week, "2026-05-01T03:15:00Z"), Some(18));
    assert_eq!(part(TimePart::Year, "1777605300"), Some(2026));
    assert_eq!(TimePart::Day.of(Value::Int(1_777_605_300_000)), Some(1));
    assert_eq!(TimePart::Month.of(Value::Int(1_777_605_300_000_000)), Some(5));
    assert_eq!(part(TimePart::Hour, "yesterday"), None);
}

#[test]
fn numbers_compare_across_types_and_reject_words() {
    let cmp = |left: &str, right: &str| Number::parse(left).and_then(|l| l.cmp(Number::parse(right)?));
    assert!(Compare::Less.holds(cmp("9", "10").unwrap()));
    assert!(Compare::GreaterEqual.holds(cmp("1.5", "1.50").unwrap()));
    assert!(Compare::Greater.holds(cmp("9223372036854775807", "9223372036854775806").unwrap()));
    assert_eq!(Number::parse("inf"), None);
    assert_eq!(Number::parse("nan"), None);
    assert_eq!(Number::parse("1 GB"), None);
}

fn required(source: &str, ignore_case: bool) -> Vec<String> {
    Regexp::new(
        source,
        Flags {
            ignore_case,
            ..Flags::default()
        },
    )
    .unwrap()
    .required()
    .to_vec()
}

#[test]
fn required_literals_are_contained_in_every_match() {
    assert_eq!(required(r"foo\d+barbar", false), ["barbar"]);
    assert_eq!(required("FooBar", true), ["foobar"]);
    assert_eq!(required(r"(?:curl|wget)\s", false), ["curl", "wget"]);
    assert_eq!(required(r"(abc)+x?", false), ["abc"]);
    assert_eq!(required(r"a*", false), Vec::<String>::new());
    assert_eq!(required(r"\d{3}", false), Vec::<String>::new());
    assert_eq!(required("(?i)MiMiKatz", false), ["mimikatz"]);
}

#[test]
fn look_around_is_supported_and_bounded() {
    let regexp = Regexp::new("foo(?!bar)", Flags::default()).unwrap();
    assert!(regexp.is_match("foobaz"));
    assert!(!regexp.is_match("foobar"));
    let slow = Regexp::new(r"(?=x)(a|aa)+$|(\w+\w+)+(?!.)z", Flags::default()).unwrap();
    assert!(!slow.is_match(&"a".repeat(5_000)), "gives up instead of stalling");
}

#[test]
fn a_bad_expression_says_why() {
    let error = Regexp::new("a(b", Flags::default()).unwrap_err();
    assert!(error.to_string().contains("unclosed group"), "{error}");
}

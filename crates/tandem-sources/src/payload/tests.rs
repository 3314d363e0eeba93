use super::*;

#[test]
fn each_message_ends_its_line_and_blank_ones_hold_nothing() {
    let mut body = Vec::new();
    for message in [&b"one"[..], b"two\nthree\n", b"", b" \n\t", b"{\n}"] {
        append(&mut body, message, 100).unwrap();
    }
    assert_eq!(body, b"one\ntwo\nthree\n{\n}\n");
}

#[test]
fn a_line_too_long_is_refused_and_a_long_message_of_short_lines_is_not() {
    let mut body = Vec::new();
    append(&mut body, b"12345678\n12345678\n", 10).unwrap();
    let refused = append(&mut body, b"12345678901\nx", 10).unwrap_err();
    assert_eq!(refused.bytes, 13);
    assert!(refused.reason.contains("11 bytes"), "{}", refused.reason);
    assert_eq!(body, b"12345678\n12345678\n");
}

use super::encode::{Utf16, base64, base64_offsets, utf16};
use super::fold::{fold, fold_char};
use super::glob::Glob;
use super::tokens::{Token, Tokens};

#[test]
fn folding_agrees_with_unicode_simple_folding_for_every_character() {
    // The regex crate carries Unicode's own folding table: its case-insensitive class of a character is the truth.
    let mut classes: std::collections::HashMap<char, Vec<char>> = std::collections::HashMap::new();
    for c in ('\u{80}'..=char::MAX)
        .filter(|c| c.is_alphabetic() || !c.is_ascii() && c.to_uppercase().next() != Some(*c))
    {
        classes.entry(fold_char(c)).or_default().push(c);
    }
    let mut wrong = Vec::new();
    // Left out: letters of Unicode 16 and later, which the two tables may know at different times.
    let newest = |c: char| ('\u{a7cb}'..='\u{a7dc}').contains(&c) || ('\u{16ea0}'..='\u{16edf}').contains(&c);
    for c in ('\u{80}'..='\u{1ffff}').filter(|c| c.is_alphabetic() && !newest(*c)) {
        let mut class =
            regex_syntax::hir::ClassUnicode::new([regex_syntax::hir::ClassUnicodeRange::new(c, c)]);
        class.try_case_fold_simple().unwrap();
        for range in class.iter() {
            for other in range.start()..=range.end() {
                if fold_char(other) != fold_char(c) {
                    wrong.push((c, other));
                }
            }
        }
        let same = classes.get(&fold_char(c)).cloned().unwrap_or_default();
        for other in same {
            if !class
                .iter()
                .any(|range| range.start() <= other && other <= range.end())
            {
                wrong.push((c, other));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn folding_handles_ascii_and_other_scripts() {
    assert_eq!(fold("CMD.exe ПРИКАЗ Straße Σς"), "cmd.exe приказ straße σσ");
}

#[test]
fn backslashes_escape_only_wildcards_and_themselves() {
    let text = |value: &str| Tokens::parse(value).as_literal().map(str::to_owned);
    assert_eq!(
        text(r"C:\Windows\cmd.exe").as_deref(),
        Some(r"C:\Windows\cmd.exe")
    );
    assert_eq!(text(r"C:\\Windows").as_deref(), Some(r"C:\Windows"));
    assert_eq!(text(r"a\*b\?").as_deref(), Some("a*b?"));
    assert_eq!(text(r"C:\\\*").as_deref(), Some(r"C:\*"));
    assert_eq!(text(r"trailing\").as_deref(), Some(r"trailing\"));
    assert_eq!(
        Tokens::parse(r"C:\\*").as_slice(),
        [Token::Lit(r"C:\".into()), Token::Many]
    );
    assert_eq!(Tokens::parse("a**b").as_slice().len(), 3);
}

#[test]
fn globs_match_the_whole_text() {
    let matches = |pattern: &str, text: &str| Glob::new(&Tokens::parse(pattern)).matches(text);
    assert!(matches("f*r", "foobar"));
    assert!(matches("f*r", "f\nr"));
    assert!(!matches("f*r", "foobars"));
    assert!(!matches("foo?", "foo"));
    assert!(matches("prog?.exe", "progü.exe"));
    assert!(matches("*a?c*", "xxabcxx"));
    assert!(matches("*ab*ab", "abab"));
    assert!(!matches("ab*ab", "ab"));
    assert!(matches("?*?", "xy"));
    assert!(!matches("?*?", "x"));
    assert!(
        matches("*aab", "aaab"),
        "the last stretch is looked for at the end too"
    );
}

#[test]
fn windash_only_changes_dashes_that_begin_a_word() {
    let tokens = Tokens::parse(" -f /x a-b --y").windash();
    let dashes = tokens
        .as_slice()
        .iter()
        .filter(|token| **token == Token::Dash)
        .count();
    assert_eq!(dashes, 3);
    assert_eq!(
        Tokens::parse("-a -b")
            .windash()
            .spell_dashes(100)
            .map(|all| all.len()),
        Some(25)
    );
    assert_eq!(Tokens::parse("-a -b -c -d").windash().spell_dashes(100), None);
}

#[test]
fn base64_follows_the_rfc_vectors() {
    let vectors = [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
        ("foobar", "Zm9vYmFy"),
    ];
    for (plain, coded) in vectors {
        assert_eq!(base64(plain.as_bytes()), coded);
    }
}

#[test]
fn base64_offsets_are_found_at_every_offset_of_longer_text() {
    for word in ["a", "ab", "abc", "/bin/bash", "http://"] {
        let looks = base64_offsets(word.as_bytes());
        for before in 0..6 {
            let whole = format!("{}{word}tail", "x".repeat(before));
            assert!(
                base64(whole.as_bytes()).contains(&looks[before % 3]),
                "{word} after {before}"
            );
        }
    }
}

#[test]
fn utf16_orders_bytes() {
    assert_eq!(utf16("a", Utf16::Little), [97, 0]);
    assert_eq!(utf16("a", Utf16::Big), [0, 97]);
    assert_eq!(utf16("a", Utf16::Marked), [0xff, 0xfe, 97, 0]);
}

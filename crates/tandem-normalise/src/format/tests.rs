use super::{Format, recognise};

#[test]
fn formats_are_told_from_their_first_bytes() {
    let cases: &[(&str, Option<Format>)] = &[
        ("ElfFile\0\0", Some(Format::Evtx)),
        ("{\"a\":1}\n", Some(Format::Json)),
        ("[\n {\"a\":1}]", Some(Format::Json)),
        ("\u{feff}{\"a\":1}", Some(Format::Json)),
        ("#separator \\x09\n", Some(Format::Zeek)),
        ("#Fields: date time\n", Some(Format::W3c)),
        ("CEF:0|a|b|1|x|y|3|\n", Some(Format::Cef)),
        ("LEEF:2.0|a|b|1|x|^|k=v\n", Some(Format::Leef)),
        ("<34>Oct 11 22:14:15 host su: x\n", Some(Format::Syslog)),
        ("<165>1 2026-05-04T10:00:00Z h a - - - x\n", Some(Format::Syslog)),
        ("Oct 11 22:14:15 host sshd[1]: x\n", Some(Format::Syslog)),
        (
            "type=SYSCALL msg=audit(1700000000.1:5): a=1\n",
            Some(Format::Auditd),
        ),
        (
            "1700000000.123    80 10.0.0.1 TCP_MISS/200 500 GET http://a/ jo DIRECT/1.2.3.4 text/html\n",
            Some(Format::Squid),
        ),
        (
            "10.0.0.1 - jo [04/May/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5\n",
            Some(Format::Clf),
        ),
        ("id,date,user,pc,activity\n", Some(Format::Csv)),
        ("name\tvalue\n", Some(Format::Tsv)),
        ("hello world\n", Some(Format::Text)),
        // A broken first line does not decide over the lines behind it.
        (
            "\u{1}ab\u{2}\n<34>Oct 11 22:14:15 host su: x\n<34>Oct 11 22:14:16 host su: x\n",
            Some(Format::Syslog),
        ),
        ("torn\n{\"a\":1}\n{\"a\":2}\n", Some(Format::Json)),
        (
            "id,date,user\n{X1-Y},01/02/2010,a\n{X2-Y},01/02/2010,b\n",
            Some(Format::Csv),
        ),
        (
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>",
            Some(Format::Xml),
        ),
        ("<134>CEF:0|a|b|1|x|y|3|\n", Some(Format::Syslog)),
        ("", None),
        ("\u{1}\0\0\0", None),
    ];
    for (head, wanted) in cases {
        assert_eq!(recognise(head.as_bytes()), *wanted, "{head:?}");
    }
}

#[test]
fn names_of_formats_read_back() {
    for format in Format::ALL {
        assert_eq!(Format::parse(format.as_str()), Some(*format));
    }
}

#[test]
fn utf_16_is_recognised_by_its_mark() {
    for (mark, to_bytes) in [
        (vec![0xff, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]),
        (vec![0xfe, 0xff], u16::to_be_bytes),
    ] {
        let text = "<Events><Event xmlns='x'>";
        let bytes: Vec<u8> = mark
            .into_iter()
            .chain(text.encode_utf16().flat_map(to_bytes))
            .collect();
        assert_eq!(recognise(&bytes), Some(Format::Xml));
    }
}

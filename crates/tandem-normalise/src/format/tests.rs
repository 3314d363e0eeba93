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

use proptest::prelude::*;

use super::super::batch::Gathered;
use super::*;
use crate::delivery::Refused;

/// Cuts a stream that comes in these pieces, and joins all that is gathered.
fn cut(framing: Framing, limit: usize, pieces: &[&[u8]]) -> Gathered {
    let mut framer = Framer::new(framing, limit);
    let mut batch = Batch::default();
    let mut all = Gathered::default();
    let mut join = |batch: &mut Batch| {
        let more = batch.take();
        all.body.extend(more.body);
        all.records += more.records;
        all.refused.extend(more.refused);
    };
    for piece in pieces {
        let mut rest: &[u8] = piece;
        while !rest.is_empty() {
            let used = framer.push(rest, &mut batch);
            rest = &rest[used..];
            if batch.is_full() {
                join(&mut batch);
            }
        }
    }
    framer.end(true, &mut batch);
    join(&mut batch);
    assert_eq!(batch.open(), 0, "nothing is left over");
    all
}

fn auto(stream: &[u8]) -> Gathered {
    cut(Framing::Auto, 1_000, &[stream])
}

fn text(gathered: &Gathered) -> &str {
    std::str::from_utf8(&gathered.body).unwrap()
}

#[test]
fn both_framings_are_told_apart_message_by_message() {
    let got = auto(b"<1>one\n6 <2>two<3>three\n7 <4>four<5>five");
    assert_eq!(text(&got), "<1>one\n<2>two\n<3>three\n<4>four\n<5>five\n");
    assert_eq!(got.records, 5);
    assert!(got.refused.is_empty());
}

#[test]
fn nul_and_carriage_return_end_messages_too_and_blank_ones_are_none() {
    let got = auto(b"<1>one\0<2>two\r\n\n\0\r\n   \n3    <3>three\n\0");
    assert_eq!(text(&got), "<1>one\n<2>two\r\n<3>three\n");
    assert_eq!(got.records, 3);
}

#[test]
fn a_counted_message_stays_one_line_and_loses_one_newline_at_its_end() {
    let got = auto(b"13 <1>a\nb\n\tc\0d\n\n5 <2>x\n5 <2>y\0");
    assert_eq!(text(&got), "<1>a#012b#012\tc\0d#012\n<2>x\n<2>y\n");
}

#[test]
fn a_bad_length_costs_one_line_only() {
    for wrong in [
        "0 <1>x",
        "012 <1>x",
        "999999999 <1>x",
        "18446744073709551616 <1>x",
        "12<1>x",
        "12\t<1>x",
        "2026-05-04T10:00:00Z h a: x",
        "7",
    ] {
        let stream = format!("<1>before\n{wrong}\n8 <1>after");
        let got = auto(stream.as_bytes());
        assert_eq!(text(&got), "<1>before\n<1>after\n", "{wrong}");
        let refused = &got.refused[..];
        assert_eq!(refused.len(), 1, "{wrong}");
        assert_eq!(refused[0].raw, wrong.as_bytes());
        assert!(refused[0].hint.contains("lines"), "{}", refused[0].hint);
    }
    let negative = auto(b"-5 <1>x\n<1>y\n");
    assert_eq!(
        text(&negative),
        "-5 <1>x\n<1>y\n",
        "no digit, so no length: for the parser to refuse"
    );
}

#[test]
fn a_message_that_is_too_long_is_refused_and_the_next_one_arrives() {
    let long = "x".repeat(1_001);
    for stream in [
        format!("<1>{long}\n<2>next\n"),
        format!("1004 <1>{long}8 <2>next!"),
    ] {
        let got = auto(stream.as_bytes());
        assert_eq!(got.records, 1, "{}", text(&got));
        assert!(text(&got).starts_with("<2>next"));
        assert_eq!(got.refused.len(), 1);
        assert_eq!(got.refused[0].bytes, 1_004);
        assert!(got.refused[0].reason.contains("longer than 1000 bytes"));
    }
    let exactly = auto(format!("1000 {}", "y".repeat(1_000)).as_bytes());
    assert_eq!(exactly.records, 1);
    let newlines = auto(format!("400 {}5 <1>ok", "\n".repeat(400)).as_bytes());
    assert_eq!(
        newlines.refused[0].bytes, 400,
        "longer once its newlines are written out"
    );
    assert_eq!(text(&newlines), "<1>ok\n");
}

#[test]
fn of_ten_megabytes_without_a_newline_64_kib_are_kept() {
    let long = vec![b'x'; 10 << 20];
    let got = cut(Framing::Auto, 1 << 20, &[&long, b"\n<1>next\n"]);
    assert_eq!(text(&got), "<1>next\n");
    assert_eq!(got.refused[0].bytes, 10 << 20);
    assert_eq!(got.refused[0].raw.len(), Refused::KEPT);
}

#[test]
fn many_tiny_refused_pieces_fill_a_batch() {
    let mut framer = Framer::new(Framing::Auto, 1_000);
    let mut batch = Batch::default();
    let stream = b"0\n".repeat(10_000);
    let used = framer.push(&stream, &mut batch);
    assert!(batch.is_full() && used < 1_000, "{used}");
    assert_eq!(
        framer.push(&stream[used..], &mut batch),
        0,
        "not before it was taken"
    );
    batch.take();
    assert!(framer.push(&stream[used..], &mut batch) > 0);
}

#[test]
fn a_stream_that_ends_inside_a_message_gives_it_or_says_so() {
    for (stream, whole, record) in [
        ("<1>line", true, true),
        ("<1>line", false, false),
        ("12", true, false),
        ("12 <1>part", true, false),
        ("9999 <1>too long", true, false),
        ("0 bad", true, false),
    ] {
        let mut framer = Framer::new(Framing::Auto, 100);
        let mut batch = Batch::default();
        framer.push(stream.as_bytes(), &mut batch);
        framer.end(whole, &mut batch);
        let got = batch.take();
        assert_eq!(
            (got.records == 1, got.refused.len() == 1),
            (record, !record),
            "{stream}"
        );
        assert!(!framer.is_inside());
    }
}

#[test]
fn a_source_may_insist_on_one_framing() {
    let lines = cut(
        Framing::Lines,
        100,
        &[b"12 monkeys\n2026-05-04T10:00:00Z h a: x\n"],
    );
    assert_eq!(text(&lines), "12 monkeys\n2026-05-04T10:00:00Z h a: x\n");
    let octets = cut(Framing::Octets, 100, &[b"<1>no length\n7 <1>four"]);
    assert_eq!(text(&octets), "<1>four\n");
    assert_eq!(octets.refused[0].raw, b"<1>no length");
}

/// Something that a sender, or nobody in their right mind, would send.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let message = prop::collection::vec(
        prop_oneof![5 => any::<u8>(), 1 => Just(b'\n'), 1 => Just(0), 1 => Just(b' '), 1 => b'0'..=b'9'],
        0..60,
    );
    prop_oneof![
        3 => message.clone().prop_map(|message| [format!("{} ", message.len()).as_bytes(), &message].concat()),
        3 => message.clone().prop_map(|message| [b"<13>", message.as_slice(), b"\n"].concat()),
        1 => message,
        1 => (0_usize..200_000).prop_map(|count| format!("{count} ").into_bytes()),
    ]
}

proptest! {
    #[test]
    fn however_a_stream_is_split_its_records_are_the_same(
        pieces in prop::collection::vec(piece(), 0..20),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        limit in 1_usize..80,
        framing in prop_oneof![Just(Framing::Auto), Just(Framing::Octets), Just(Framing::Lines)],
    ) {
        let stream = pieces.concat();
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        places.extend([0, stream.len()]);
        places.sort_unstable();
        let split: Vec<&[u8]> = places.windows(2).map(|pair| &stream[pair[0]..pair[1]]).collect();
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        let whole = cut(framing, limit, &[&stream]);
        prop_assert_eq!(&cut(framing, limit, &split), &whole);
        prop_assert_eq!(&cut(framing, limit, &bytes), &whole);
    }

    #[test]
    fn what_is_well_framed_comes_out_as_it_went_in(
        messages in prop::collection::vec(("<[0-9]{1,3}>[ -~äöü]{0,80}[!-~]", any::<bool>()), 0..40),
        size in 1_usize..50,
    ) {
        let mut stream = Vec::new();
        let mut wanted = String::new();
        for (message, counted) in &messages {
            if *counted {
                stream.extend(format!("{} {message}", message.len()).bytes());
            } else {
                stream.extend(format!("{message}\n").bytes());
            }
            wanted.push_str(message);
            wanted.push('\n');
        }
        let pieces: Vec<&[u8]> = stream.chunks(size).collect();
        let got = cut(Framing::Auto, 1_000, &pieces);
        prop_assert_eq!(text(&got), wanted);
        prop_assert_eq!(got.records, messages.len() as u64);
        prop_assert!(got.refused.is_empty());
    }
}

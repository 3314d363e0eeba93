use proptest::prelude::*;

use super::*;

/// Reads a stream that comes in these pieces: the commands, the records, how many were refused, and how it broke.
fn read(limit: usize, pieces: &[&[u8]]) -> (Vec<Command>, String, usize, Option<Broken>) {
    let mut reader = Reader::new(limit);
    let mut batch = Batch::default();
    let (mut commands, mut body, mut refused, mut broken) = (Vec::new(), Vec::new(), 0, None);
    'pieces: for piece in pieces {
        let mut rest: &[u8] = piece;
        while !rest.is_empty() {
            match reader.push(rest, &mut batch, &mut commands) {
                Ok(used) => rest = &rest[used..],
                Err(why) => {
                    broken = Some(why);
                    break 'pieces;
                }
            }
            if batch.is_full() {
                let gathered = batch.take();
                body.extend(gathered.body);
                refused += gathered.refused.len();
            }
        }
    }
    let gathered = batch.take();
    body.extend(gathered.body);
    refused += gathered.refused.len();
    (
        commands,
        String::from_utf8_lossy(&body).into_owned(),
        refused,
        broken,
    )
}

#[test]
fn a_session_is_read_command_by_command() {
    let (commands, body, _, broken) = read(
        100,
        &[b"1 open 15 commands=syslog\n2 syslog 6 <1>one\n3 syslog 8 <2>two\n\n\n4 syslog 0\n5 syslog 0 \n6 close 0\n"],
    );
    assert_eq!(broken, None);
    assert_eq!(body, "<1>one\n<2>two#012\n");
    let what: Vec<(u32, What)> = commands
        .into_iter()
        .map(|command| (command.txnr, command.what))
        .collect();
    assert_eq!(
        what,
        [
            (1, What::Open(b"commands=syslog".to_vec())),
            (2, What::Syslog),
            (3, What::Syslog),
            (4, What::Syslog),
            (5, What::Syslog),
            (6, What::Close),
        ]
    );
}

#[test]
fn a_message_that_is_too_long_is_refused_and_answered_like_any_other() {
    let long = "x".repeat(101);
    let (commands, body, refused, broken) = read(
        100,
        &[format!("1 syslog 101 {long}\n2 syslog 6 <1>one\n").as_bytes()],
    );
    assert_eq!(
        (commands.len(), body.as_str(), refused, broken),
        (2, "<1>one\n", 1, None)
    );
}

#[test]
fn a_message_whose_frame_is_not_whole_is_no_record() {
    for (stream, kept) in [
        ("1 syslog 6 <1>one", ""),
        ("1 syslog 5 <1>one\n", ""),
        ("1 syslog 6 <1>one\n2 syslog 9 <1>part", "<1>one\n"),
    ] {
        assert_eq!(read(100, &[stream.as_bytes()]).1, kept, "{stream}");
    }
}

#[test]
fn garbage_and_wrong_numbers_break_the_session() {
    for wrong in [
        "GET / HTTP/1.1\r\n",
        "<13>May  4 10:00:00 h a: x\n",
        "1  open 0\n",
        "1 op3n 0\n",
        "1 open\n",
        "1 open -1 x\n",
        "1 open x\n",
        "1 open 1x\n",
        "1 open 4097 x",
        "1 syslog 999999999 x",
        "1 syslog 1000000000 x",
        "1 syslog 18446744073709551616 x",
        "1 syslog 2 abc\n",
        "1 syslog 3 abc2 syslog",
        "1234567890 open 0\n",
        "1 abcdefghijabcdefghijabcdefghijabc 0\n",
        "\n",
        "\0\0\0",
    ] {
        let (.., broken) = read(100, &[wrong.as_bytes()]);
        assert!(matches!(broken, Some(Broken::Frame(_))), "{wrong:?} {broken:?}");
    }
    for wrong in [
        "0 open 0\n",
        "2 open 0\n",
        "1 open 0\n1 syslog 1 x\n",
        "1 open 0\n3 syslog 1 x\n",
    ] {
        let (_, body, _, broken) = read(100, &[wrong.as_bytes()]);
        assert!(
            matches!(broken, Some(Broken::Number { .. })),
            "{wrong:?} {broken:?}"
        );
        assert_eq!(body, "");
    }
}

#[test]
fn behind_the_last_number_comes_one() {
    let mut reader = Reader::new(100);
    reader.next = LAST;
    let mut heard = Vec::new();
    let stream = b"999999999 syslog 1 x\n1 syslog 1 y\n";
    reader.push(stream, &mut Batch::default(), &mut heard).unwrap();
    assert_eq!(
        heard.iter().map(|command| command.txnr).collect::<Vec<_>>(),
        [LAST, 1]
    );
}

proptest! {
    #[test]
    fn however_a_stream_is_split_its_commands_are_the_same(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..20),
        spoil in prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
        size in 1_usize..40,
        limit in 1_usize..60,
    ) {
        let mut stream = b"1 open 0\n".to_vec();
        for (at, message) in messages.iter().enumerate() {
            stream.extend(format!("{} syslog {}", at + 2, message.len()).bytes());
            if !message.is_empty() {
                stream.push(b' ');
                stream.extend(message);
            }
            stream.push(b'\n');
        }
        if let Some((at, byte)) = spoil {
            let at = at.index(stream.len());
            stream[at] = byte;
        } else {
            let (commands, _, _, broken) = read(limit, &[&stream]);
            prop_assert_eq!(broken, None);
            prop_assert_eq!(commands.len(), messages.len() + 1);
        }
        let pieces: Vec<&[u8]> = stream.chunks(size).collect();
        prop_assert_eq!(read(limit, &pieces), read(limit, &[&stream]));
    }
}

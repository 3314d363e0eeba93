use tandem_sources::{Inlet, inlet};
use tokio::sync::mpsc::Receiver;

use super::*;

fn reader() -> Reader {
    Reader {
        reading: Reading {
            mappings: Arc::new(Mappings::builtin().unwrap()),
            time_zone: "UTC".into(),
            record_bytes: 1 << 20,
            states: Arc::default(),
        },
        streams: HashMap::new(),
        count: 0,
    }
}

struct Way(Inlet, Receiver<Parcel>);

impl Way {
    fn new() -> Self {
        let (inlet, parcels) = inlet(1 << 20);
        Self(inlet, parcels)
    }

    async fn send(&mut self, delivery: Delivery) -> Parcel {
        self.0.send(delivery).await.unwrap();
        self.1.recv().await.unwrap()
    }
}

fn file(at: u64, body: &str, end: bool) -> Delivery {
    Delivery {
        body: body.as_bytes().to_vec(),
        place: Place::File {
            position: Position {
                stream: "f".into(),
                at,
                mark: "m".into(),
            },
            end,
        },
        ..Delivery::new(&"proxy".into(), "/var/log/x.csv")
    }
}

fn events(read: &Read) -> usize {
    read.pieces.iter().map(|piece| piece.batch.len()).sum()
}

const HEADER: &str = "id,date,user,pc,activity\n";
const ROW: &str = "{X1}-1,01/02/2010 06:49:00,DTAA/KEE0997,PC-1758,Logon\n";

#[tokio::test]
async fn a_file_cut_anywhere_gives_the_same_events_as_the_whole_file() {
    let text = format!("{HEADER}{}", ROW.repeat(50));
    let mut way = Way::new();
    let whole = reader().read(way.send(file(0, &text, true)).await);
    assert_eq!(events(&whole), 50);
    for cut in [1, 7, 25, 26, 80, 200] {
        let mut reader = reader();
        let mut found = 0;
        let mut at = 0;
        let pieces: Vec<&[u8]> = text.as_bytes().chunks(cut).collect();
        for (index, piece) in pieces.iter().enumerate() {
            let end = index + 1 == pieces.len();
            let body = std::str::from_utf8(piece).unwrap();
            let read = reader.read(way.send(file(at, body, end)).await);
            at += piece.len() as u64;
            found += events(&read);
            assert!(read.checkpoint.unwrap().offset <= at);
        }
        assert_eq!(found, 50, "cut into pieces of {cut}");
    }
}

#[tokio::test]
async fn what_is_no_whole_record_is_behind_the_checkpoint_and_comes_again_after_a_restart() {
    let mut way = Way::new();
    let mut first = reader();
    let half = format!("{HEADER}{ROW}{ROW}{}", ROW.get(..20).unwrap());
    let read = first.read(way.send(file(0, &half, false)).await);
    assert_eq!(events(&read), 2);
    let checkpoint = read.checkpoint.unwrap();
    assert_eq!(checkpoint.offset as usize, HEADER.len() + 2 * ROW.len());
    assert_eq!(checkpoint.stream_key, "live:proxy:f");
    let kept: Kept = serde_json::from_str(&checkpoint.state_json).unwrap();
    assert_eq!(kept.mark, "m");
    // Another process goes on there, with the header that stood at the beginning.
    let mut second = reader();
    second
        .reading
        .states
        .put(checkpoint.stream_key, kept.reader.unwrap());
    let read = second.read(way.send(file(checkpoint.offset, ROW, true)).await);
    assert_eq!(events(&read), 1);
    let piece = &read.pieces[0];
    assert!(piece.rejects.is_empty(), "{:?}", piece.rejects);
}

#[tokio::test]
async fn a_forgotten_stream_has_no_records_and_what_comes_under_its_name_begins_anew() {
    let mut way = Way::new();
    let mut reader = reader();
    let body = format!("{HEADER}{ROW}");
    assert_eq!(events(&reader.read(way.send(file(0, &body, true)).await)), 1);
    let over = Delivery {
        place: Place::Forgotten("f".into()),
        ..Delivery::new(&"proxy".into(), "/var/log/x.csv")
    };
    let read = reader.read(way.send(over).await);
    assert!(read.pieces.is_empty() && read.checkpoint.is_none());
    assert_eq!(read.forgotten.as_deref(), Some("live:proxy:f"));
    assert!(reader.reading.states.take("live:proxy:f").is_none());
    let read = reader.read(way.send(file(0, &body, false)).await);
    assert_eq!((events(&read), read.forgotten), (1, None));
}

#[tokio::test]
async fn a_source_that_starts_again_before_what_was_read_is_read_again_from_there() {
    let mut way = Way::new();
    let mut reader = reader();
    let body = format!("{HEADER}{ROW}{ROW}");
    let read = reader.read(way.send(file(0, &body, false)).await);
    assert_eq!(events(&read), 2);
    let mut parcel = way.send(file(0, &body, false)).await;
    parcel.start = 7;
    assert_eq!(events(&reader.read(parcel)), 2);
}

#[tokio::test]
async fn what_a_source_could_not_cut_becomes_a_reject_with_its_reason() {
    let mut way = Way::new();
    let mut delivery = Delivery {
        body: b"<34>1 2026-05-04T10:00:00Z host su - ID47 - BOM'su root' failed\n".to_vec(),
        format: Some(Format::Syslog),
        ..Delivery::new(&"syslog".into(), "10.0.0.1")
    };
    let refused = tandem_sources::Refused::new(b"999999999999 x", "a length that is none", "mend the sender");
    delivery.refused.push(refused);
    let read = reader().read(way.send(delivery).await);
    assert_eq!(events(&read), 1);
    let rejects: Vec<_> = read.pieces.iter().flat_map(|piece| &piece.rejects).collect();
    assert_eq!(rejects.len(), 1);
    assert_eq!(
        (rejects[0].reason.as_str(), rejects[0].bytes),
        ("a length that is none", 14)
    );
}

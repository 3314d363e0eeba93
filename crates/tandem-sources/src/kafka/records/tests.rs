use std::io::Write;

use proptest::prelude::*;

use super::*;

const ABORT: i16 = 0;
const COMMIT: i16 = 1;

fn varint(into: &mut Vec<u8>, value: i64) {
    let mut raw = ((value << 1) ^ (value >> 63)) as u64;
    while raw >= 0x80 {
        into.push(raw as u8 | 0x80);
        raw >>= 7;
    }
    into.push(raw as u8);
}

/// A record with a key and two headers, one of them null.
fn record_of(delta: i64, key: &[u8], value: Option<&[u8]>) -> Vec<u8> {
    let mut fields = vec![0];
    varint(&mut fields, 7);
    varint(&mut fields, delta);
    varint(&mut fields, key.len() as i64);
    fields.extend(key);
    match value {
        Some(value) => {
            varint(&mut fields, value.len() as i64);
            fields.extend(value);
        }
        None => varint(&mut fields, -1),
    }
    varint(&mut fields, 2);
    varint(&mut fields, 1);
    fields.extend(b"h");
    varint(&mut fields, -1);
    varint(&mut fields, 1);
    fields.extend(b"i");
    varint(&mut fields, 2);
    fields.extend(b"ok");
    let mut record = Vec::new();
    varint(&mut record, fields.len() as i64);
    record.extend(fields);
    record
}

struct Shape {
    base: i64,
    attributes: i16,
    producer: i64,
    last: i32,
    count: i32,
}

fn frame(shape: &Shape, packed: &[u8]) -> Vec<u8> {
    let mut summed = Vec::new();
    summed.extend(shape.attributes.to_be_bytes());
    summed.extend(shape.last.to_be_bytes());
    summed.extend([0; 16]);
    summed.extend(shape.producer.to_be_bytes());
    summed.extend([0; 6]);
    summed.extend(shape.count.to_be_bytes());
    summed.extend(packed);
    let mut batch = Vec::new();
    batch.extend(shape.base.to_be_bytes());
    batch.extend((summed.len() as i32 + 9).to_be_bytes());
    batch.extend(0_i32.to_be_bytes());
    batch.push(2);
    batch.extend(crc32c::crc32c(&summed).to_be_bytes());
    batch.extend(summed);
    batch
}

/// A batch of values at offsets from `base` on.
fn batch(base: i64, attributes: i16, producer: i64, values: &[&str]) -> Vec<u8> {
    let records: Vec<u8> = values
        .iter()
        .enumerate()
        .flat_map(|(delta, value)| record_of(delta as i64, b"k", Some(value.as_bytes())))
        .collect();
    let shape = Shape {
        base,
        attributes,
        producer,
        last: values.len() as i32 - 1,
        count: values.len() as i32,
    };
    frame(&shape, &pack(attributes, &records))
}

fn pack(attributes: i16, records: &[u8]) -> Vec<u8> {
    match attributes & 7 {
        1 => {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packer.write_all(records).unwrap();
            packer.finish().unwrap()
        }
        2 => {
            // As the Java client frames it, in two blocks.
            let mut packed = b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01".to_vec();
            let (front, back) = records.split_at(records.len() / 2);
            for half in [front, back] {
                let block = snap::raw::Encoder::new().compress_vec(half).unwrap();
                packed.extend((block.len() as u32).to_be_bytes());
                packed.extend(block);
            }
            packed
        }
        3 => {
            let mut packer = lz4_flex::frame::FrameEncoder::new(Vec::new());
            packer.write_all(records).unwrap();
            packer.finish().unwrap()
        }
        4 => zstd::stream::encode_all(records, 1).unwrap(),
        _ => records.to_vec(),
    }
}

fn control(base: i64, producer: i64, kind: i16) -> Vec<u8> {
    let mut key = 0_i16.to_be_bytes().to_vec();
    key.extend(kind.to_be_bytes());
    let shape = Shape {
        base,
        attributes: TRANSACTIONAL | CONTROL,
        producer,
        last: 0,
        count: 1,
    };
    frame(&shape, &record_of(0, &key, Some(b"\0\0\0\0\0\0")))
}

fn all(set: &[u8], from: i64, aborted: &[(i64, i64)]) -> (Vec<String>, Vec<String>, Cut) {
    let (mut values, mut refused) = (Vec::new(), Vec::new());
    let cut = cut(set, from, aborted, |found| match found {
        Found::Value(value, next) => values.push(format!("{}@{}", String::from_utf8_lossy(value), next - 1)),
        Found::Refused(one, next) => refused.push(format!("{} ..{next}", one.reason)),
    });
    (values, refused, cut)
}

#[test]
fn records_of_every_compression_are_read_from_the_offset_asked_for() {
    for compression in 0..=4 {
        let mut set = batch(10, compression, -1, &["a", "b", "c"]);
        set.extend(batch(20, compression, -1, &["d"]));
        let (values, refused, cut) = all(&set, 11, &[]);
        assert_eq!(values, ["b@11", "c@12", "d@20"], "compression {compression}");
        assert!(refused.is_empty());
        assert_eq!(
            cut,
            Cut {
                next: 21,
                short: false
            }
        );
    }
}

#[test]
fn what_was_given_up_and_the_broker_s_own_marks_are_passed_over() {
    let transaction = |base, producer, value| batch(base, TRANSACTIONAL, producer, &[value]);
    let set = [
        transaction(0, 7, "given up"),
        transaction(1, 8, "committed"),
        control(2, 7, ABORT),
        transaction(3, 7, "later"),
        control(4, 8, COMMIT),
        control(5, 7, COMMIT),
    ]
    .concat();
    let (values, refused, cut) = all(&set, 0, &[(7, 0)]);
    assert_eq!(values, ["committed@1", "later@3"]);
    assert!(refused.is_empty());
    assert_eq!(cut.next, 6, "reading goes on behind the marks");
}

#[test]
fn a_batch_that_is_cut_off_waits_for_the_next_fetch() {
    let mut set = batch(0, 0, -1, &["a"]);
    let next = batch(1, 0, -1, &["b"]);
    set.extend(&next[..next.len() - 1]);
    assert_eq!(
        all(&set, 0, &[]).2,
        Cut {
            next: 1,
            short: false
        }
    );
    assert_eq!(all(&next[..20], 1, &[]).2, Cut { next: 1, short: true });
    assert_eq!(
        all(&[], 1, &[]).2,
        Cut {
            next: 1,
            short: false
        }
    );
}

#[test]
fn a_broken_batch_is_refused_and_what_follows_is_read() {
    let sound = batch(9, 0, -1, &["sound"]);
    let mut sum = batch(0, 0, -1, &["x", "y"]);
    *sum.last_mut().unwrap() ^= 1;
    let shape = |attributes, count| Shape {
        base: 0,
        attributes,
        producer: -1,
        last: 1,
        count,
    };
    let old = {
        let mut old = frame(&shape(0, 1), b"");
        old[16] = 1;
        old
    };
    for (why, broken) in [
        ("checksum", sum),
        ("version 1", old),
        ("compression 7", frame(&shape(7, 1), b"x")),
        ("cannot be unpacked", frame(&shape(1, 1), b"no gzip")),
        ("cannot be unpacked", frame(&shape(2, 1), b"\xff\xff\xff")),
        ("cannot be unpacked", frame(&shape(3, 1), b"no lz4")),
        ("cannot be unpacked", frame(&shape(4, 1), b"no zstd")),
        ("broken", frame(&shape(0, i32::MAX), &record_of(0, b"", None))),
        ("negative", frame(&shape(0, 1), &[1])),
        ("too early", {
            let mut short = 5_i64.to_be_bytes().to_vec();
            short.extend(6_i32.to_be_bytes());
            short.extend([0, 0, 0, 0, 2, 0]);
            short
        }),
    ] {
        let (values, refused, cut) = all(&[broken, sound.clone()].concat(), 0, &[]);
        assert_eq!(values, ["sound@9"], "{why}");
        assert_eq!(refused.len(), 1, "{why}");
        assert!(refused[0].contains(why), "{why}: {refused:?}");
        assert_eq!(cut.next, 10);
    }
}

#[test]
fn a_batch_that_unpacks_to_too_much_is_refused() {
    let zeros = vec![0; crate::kafka::unpack::LARGEST + 1];
    for compression in [1, 3, 4] {
        let shape = Shape {
            base: 0,
            attributes: compression,
            producer: -1,
            last: 0,
            count: 1,
        };
        let (_, refused, cut) = all(&frame(&shape, &pack(compression, &zeros)), 0, &[]);
        assert!(refused[0].contains("64 MiB"), "{refused:?}");
        assert_eq!(cut.next, 1);
    }
}

proptest! {
    #[test]
    fn no_bytes_do_harm(mut set in prop::collection::vec(any::<u8>(), 0..300), places in prop::collection::vec((0..200_usize, any::<u8>()), 0..6)) {
        all(&set, 0, &[(1, 0)]);
        let mut sound = batch(0, 1, 1, &["a", "b"]);
        for (at, byte) in places {
            if let Some(place) = sound.get_mut(at) {
                *place = byte;
            }
        }
        set.extend(sound);
        all(&set, 0, &[]);
        let _ = crate::kafka::messages::fetch(10, &mut Reader::new(&set));
        let _ = crate::kafka::messages::metadata(&mut Reader::new(&set));
        let _ = crate::kafka::messages::offset(2, &mut Reader::new(&set));
    }
}

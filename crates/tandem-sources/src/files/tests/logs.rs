//! Windows event logs.

use super::*;

const CHUNK: usize = 65_536;

/// A chunk as Windows lays it out, as far as the follower looks: numbers, free space, checksum, the first record's head.
fn chunk(first: u64, last: u64, salt: u8) -> Vec<u8> {
    let mut bytes = vec![0; CHUNK];
    bytes[..8].copy_from_slice(b"ElfChnk\0");
    for (at, number) in [(8, first), (16, last), (24, first), (32, last)] {
        bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
    }
    let free = 512 + (last - first + 1) as usize * 100;
    bytes[40..44].copy_from_slice(&128_u32.to_le_bytes());
    bytes[48..52].copy_from_slice(&(free as u32).to_le_bytes());
    for (index, number) in (first..=last).enumerate() {
        let at = 512 + index * 100;
        bytes[at..at + 4].copy_from_slice(&[0x2a, 0x2a, 0, 0]);
        bytes[at + 8..at + 16].copy_from_slice(&number.to_le_bytes());
        bytes[at + 16] = salt;
    }
    let sum = crc32fast::hash(&bytes[512..free]);
    bytes[52..56].copy_from_slice(&sum.to_le_bytes());
    bytes
}

fn put(desk: &mut Desk, name: &str, chunks: &[Vec<u8>]) {
    let mut bytes = b"ElfFile\0".to_vec();
    bytes.resize(4_096, 0);
    for chunk in chunks {
        bytes.extend_from_slice(chunk);
    }
    // In place, as the event log service writes.
    let path = desk.path(name);
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .unwrap();
    file.write_all(&bytes).unwrap();
    desk.touch(&file);
}

/// First and last number of each chunk handed on.
fn came(desk: &Desk) -> Vec<(u64, u64)> {
    let number =
        |body: &[u8], at: usize| u64::from_le_bytes(body[4_096 + at..4_096 + at + 8].try_into().unwrap());
    let chunks = desk.kept.chunks.iter();
    chunks
        .map(|body| {
            assert!(body.starts_with(b"ElfFile\0") && body.len() == 4_096 + CHUNK);
            (number(body, 24), number(body, 32))
        })
        .collect()
}

#[test]
fn chunks_are_handed_on_once_and_the_one_being_written_when_it_grew() {
    let mut desk = Desk::new();
    let empty = vec![0; CHUNK];
    put(
        &mut desk,
        "f.evtx",
        &[chunk(1, 100, 1), chunk(101, 150, 1), empty.clone()],
    );
    desk.look();
    desk.rest();
    assert_eq!(came(&desk), [(1, 100), (101, 150)]);
    put(
        &mut desk,
        "f.evtx",
        &[chunk(1, 100, 1), chunk(101, 180, 1), empty],
    );
    desk.rest();
    put(
        &mut desk,
        "f.evtx",
        &[chunk(1, 100, 1), chunk(101, 200, 1), chunk(201, 201, 1)],
    );
    desk.rest();
    desk.restart();
    desk.rest();
    assert_eq!(came(&desk)[2..], [(101, 180), (101, 200), (201, 201)]);
    assert_eq!(desk.kept.positions.len(), 1);
    assert_eq!(desk.kept.positions.values().next().unwrap().at, 201);
}

#[test]
fn the_oldest_chunk_written_over_is_new() {
    let mut desk = Desk::new();
    put(&mut desk, "f.evtx", &[chunk(1, 100, 1), chunk(101, 200, 1)]);
    desk.rest();
    put(&mut desk, "f.evtx", &[chunk(201, 300, 1), chunk(101, 200, 1)]);
    desk.rest();
    assert_eq!(came(&desk), [(1, 100), (101, 200), (201, 300)]);
    // More than once around while nobody looked.
    put(&mut desk, "f.evtx", &[chunk(501, 600, 1), chunk(401, 500, 1)]);
    desk.restart();
    desk.rest();
    assert_eq!(came(&desk)[3..], [(401, 500), (501, 600)]);
    assert!(
        desk.trouble()
            .iter()
            .any(|what| what.contains("records 301 to 400 were written over"))
    );
}

#[test]
fn a_log_that_was_cleared_begins_anew() {
    let mut desk = Desk::new();
    put(&mut desk, "f.evtx", &[chunk(1, 100, 1), chunk(101, 200, 1)]);
    desk.rest();
    put(&mut desk, "f.evtx", &[chunk(1, 50, 2), vec![0; CHUNK]]);
    desk.rest();
    // Cleared again, and beyond where it was, before anybody looked.
    put(&mut desk, "f.evtx", &[chunk(1, 90, 3), chunk(91, 180, 3)]);
    desk.restart();
    desk.rest();
    assert_eq!(came(&desk), [(1, 100), (101, 200), (1, 50), (1, 90), (91, 180)]);
}

#[test]
fn a_log_replaced_by_a_newer_copy_goes_on_and_one_renamed_is_not_read_again() {
    let mut desk = Desk::new();
    put(&mut desk, "f.evtx", &[chunk(1, 100, 1)]);
    desk.rest();
    put(&mut desk, "f.tmp", &[chunk(1, 100, 1), chunk(101, 120, 1)]);
    desk.rename("f.tmp", "f.evtx");
    desk.rest();
    assert_eq!(came(&desk), [(1, 100), (101, 120)]);
    desk.rename("f.evtx", "Archive-f.evtx");
    put(&mut desk, "f.evtx", &[chunk(121, 130, 1)]);
    desk.rest();
    desk.restart();
    desk.rest();
    assert_eq!(came(&desk)[2..], [(121, 130)]);
}

#[test]
fn a_chunk_half_written_is_waited_for_and_a_damaged_one_is_refused_once() {
    let mut desk = Desk::new();
    let mut half = chunk(101, 200, 1);
    half[512 + 60 * 100..].fill(0);
    put(&mut desk, "f.evtx", &[chunk(1, 100, 1), half.clone()]);
    desk.look();
    assert_eq!(came(&desk), [(1, 100)]);
    put(
        &mut desk,
        "f.evtx",
        &[chunk(1, 100, 1), chunk(101, 200, 1), vec![7; CHUNK]],
    );
    desk.look();
    desk.rest();
    assert_eq!(came(&desk), [(1, 100), (101, 200)]);
    assert_eq!(desk.kept.refused, 1);
    put(
        &mut desk,
        "f.evtx",
        &[
            chunk(1, 100, 1),
            chunk(101, 200, 1),
            vec![7; CHUNK],
            chunk(201, 210, 1),
        ],
    );
    desk.rest();
    assert_eq!(came(&desk)[2..], [(201, 210)]);
    assert_eq!(desk.kept.refused, 1);
}

#[test]
fn from_the_end_a_log_begins_behind_its_last_record() {
    let mut desk = Desk::with(|settings| settings.start = Start::End);
    put(&mut desk, "f.evtx", &[chunk(1, 100, 1), chunk(101, 150, 1)]);
    desk.rest();
    assert!(came(&desk).is_empty());
    desk.restart();
    put(&mut desk, "f.evtx", &[chunk(1, 100, 1), chunk(101, 151, 1)]);
    desk.rest();
    assert_eq!(came(&desk), [(101, 151)]);
}

#[test]
fn hostile_logs_break_nothing() {
    let mut desk = Desk::new();
    let mut backwards = chunk(5, 5, 1);
    backwards[24..32].fill(0xff);
    let mut endless = chunk(1, 5, 1);
    endless[32..40].fill(0xff);
    let mut free = chunk(1, 5, 1);
    free[48..52].fill(0xff);
    put(
        &mut desk,
        "a.evtx",
        &[backwards, endless, free, chunk(1, 5, 1)[..600].to_vec()],
    );
    put(&mut desk, "b.evtx", &[]);
    desk.append("c.evtx", "ElfFile\0");
    desk.append("d.log", "fine\n");
    desk.rest();
    assert_eq!(desk.kept.texts(), ["fine"]);
    assert_eq!(desk.kept.refused, 1);
}

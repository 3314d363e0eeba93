#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io::{Cursor, Read, Write};

use tandem_collect::{Encoding, Input, InputError, Pieces, decode_body, expand, open, stream_id};

const TEXT: &[u8] = b"first line\nsecond line\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn read_all(input: &Input) -> Vec<u8> {
    let mut bytes = Vec::new();
    open(input).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn names(paths: &[std::path::PathBuf]) -> Vec<String> {
    paths.iter().map(|p| p.display().to_string()).collect()
}

#[test]
fn every_compression_reads_the_same() {
    let dir = tempfile::tempdir().unwrap();
    // Two gzip members one after the other are one stream, as `cat a.gz b.gz` makes them.
    let two = [gzip(TEXT), gzip(TEXT)].concat();
    let stored = [
        ("a.log", TEXT.to_vec()),
        ("b.log.gz", gzip(TEXT)),
        ("c.log.zst", zstd::encode_all(TEXT, 1).unwrap()),
        ("d.log.xz", xz(TEXT)),
        ("e.zip", zip_of(&[("in/e.log", TEXT)])),
    ];
    for (name, bytes) in &stored {
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    let inputs = expand(&names(&[dir.path().to_owned()])).unwrap();
    let found: Vec<_> = inputs.iter().map(Input::file_name).collect();
    assert_eq!(found, ["a.log", "b.log", "c.log", "d.log", "e.log"]);
    for input in &inputs {
        assert_eq!(read_all(input), TEXT, "{input:?}");
    }
    assert_eq!(
        decode_body(two, Encoding::Gzip, 1_000).unwrap(),
        [TEXT, TEXT].concat()
    );
}

#[test]
fn a_body_that_unpacks_too_large_is_refused() {
    let bomb = gzip(&vec![b'a'; 100_000]);
    let error = decode_body(bomb, Encoding::Gzip, 1_000).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::FileTooLarge);
}

#[test]
fn daily_files_of_many_sources_come_day_by_day() {
    let dir = tempfile::tempdir().unwrap();
    for (folder, file) in [
        ("proxy", "2026-05-05.log"),
        ("proxy", "2026-05-04.log"),
        ("mail", "2026-05-05.json"),
    ] {
        std::fs::create_dir_all(dir.path().join(folder)).unwrap();
        std::fs::write(dir.path().join(folder).join(file), TEXT).unwrap();
    }
    std::fs::write(dir.path().join(".hidden"), TEXT).unwrap();
    let found: Vec<_> = expand(&names(&[dir.path().to_owned()]))
        .unwrap()
        .iter()
        .map(|i| format!("{}/{}", i.folder_name().unwrap(), i.file_name()))
        .collect();
    assert_eq!(
        found,
        [
            "proxy/2026-05-04.log",
            "mail/2026-05-05.json",
            "proxy/2026-05-05.log"
        ]
    );
}

#[test]
fn a_name_that_leads_nowhere_is_an_error_and_a_pattern_works() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.json"), TEXT).unwrap();
    assert!(matches!(
        expand(&names(&[dir.path().join("none.json")])),
        Err(InputError::Nothing(_))
    ));
    assert_eq!(expand(&names(&[dir.path().join("*.json")])).unwrap().len(), 1);
    assert!(matches!(
        expand(&names(&[dir.path().join("***[")])),
        Err(InputError::Pattern { .. })
    ));
}

#[test]
fn a_copy_has_the_same_content_mark_and_another_file_has_not() {
    let dir = tempfile::tempdir().unwrap();
    let big = vec![b'x'; 300_000];
    let mut other = big.clone();
    *other.last_mut().unwrap() = b'y';
    for (name, bytes) in [("a", &big), ("b", &big), ("c", &other)] {
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    let marks: Vec<_> = expand(&names(&[dir.path().to_owned()]))
        .unwrap()
        .iter()
        .map(|i| i.content_mark().unwrap())
        .collect();
    assert_eq!(marks[0], marks[1]);
    assert_ne!(marks[0], marks[2]);
}

#[test]
fn reading_goes_on_where_it_stopped() {
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let mut pieces = Pieces::new(Box::new(Cursor::new(bytes.clone())));
    assert!(pieces.skip_to(1_234_567).unwrap());
    let mut rest = Vec::new();
    loop {
        let step = pieces.bytes().len().min(70_000);
        rest.extend_from_slice(&pieces.bytes()[..step]);
        pieces.consume(step);
        if pieces.bytes().is_empty() && pieces.fill().unwrap() == 0 {
            break;
        }
    }
    assert_eq!(rest, bytes[1_234_567..]);
    assert_eq!(pieces.offset(), bytes.len() as u64);
    let mut short = Pieces::new(Box::new(Cursor::new(vec![1, 2, 3])));
    assert!(!short.skip_to(4).unwrap());
}

#[test]
fn a_stream_is_known_by_its_first_line() {
    assert_eq!(stream_id(b"abc\nrest"), stream_id(b"abc\nother rest"));
    assert_ne!(stream_id(b"abc\n"), stream_id(b"abd\n"));
}

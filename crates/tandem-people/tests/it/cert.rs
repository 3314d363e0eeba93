use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tandem_domain::Day;
use tandem_people::{ChangeKind, Directory, Home, PeopleFormat, Record, parse, recognise_people};

/// The folder of monthly tables, unpacked once; `None` and a loud word if there is no such data here.
fn ldap_folder() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOLDER.get_or_init(unpack).as_deref()
}

fn unpack() -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data =
        std::env::var_os("TANDEM_DATA").map_or_else(|| workspace.join("../shared/data"), PathBuf::from);
    let pack = data.join("cert_r4.2_org_and_head_logs.tar.xz");
    if !pack.exists() {
        println!("skipped: no {}", pack.display());
        return None;
    }
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("people-pack");
    std::fs::create_dir_all(&target).unwrap();
    let status = Command::new("tar")
        .arg("-xJf")
        .arg(&pack)
        .arg("-C")
        .arg(&target)
        .status()
        .unwrap();
    assert!(status.success(), "tar could not unpack {}", pack.display());
    find(&target, "LDAP")
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.is_dir())
        .find_map(|path| {
            if path.file_name().is_some_and(|n| n == name) {
                Some(path)
            } else {
                find(&path, name)
            }
        })
}

fn directory(folder: &Path) -> Directory {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|e| e.path())
        .collect();
    files.sort();
    assert_eq!(files.len(), 18);
    let mut records: Vec<Record> = Vec::new();
    for file in files {
        let (name, bytes) = (file.to_string_lossy().into_owned(), std::fs::read(&file).unwrap());
        assert_eq!(
            recognise_people(bytes.get(..512).unwrap_or(&bytes), &name),
            Some(PeopleFormat::CertLdapCsv)
        );
        let parsed = parse(PeopleFormat::CertLdapCsv, &name, &bytes, Day(0));
        assert_eq!(parsed.rejects, []);
        records.extend(parsed.records);
    }
    Directory::new(Home::default(), records)
}

#[test]
fn departures_are_known_when_the_month_is_over_and_never_before() {
    let Some(folder) = ldap_folder() else { return };
    let directory = directory(folder);
    let start = Day::parse("2010-01-01").unwrap();
    assert_eq!(directory.first_day(), Some(start));

    let mut cursor = directory.cursor();
    assert!(cursor.advance(start).is_empty());
    assert_eq!(cursor.view().employed().count(), 1_000);
    let (mut left, mut joined) = (0, 0);
    for day in (start.0 + 1)..=Day::parse("2011-06-01").unwrap().0 {
        for change in cursor.advance(Day(day)) {
            assert!(
                Day(day).to_string().ends_with("-01"),
                "nothing can become known inside a month"
            );
            left += usize::from(change.kind == ChangeKind::Left);
            joined += usize::from(change.kind == ChangeKind::Joined);
        }
    }
    assert_eq!(
        (left, joined),
        (155, 0),
        "the listings name 155 leavers and no joiner"
    );
    assert_eq!(cursor.view().employed().count(), 845);
}

#[test]
fn supervisors_and_peers_are_found() {
    let Some(folder) = ldap_folder() else { return };
    let view = directory(folder).as_of(Day::parse("2010-06-15").unwrap());
    let managed = view.people().iter().filter(|p| view.manager(p).is_some()).count();
    assert!(
        managed > 950,
        "{managed} of {} have a known manager",
        view.people().len()
    );
    let with_peers = view
        .employed()
        .filter(|p| view.peers(p, 10).members.len() >= 10)
        .count();
    assert_eq!(with_peers, view.employed().count());
}

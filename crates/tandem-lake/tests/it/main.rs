//! The lake's behaviour as the rest of Tandem sees it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod compact;
mod count;
mod damage;
mod fixture;
mod lookup;
mod prune;
mod refuse;
mod roundtrip;
mod sql;
mod storage;
mod withdraw;

#[test]
fn no_test_file_is_forgotten() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let this = include_str!("main.rs");
    for file in std::fs::read_dir(here).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let module = name.trim_end_matches(".rs");
        assert!(
            module == "main" || this.contains(&format!("mod {module};")),
            "{name} is not compiled"
        );
    }
}

//! Rebuilds when the console was rebuilt, where the console is put into the program.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Without optimising, the files are read when they are asked for: nothing that depends on this crate is built anew for them.
    if std::env::var_os("PROFILE").is_some_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../../console/dist");
    }
}

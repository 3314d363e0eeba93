//! Rebuilds when the console was rebuilt, where the console is put into the program.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("PROFILE").is_some_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../../console/dist");
        return;
    }
    // Without optimising, the files are read when they are asked for: nothing that depends on this crate is built anew for
    // them. Where they will be is found out now, so the folder has to be there even if the console is built later.
    if let Err(error) = std::fs::create_dir_all("../../console/dist") {
        println!("cargo:warning=cannot make console/dist, so the console will not be served: {error}");
    }
}

//! Rebuilds when the console was rebuilt.

fn main() {
    println!("cargo:rerun-if-changed=../../console/dist");
}

//! The front door for everyday work. Standard library only, so that it answers within a second of a fresh clone.

mod bench;
mod built;
mod codegen;
mod console;
mod demo;
mod e2e;
mod peers;
mod setup;
mod sh;
mod stamp;
mod test;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  demo      set up what is missing, build, simulate a company, run the pipeline, serve it
            (--fresh starts over; --port N; --people N, --days N, --seed N for another company)
  test      set up what is missing and run every check (what continuous integration runs)
            (--skip-e2e leaves the browser out; --skip-console leaves the whole console out; --skip-rust leaves Rust's
            tests out; --skip-fuzz leaves the fuzzer out)
  tidy      check the rules of the house: layers, file sizes, purity, forgotten tests
  codegen   write api/openapi.json and the console's types (--check only compares)
  bench     cargo xtask bench NAME: pipeline | behaviour | behaviour-peers | rules | live | scenarios; prints a table, writes
            target/bench/NAME.json (behaviour: --data PATH, --set NAME, --seeds N,N, --leaks, --docs writes docs/benchmarks.md)
  ci        the same as test";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    let outcome = match args.first().map(String::as_str) {
        Some("demo") => demo::run(rest),
        Some("test" | "ci") => test::run(rest),
        Some("tidy") => tidy::run(),
        Some("codegen") => codegen::run(rest),
        Some("bench") => bench::run(rest),
        Some("help" | "--help" | "-h") | None => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => Err(format!("unknown command `{other}`\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Reads `--name VALUE` from the arguments.
fn option<'a>(args: &'a [String], name: &str) -> Option<&'a str> {
    let at = args.iter().position(|arg| arg == name)?;
    args.get(at + 1).map(String::as_str)
}

/// True if `--name` is among the arguments.
fn flag(args: &[String], name: &str) -> bool {
    args.iter().any(|arg| arg == name)
}

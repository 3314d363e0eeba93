//! Writes a simulated company: `simulate OUT [PEOPLE] [DAYS] [SEED]`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use tandem_sim::{Plan, simulate};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let Some(out) = args.next().map(PathBuf::from) else {
        eprintln!("usage: simulate OUT [PEOPLE] [DAYS] [SEED]");
        return ExitCode::from(2);
    };
    let mut number = |default: u64| args.next().and_then(|a| a.parse().ok()).unwrap_or(default);
    let plan = Plan::new(number(300) as u32, number(120) as u32, number(7));
    let begun = Instant::now();
    match simulate(&plan, &out, &mut |p| {
        eprint!("\r{} {}/{} days, {} lines", p.day, p.done, p.total, p.lines);
    }) {
        Ok(summary) => {
            eprintln!(
                "\n{:.1} s, {} lines, {:.0} MB",
                begun.elapsed().as_secs_f64(),
                summary.lines,
                summary.bytes as f64 / 1e6
            );
            println!("{summary:#?}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("\n{error}");
            ExitCode::FAILURE
        }
    }
}

//! `tandem-bench`: programs that print figures. Tables go to stdout, words about progress to stderr, and each program writes
//! its figures as one flat JSON object.

mod behaviour;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Prints figures: how well the baselines find, how fast the pipeline runs.
#[derive(Debug, Parser)]
#[command(name = "tandem-bench", version)]
struct Args {
    #[command(subcommand)]
    program: Program,
}

#[derive(Debug, Subcommand)]
enum Program {
    /// Behaviour analytics at a daily budget of alerts, on the hybrid CERT sets.
    Behaviour(behaviour::Args),
}

fn main() -> ExitCode {
    let outcome = match Args::parse().program {
        Program::Behaviour(args) => behaviour::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

//! `tandem-bench`: programs that print figures. Tables go to stdout, words about progress to stderr, and each program writes
//! its figures as one flat JSON object.

mod again;
mod behaviour;
#[cfg(feature = "rules")]
mod clock;
#[cfg(feature = "rules")]
mod company;
#[cfg(feature = "whole")]
mod live;
#[cfg(feature = "whole")]
mod pipeline;
mod place;
#[cfg(feature = "rules")]
mod reading;
#[cfg(feature = "rules")]
mod rules;
#[cfg(feature = "whole")]
mod scenarios;
#[cfg(feature = "rules")]
mod sigma;
mod size;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The same as Tandem's own, so that memory is measured as it is.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

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
    /// A steady rate from senders of syslog and HTTP for minutes, then the same while Tandem is killed: lost, doubled, cost.
    #[cfg(feature = "whole")]
    Live(live::Args),
    /// Throughput, memory, size and answering times of the pipeline.
    #[cfg(feature = "whole")]
    Pipeline(pipeline::Args),
    /// Rules per second, beside the strongest open engine.
    #[cfg(feature = "rules")]
    Rules(rules::Args),
    /// Planted stories of simulated companies through the whole pipeline: found in time, innocents flagged.
    #[cfg(feature = "whole")]
    Scenarios(scenarios::Args),
}

fn main() -> ExitCode {
    let outcome = match Args::parse().program {
        Program::Behaviour(args) => behaviour::run(&args),
        #[cfg(feature = "whole")]
        Program::Live(args) => live::run(&args),
        #[cfg(feature = "whole")]
        Program::Pipeline(args) => pipeline::run(&args),
        #[cfg(feature = "rules")]
        Program::Rules(args) => rules::run(&args),
        #[cfg(feature = "whole")]
        Program::Scenarios(args) => scenarios::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

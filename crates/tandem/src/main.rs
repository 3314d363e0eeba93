//! Tandem's one binary: its commands.

mod args;
mod commands;
mod output;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::args::Cli;

/// Reading fills and empties large buffers on several threads; the system's allocator kept what each of them had freed, and
/// memory grew with the length of the input. How long this one keeps freed pages is set in `.cargo/config.toml`.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    log(cli.verbose);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            // Wrong settings or names are the caller's to mend.
            let callers = error
                .downcast_ref::<tandem_server::config::ConfigError>()
                .is_some();
            if callers {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// Words go to standard error; `TANDEM_LOG` takes a filter such as `tandem_server=debug`.
fn log(verbose: u8) {
    let default = match verbose {
        0 => "warn",
        1 => "info,datafusion=warn,sqlx=warn",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_env("TANDEM_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

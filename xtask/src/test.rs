//! `cargo xtask test`: everything that must hold, with a count and where the time went.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::Instant;

use crate::setup::{Need, ensure};
use crate::sh::{Outcome, all_lines, cargo, each_line, quiet};
use crate::{built, codegen, console, e2e, flag, peers, tidy};

#[derive(Debug, Default)]
struct Report {
    passed: u64,
    failed: u64,
    skipped: Vec<String>,
    times: Vec<(String, f64)>,
    errors: Vec<String>,
}

impl Report {
    /// Runs one step; a failed step is one failure and the next steps still run.
    fn step(&mut self, name: &str, body: impl FnOnce(&mut Self) -> Outcome) {
        let started = Instant::now();
        eprintln!("▸ {name}");
        let outcome = body(self);
        self.note(name, started.elapsed().as_secs_f64(), outcome);
    }

    fn note(&mut self, name: &str, seconds: f64, outcome: Outcome) {
        self.times.push((name.to_owned(), seconds));
        match outcome {
            Ok(()) => self.passed += 1,
            Err(error) => {
                eprintln!("✗ {name}: {error}");
                self.failed += 1;
                self.errors
                    .push(format!("{name}: {}", error.lines().next().unwrap_or_default()));
            }
        }
    }

    fn print(&self) {
        eprintln!("\nwhere the time went");
        for (name, seconds) in &self.times {
            eprintln!("  {seconds:>7.1} s  {name}");
        }
        for line in &self.skipped {
            eprintln!("  {line}");
        }
        for error in &self.errors {
            eprintln!("  ✗ {error}");
        }
        println!("{} passed, {} failed", self.passed, self.failed);
    }
}

/// Runs everything and prints the count last.
pub fn run(args: &[String]) -> Outcome {
    let started = Instant::now();
    let has_console = console::exists();
    let with_console = has_console && !flag(args, "--skip-console");
    let with_browser = with_console && !flag(args, "--skip-e2e");
    let mut needs = vec![Need::Cc, Need::Postgres, Need::Python, Need::Senders];
    if with_console {
        needs.push(Need::Node);
    }
    if with_browser {
        needs.push(Need::Chromium);
    }
    ensure(&needs)?;

    let mut report = Report::default();
    if !has_console {
        report.skipped.push(
            "skipped: the console's checks and the browser tests; there is no console/package.json".into(),
        );
    }
    // The console's checks wait for the network and node, the compiler for the processor: side by side.
    let (sender, receiver) = mpsc::channel();
    let side = with_console.then(|| {
        std::thread::spawn(move || {
            for (name, body) in console_steps() {
                let started = Instant::now();
                let outcome = body();
                let _ = sender.send((name, started.elapsed().as_secs_f64(), outcome));
            }
        })
    });
    report.step("format", |_| {
        quiet(cargo().args(["fmt", "--all", "--check"])).map(drop)
    });
    report.step("tidy", |_| tidy::run());
    report.step("build with clippy's lints", |_| built::everything());
    if let Some(side) = side {
        let _ = side.join();
        for (name, seconds, outcome) in receiver {
            report.note(name, seconds, outcome);
        }
    }
    if !flag(args, "--skip-rust") {
        report.step("tests", |report| {
            // Without node the provider's tests say that they skipped.
            let provider = with_console.then(peers::openid_provider).transpose()?;
            cargo_tests(report, provider, &peers::synapse()?)
        });
    }
    report.step("API drift", |_| codegen::check_or_write(true, with_console));
    if with_browser {
        report.step("end to end", browser_tests);
    }
    if !flag(args, "--skip-fuzz") {
        report.step("API fuzz", fuzz_tests);
    }
    report
        .times
        .push(("all together".into(), started.elapsed().as_secs_f64()));
    report.print();
    if report.failed == 0 {
        Ok(())
    } else {
        Err("not everything holds".into())
    }
}

type NamedStep = (&'static str, fn() -> Outcome);

fn console_steps() -> Vec<NamedStep> {
    fn npm(script: &str) -> Outcome {
        quiet(&mut console::npm(&["run", "--silent", script])).map(drop)
    }
    vec![
        ("console: install", console::install),
        ("console: lint", || npm("lint")),
        ("console: types", || npm("types")),
        ("console: unit tests", || npm("test")),
        ("console: build", console::build),
        ("Python: homeserver", || peers::synapse().map(drop)),
        ("Python: fuzzer", || peers::schemathesis().map(drop)),
        ("Python: senders", || peers::senders().map(drop)),
    ]
}

/// Tests that push whole companies through the pipeline, each on one processor for minutes: beside all others.
const COMPANIES: &str = "scenarios::tests";

/// How many tests run at a time: most of them wait for servers, senders and clocks, not for a processor.
fn at_a_time() -> String {
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    (processors * 2).to_string()
}

/// What runs of `cargo test` said.
#[derive(Debug, Default)]
struct Said {
    passed: u64,
    failed: u64,
    skipped: Vec<String>,
}

impl Said {
    fn hear(&mut self, line: &str) {
        if let Some(rest) = line.trim().strip_prefix("test result: ") {
            self.passed += number_before(rest, " passed");
            self.failed += number_before(rest, " failed");
        }
        if line.trim_start().starts_with("skipped:") {
            self.skipped.push(line.trim().to_owned());
        }
    }
}

fn cargo_tests(report: &mut Report, provider: Option<PathBuf>, synapse: &Path) -> Outcome {
    let (senders, syslog_ng) = (peers::senders()?, peers::syslog_ng()?);
    let run = |targets: &[&str], tests: &[&str]| -> Outcome<Command> {
        let mut command = built::linted()?;
        command
            .arg("--no-fail-fast")
            .args(targets)
            .args(["--", "--show-output"])
            .args(tests)
            .env("TANDEM_REQUIRE_POSTGRES", "1")
            .env("TANDEM_SYNAPSE_PYTHON", synapse)
            .env("TANDEM_REQUIRE_SENDERS", "1")
            .env("TANDEM_SENDERS_PYTHON", &senders)
            .env("TANDEM_SYSLOG_NG", &syslog_ng)
            .env("INSTA_UPDATE", "no");
        if let Some(provider) = &provider {
            command.env("TANDEM_OIDC_PROVIDER", provider);
        }
        Ok(command)
    };
    let mut companies = run(&["--bin", "tandem-bench"], &[COMPANIES])?;
    let mut others = run(&[], &["--skip", COMPANIES])?;
    others.env("RUST_TEST_THREADS", at_a_time());
    let mut said = Said::default();
    let (companies, others) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| all_lines(&mut companies));
        let others = each_line(&mut others, |line| said.hear(line));
        (beside.join(), others)
    });
    let (lines, companies) = companies.map_err(|_| "the thread beside the tests ended early".to_owned())?;
    for line in lines {
        println!("{line}");
        said.hear(&line);
    }
    report.passed += said.passed;
    report.failed += said.failed;
    report.skipped.extend(said.skipped);
    others.and(companies)
}

fn browser_tests(report: &mut Report) -> Outcome {
    let (mut passed, mut failed) = (0, 0);
    let outcome = e2e::run(|line| {
        let line = line.trim();
        if line.ends_with(" passed") || line.contains(" passed (") {
            passed += number_before(line, " passed");
        }
        if line.ends_with(" failed") {
            failed += number_before(line, " failed");
        }
    });
    report.passed += passed;
    report.failed += failed;
    outcome
}

fn fuzz_tests(report: &mut Report) -> Outcome {
    let (mut passed, mut failed) = (0, 0);
    let outcome = e2e::fuzz(|line| {
        if line.starts_with("fuzz: ") {
            passed += number_before(line, " passed");
            failed += number_before(line, " failed");
        }
    });
    report.passed += passed;
    report.failed += failed;
    outcome
}

/// The number right before `word`, 0 if there is none.
fn number_before(text: &str, word: &str) -> u64 {
    let Some((before, _)) = text.split_once(word) else {
        return 0;
    };
    let digits: String = before.chars().rev().take_while(char::is_ascii_digit).collect();
    digits.chars().rev().collect::<String>().parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::number_before;

    #[test]
    fn counts_are_read_from_the_runners_lines() {
        let line = "ok. 16 passed; 2 failed; 0 ignored";
        assert_eq!(number_before(line, " passed"), 16);
        assert_eq!(number_before(line, " failed"), 2);
        assert_eq!(number_before("  7 passed (12.3s)", " passed"), 7);
        assert_eq!(number_before("none", " passed"), 0);
    }
}

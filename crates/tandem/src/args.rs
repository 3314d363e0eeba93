//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Insider risk, seen together: logs and people facts become explained risk and a bounded queue of alerts.
#[derive(Debug, Parser)]
#[command(
    name = "tandem",
    version,
    about,
    propagate_version = true,
    arg_required_else_help = true
)]
#[command(
    after_help = "Exit codes: 0 done, 1 something failed, 2 the call or the settings are wrong.\n\
Data goes to standard output, words to standard error; NO_COLOR is honoured."
)]
pub struct Cli {
    /// Settings file (default: tandem.toml in the working folder, if there).
    #[arg(long, global = true, env = "TANDEM_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Data folder (default: var/tandem).
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print JSON instead of tables.
    #[arg(long, global = true)]
    pub json: bool,
    /// Say more on standard error; twice for everything.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read logs and people facts, store and analyse them.
    Ingest(Ingest),
    /// Analyse the days that have new data.
    Analyse(Analyse),
    /// Serve console and API.
    Serve(Serve),
    /// Run SQL over the table `events`.
    Query(Query),
    /// List rules, or try them out on a folder.
    Rules(Rules),
    /// List sequences of acts, or try them out on a folder.
    Sequences(SequencesArgs),
    /// List subjects by risk.
    Subjects(Subjects),
    /// Explain a subject's score, now or at any past moment.
    Explain(Explain),
    /// The queue of alerts.
    Alerts(Alerts),
    /// Records that could not be read.
    Rejects(Rejects),
    /// Sources and their rates.
    Sources,
    /// Write a simulated company: people, logs, planted stories.
    Simulate(Simulate),
    /// Show or check settings.
    Config(ConfigArgs),
    /// Print the API's description.
    Openapi,
    /// Merge small files of the lake and apply retention.
    Maintain(Maintain),
    /// Take events back, with everything that rests on them; without saying which, list what was taken back.
    Withdraw(Withdraw),
    /// Check, write out or sign the record of looks and acts.
    Ledger(Ledger),
    /// Change the key of the vault of identities.
    Vault(Vault),
    /// Make a one-time sign-in link.
    SignInLink(SignInLink),
    /// Tie an account to the data about the person who has it, so that they can read it.
    TieAccount(TieAccount),
    /// Make a token for the push endpoint.
    IngestToken(IngestToken),
}

/// `tandem ingest`.
#[derive(Debug, Args)]
pub struct Ingest {
    /// Files, folders, patterns such as 'logs/*.json', or - for standard input.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,
    /// Name of the source, instead of what the mapping says.
    #[arg(long)]
    pub source: Option<String>,
    /// Format, instead of recognising it.
    #[arg(long)]
    pub format: Option<String>,
    /// Mapping, instead of recognising it.
    #[arg(long)]
    pub mapping: Option<String>,
    /// Zone of times that have none, for example Europe/Berlin.
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// Year of times that have none.
    #[arg(long)]
    pub year: Option<i16>,
    /// Read again what was read before.
    #[arg(long)]
    pub again: bool,
    /// Only store; analyse later with `tandem analyse`.
    #[arg(long)]
    pub no_analysis: bool,
}

/// `tandem analyse`.
#[derive(Debug, Args)]
pub struct Analyse {
    /// Analyse again from this day (YYYY-MM-DD).
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
}

/// `tandem serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Address to serve on.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// Take the next free port if that one is busy.
    #[arg(long)]
    pub next_free_port: bool,
    /// Print one-time sign-in links for every role.
    #[arg(long)]
    pub sign_in_links: bool,
    /// Write address and sign-in links to this file as JSON once serving.
    #[arg(long, value_name = "FILE")]
    pub ready_file: Option<PathBuf>,
}

/// How a query's answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// A table.
    Table,
    /// One JSON object per row.
    Json,
    /// CSV with header.
    Csv,
}

/// `tandem query`.
#[derive(Debug, Args)]
pub struct Query {
    /// One SELECT, for example "select account, count(*) from events group by 1 order by 2 desc limit 10".
    pub sql: String,
    /// How to print.
    #[arg(long, value_enum, default_value = "table")]
    pub output: Output,
    /// Most rows.
    #[arg(long, default_value_t = 1_000)]
    pub limit: usize,
}

/// `tandem rules`.
#[derive(Debug, Args)]
pub struct Rules {
    /// What to do; without anything, the rules in use are listed.
    #[command(subcommand)]
    pub action: Option<RulesAction>,
}

/// `tandem sequences`.
#[derive(Debug, Args)]
pub struct SequencesArgs {
    /// What to do; without anything, the sequences in use are listed.
    #[command(subcommand)]
    pub action: Option<SequencesAction>,
}

/// What to do with sequences.
#[derive(Debug, Subcommand)]
pub enum SequencesAction {
    /// The sequences in use.
    List,
    /// Load sequences without using them and play their tests; without a path, those that are shipped and those that the settings name.
    Check {
        /// Files or folders of sequences.
        #[arg(value_name = "DIR")]
        paths: Vec<PathBuf>,
    },
}

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub enum RulesAction {
    /// The rules in use, and how often each matched.
    List {
        /// Only those that could not be loaded.
        #[arg(long)]
        errors: bool,
    },
    /// Load rules without using them, play their tests, and say what is wrong or could be better.
    Check {
        /// Files or folders of rules, and of tests that stand apart from them.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// What could be better is an error too.
        #[arg(long)]
        strict: bool,
    },
    /// Show a rule beside an event: what fits, and what does not.
    Explain {
        /// A rule in use by its id or name, or a file with one rule.
        #[arg(value_name = "RULE")]
        rule: String,
        /// An event of the lake by its id, or a JSON file with its fields (`-` for standard input).
        #[arg(value_name = "EVENT")]
        event: String,
    },
    /// Take over a folder of rules, such as a checkout of SigmaHQ's, into one of your own.
    Import {
        /// The folder to read.
        #[arg(value_name = "DIR")]
        from: PathBuf,
        /// The folder to write to; name it in `content.rules` of the settings.
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
        /// At least this level: informational, low, medium, high or critical.
        #[arg(long, default_value = "informational")]
        level: String,
    },
    /// What rules would have found in the past, before they go live.
    Backtest {
        /// Files or folders of rules.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// How far back: a number of days (`90d`) or a day (YYYY-MM-DD).
        #[arg(long, value_name = "WHEN", default_value = "90d")]
        since: String,
        /// The last day; default is the last one with events.
        #[arg(long, value_name = "DAY")]
        until: Option<String>,
    },
}

/// `tandem subjects`.
#[derive(Debug, Args)]
pub struct Subjects {
    /// At least this level: watch, review or act.
    #[arg(long)]
    pub level: Option<String>,
    /// How many.
    #[arg(long, default_value_t = 25)]
    pub limit: usize,
}

/// `tandem explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The pseudonym, for example S-7K3M2Q9D.
    pub subject: String,
    /// The moment (RFC 3339, or a day for its end); default is the last day analysed.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
}

/// `tandem alerts`.
#[derive(Debug, Args)]
pub struct Alerts {
    /// Only this day's queue (YYYY-MM-DD).
    #[arg(long)]
    pub day: Option<String>,
    /// Closed ones too.
    #[arg(long)]
    pub all: bool,
    /// How many.
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

/// `tandem rejects`.
#[derive(Debug, Args)]
pub struct Rejects {
    /// What to do.
    #[command(subcommand)]
    pub action: RejectAction,
}

/// `tandem rejects …`.
#[derive(Debug, Subcommand)]
pub enum RejectAction {
    /// List them.
    List {
        /// Only of this source.
        #[arg(long)]
        source: Option<String>,
        /// How many.
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Show one with its bytes.
    Show {
        /// Its id.
        id: i64,
    },
    /// Try them again with the mappings as they are now.
    Replay {
        /// Only of this source.
        #[arg(long)]
        source: Option<String>,
        /// Only these.
        ids: Vec<i64>,
    },
}

/// `tandem simulate`.
#[derive(Debug, Args)]
pub struct Simulate {
    /// Folder to write to; must be empty or missing.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// People.
    #[arg(long, default_value_t = 300)]
    pub people: u32,
    /// Days.
    #[arg(long, default_value_t = 120)]
    pub days: u32,
    /// Seed; the same seed writes the same bytes.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
}

/// `tandem config`.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: ConfigAction,
}

/// `tandem config …`.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigAction {
    /// Check the settings, mappings and rules, and say who set what.
    Check,
    /// Print the settings as a file to start from.
    Show,
}

/// `tandem maintain`.
#[derive(Debug, Args)]
pub struct Maintain {
    /// Only say what would be done.
    #[arg(long)]
    pub dry_run: bool,
}

/// `tandem withdraw`.
#[derive(Debug, Args)]
pub struct Withdraw {
    /// Everything of this account, in any spelling; may be repeated.
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Vec<String>,
    /// The event with this id; may be repeated.
    #[arg(long, value_name = "ID")]
    pub event: Vec<String>,
    /// Only of this source.
    #[arg(long)]
    pub source: Option<String>,
    /// Not before this day (YYYY-MM-DD).
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// Not after this day (YYYY-MM-DD).
    #[arg(long, value_name = "DAY")]
    pub until: Option<String>,
    /// Why: erasure-request, mistake or not-allowed.
    #[arg(long, value_name = "REASON")]
    pub reason: Option<String>,
    /// Only say how many events it would be.
    #[arg(long)]
    pub dry_run: bool,
}

/// `tandem sign-in-link`.
#[derive(Debug, Args)]
pub struct SignInLink {
    /// it_analyst, corporate_investigator, approver, auditor, works_council, administrator or staff.
    pub role: String,
    /// The account it is for; added if it is not known yet. The default is the role's name.
    #[arg(long)]
    pub user: Option<String>,
    /// The department of an approver: it or corporate.
    #[arg(long)]
    pub department: Option<String>,
}

/// `tandem tie-account`.
#[derive(Debug, Args)]
pub struct TieAccount {
    /// The account of somebody who signs in to Tandem.
    pub account: String,
    /// Who that is: a key, an account or an unambiguous full name of the people files.
    pub person: String,
}

/// `tandem ledger`.
#[derive(Debug, Args)]
pub struct Ledger {
    /// What to do.
    #[command(subcommand)]
    pub action: LedgerAction,
}

/// `tandem vault`.
#[derive(Debug, Args)]
pub struct Vault {
    /// What to do.
    #[command(subcommand)]
    pub action: VaultAction,
}

/// What to do with the vault.
#[derive(Debug, Subcommand)]
pub enum VaultAction {
    /// Seal the vault under another master key. The former one is kept beside the new; destroy it when no backup needs it.
    Rotate {
        /// File with the new key (32 bytes, raw, as 64 hexadecimal digits or as base64; mode 0600). Needed if the key comes from the
        /// environment or from systemd; otherwise a new one is made.
        #[arg(long, value_name = "FILE")]
        new_key: Option<PathBuf>,
    },
}

/// What to do with the ledger.
#[derive(Debug, Subcommand)]
pub enum LedgerAction {
    /// Check an exported file, offline: names the first row that does not hold. Exits with 1 if something does not.
    Verify {
        /// The file, or - for standard input.
        file: String,
        /// Trust this public key instead of those the file names; may be given several times.
        #[arg(long)]
        key: Vec<String>,
        /// A checkpoint you kept earlier (a file with the note): the ledger must still contain what it says.
        #[arg(long)]
        held: Vec<PathBuf>,
    },
    /// Write the whole ledger out, signed to its last row.
    Export {
        /// File to write to; without it, standard output.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Print the public key that signs checkpoints, to hand out.
    Key,
}

/// `tandem ingest-token`.
#[derive(Debug, Args)]
pub struct IngestToken {
    /// What the token is for, shown in lists.
    pub name: String,
}

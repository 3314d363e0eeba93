//! The commands.

mod admin;
mod ledger;
mod read;
mod rules;
mod sequences;
mod serve;
mod show;
mod withdraw;

use std::sync::Arc;

use anyhow::Context as _;
use tandem_server::config::{self, Flags};
use tandem_server::{App, Config};

use crate::args::{Cli, Command, LedgerAction, VaultAction};

/// Runs what was typed.
///
/// # Errors
/// When it cannot be done; the message says why and what to do.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    match &cli.command {
        Command::Openapi => {
            print!("{}", tandem_server::http::routes::describe());
            Ok(())
        }
        Command::Simulate(asked) => read::simulate(asked, cli.json),
        Command::Config(asked) => admin::config(&cli, asked.action),
        Command::Ingest(asked) => read::ingest(open(&cli).await?.as_ref(), asked, cli.json).await,
        Command::Analyse(asked) => {
            read::analyse(open(&cli).await?.as_ref(), asked.from.as_deref(), cli.json).await
        }
        Command::Serve(asked) => serve::serve(&cli, asked).await,
        Command::Query(asked) => show::query(open(&cli).await?.as_ref(), asked, cli.json).await,
        Command::Rules(asked) => rules::rules(&cli, asked.action.as_ref()).await,
        Command::Sequences(asked) => sequences::sequences(&cli, asked.action.as_ref()),
        Command::Subjects(asked) => show::subjects(open(&cli).await?.as_ref(), asked, cli.json).await,
        Command::Explain(asked) => show::explain(open(&cli).await?.as_ref(), asked, cli.json).await,
        Command::Alerts(asked) => show::alerts(open(&cli).await?.as_ref(), asked, cli.json).await,
        Command::Rejects(asked) => show::rejects(open(&cli).await?.as_ref(), &asked.action, cli.json).await,
        Command::Sources => show::sources(open(&cli).await?.as_ref(), cli.json).await,
        Command::Maintain(asked) => {
            admin::maintain(open(&cli).await?.as_ref(), asked.dry_run, cli.json).await
        }
        Command::Withdraw(asked) => withdraw::withdraw(open(&cli).await?.as_ref(), asked, cli.json).await,
        Command::Ledger(asked) => match &asked.action {
            LedgerAction::Verify { file, key, held } => ledger::verify(file, key, held, cli.json),
            LedgerAction::Export { out } => ledger::export(open(&cli).await?.as_ref(), out.as_deref()).await,
            LedgerAction::Key => {
                println!("{}", open(&cli).await?.signer.public());
                Ok(())
            }
        },
        Command::SignInLink(asked) => admin::sign_in_link(open(&cli).await?.as_ref(), asked).await,
        Command::Vault(asked) => match &asked.action {
            VaultAction::Rotate { new_key } => {
                admin::rotate(open(&cli).await?.as_ref(), new_key.as_deref(), cli.json).await
            }
        },
        Command::TieAccount(asked) => admin::tie_account(open(&cli).await?.as_ref(), asked).await,
        Command::IngestToken(asked) => admin::ingest_token(open(&cli).await?.as_ref(), &asked.name).await,
    }
}

fn load(cli: &Cli, listen: Option<&str>) -> anyhow::Result<Config> {
    let flags = Flags {
        data_dir: cli.data.clone(),
        listen: listen.map(str::to_owned),
    };
    Ok(config::load(cli.config.as_deref(), &flags)?.config)
}

async fn open(cli: &Cli) -> anyhow::Result<Arc<App>> {
    // Only the server speaks to far sides: a command does not need their secrets.
    let config = Config {
        connectors: Vec::new(),
        ..load(cli, None)?
    };
    open_with(config).await
}

async fn open_with(config: Config) -> anyhow::Result<Arc<App>> {
    App::open(config)
        .await
        .map(Arc::new)
        .context("Tandem cannot start")
}

//! Settings, housekeeping, access.

use anyhow::anyhow;
use tandem_domain::Role;
use tandem_server::App;
use tandem_server::config::{self, Flags};
use tandem_server::content::{lists_without_people, load_mappings, load_rules};
use tandem_server::pipeline::maintain::maintain as run_maintain;

use crate::args::{Cli, ConfigAction};
use crate::output;

/// `tandem config`.
pub fn config(cli: &Cli, action: ConfigAction) -> anyhow::Result<()> {
    let flags = Flags {
        data_dir: cli.data.clone(),
        listen: None,
    };
    let loaded = config::load(cli.config.as_deref(), &flags)?;
    if matches!(action, ConfigAction::Show) {
        if cli.json {
            return output::json(&loaded.config);
        }
        print!("{}", loaded.config.to_toml()?);
        return Ok(());
    }
    let settings = loaded.settings();
    if cli.json {
        output::json(&settings)?;
    } else {
        let rows = settings
            .iter()
            .map(|s| vec![s.key.clone(), s.value.to_string(), s.set_by.clone()]);
        output::table(&["key", "value", "set by"], rows, "no settings");
    }
    let mappings = load_mappings(&loaded.config)?;
    let rules = load_rules(&loaded.config, lists_without_people(&loaded.config))?;
    eprintln!(
        "{} mappings and {} rules can be used",
        mappings.names().count(),
        rules.rules.len()
    );
    for error in &rules.errors {
        eprintln!("  {}:{}: {}", error.file, error.line.unwrap_or(1), error.reason);
    }
    Ok(())
}

/// `tandem maintain`.
pub async fn maintain(app: &App, dry_run: bool, json: bool) -> anyhow::Result<()> {
    let done = run_maintain(app, dry_run).await?;
    if json {
        return output::json(&done);
    }
    println!("{done:#?}");
    Ok(())
}

/// `tandem sign-in-link`.
pub async fn sign_in_link(app: &App, role: &str, user: &str) -> anyhow::Result<()> {
    let known = || Role::ALL.map(Role::as_str).join(", ");
    let role =
        Role::parse(role).ok_or_else(|| anyhow!("there is no role `{role}`; the roles are {}", known()))?;
    let token = app
        .sign_in_token(role, user)
        .await
        .map_err(|e| anyhow!("{e:?}"))?;
    println!("http://{}/sign-in?token={token}", app.config.listen);
    eprintln!("it works once, for a day");
    Ok(())
}

/// `tandem ingest-token`.
pub async fn ingest_token(app: &App, name: &str) -> anyhow::Result<()> {
    let (token, hash) = tandem_server::secret::new_token()?;
    app.store
        .add_ingest_token(&hash, name, tandem_server::pipeline::now())
        .await?;
    println!("{token}");
    eprintln!("this is shown once; only its hash is kept");
    Ok(())
}

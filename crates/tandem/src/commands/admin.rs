//! Settings, housekeeping, access.

use std::path::Path;

use anyhow::anyhow;
use tandem_domain::{Department, Role};
use tandem_server::App;
use tandem_server::config::{self, Flags};
use tandem_server::content::{lists_without_people, load_mappings, load_policies, load_rules};
use tandem_server::pipeline::maintain::maintain as run_maintain;
use tandem_store::ColleagueRow;

use crate::args::{Cli, ConfigAction, SignInLink, TieAccount};
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
    let policies = load_policies(&loaded.config)?;
    eprintln!(
        "{} mappings, {} rules and {} policies can be used",
        mappings.names().count(),
        rules.rules.len(),
        policies.lines().count()
    );
    for error in &rules.errors {
        let hint = error.hint.as_deref().map(|hint| format!("; {hint}"));
        eprintln!(
            "  {}:{}: {}{}",
            error.file,
            error.line.unwrap_or(1),
            error.reason,
            hint.unwrap_or_default()
        );
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
pub async fn sign_in_link(app: &App, asked: &SignInLink) -> anyhow::Result<()> {
    let known = || Role::ALL.map(Role::as_str).join(", ");
    let role = Role::parse(&asked.role)
        .ok_or_else(|| anyhow!("there is no role `{}`; the roles are {}", asked.role, known()))?;
    let department = match asked.department.as_deref() {
        None => None,
        Some(text) => Some(
            Department::parse(text)
                .ok_or_else(|| anyhow!("there is no department `{text}`; use it or corporate"))?,
        ),
    };
    let account = asked.user.as_deref().unwrap_or(role.as_str());
    let token = app
        .sign_in_token(&colleague(account, role, department))
        .await
        .map_err(|error| anyhow!("{error}"))?;
    println!("http://{}/sign-in?token={token}", app.config.listen);
    eprintln!("it works once, for a day");
    Ok(())
}

/// A colleague as they are added.
pub fn colleague(account: &str, role: Role, department: Option<Department>) -> ColleagueRow {
    ColleagueRow {
        account: account.to_owned(),
        role,
        department,
        subject: None,
        disabled: false,
        created: tandem_server::pipeline::now(),
        body: "{}".to_owned(),
    }
}

/// `tandem vault rotate`.
pub async fn rotate(app: &App, new_key: Option<&Path>, json: bool) -> anyhow::Result<()> {
    let done = app.rotate_vault_key(new_key).await?;
    if json {
        return output::json(&done);
    }
    println!(
        "the vault is sealed under the key {} now; it was {}",
        done.to, done.from
    );
    match &done.former {
        Some(former) => eprintln!(
            "the former key is kept in {}: destroy it when no backup of the vault needs it. Copy the new one, from {}, to a safe place \
             apart from the backups",
            former.display(),
            done.source
        ),
        None => eprintln!(
            "put the new key into {} and start the server again: the former opens nothing",
            done.source
        ),
    }
    Ok(())
}

/// `tandem tie-account`.
pub async fn tie_account(app: &App, asked: &TieAccount) -> anyhow::Result<()> {
    app.tie_account(&asked.account, &asked.person)
        .await
        .map_err(|error| anyhow!("{error}"))?;
    eprintln!(
        "{} finds what Tandem knows about them under About me",
        asked.account
    );
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

//! `tandem serve`.

use std::collections::BTreeMap;

use anyhow::{Context as _, anyhow};
use tandem_domain::{Department, Role};
use tandem_server::{App, background, intake, serve};

use super::admin::colleague;
use super::{load, open_with};
use crate::args::{Cli, Serve};

/// Serves console and API.
pub async fn serve(cli: &Cli, asked: &Serve) -> anyhow::Result<()> {
    let app = open_with(load(cli, asked.listen.as_deref())?).await?;
    let listener = serve::listen(&app.config.listen, asked.next_free_port)
        .await
        .with_context(|| {
            format!(
                "cannot listen on {}; is it in use? --next-free-port takes another",
                app.config.listen
            )
        })?;
    let address = format!("http://{}", listener.local_addr()?);
    eprintln!("Tandem serves on {address}");
    if asked.sign_in_links {
        eprintln!("one-time sign-in links:");
        for (role, link) in links(&app, &address).await? {
            println!("  {role:<24} {link}");
        }
    }
    if let Some(path) = &asked.ready_file {
        let ready = serde_json::json!({ "address": address, "links": links(&app, &address).await? });
        let partial = path.with_extension("partial");
        std::fs::write(&partial, ready.to_string())
            .and_then(|()| std::fs::rename(&partial, path))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let forwarders = serve::listen_for_forwarders(&app).await?;
    background::start(&app);
    let sources = intake::start(&app);
    let served = serve::serve(app, listener, forwarders)
        .await
        .context("serving failed");
    // What came in before the end is kept.
    sources.stop().await;
    served
}

/// One link for each role, and for each department's approver.
async fn links(app: &App, address: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let mut links = BTreeMap::new();
    let alone = Role::ALL.into_iter().filter(|role| *role != Role::Approver);
    let approvers = Department::ALL
        .iter()
        .map(|department| (Role::Approver, Some(*department)));
    for (role, department) in alone.map(|role| (role, None)).chain(approvers) {
        let account = match department {
            Some(department) => format!("{}_{}", role.as_str(), department.as_str()),
            None => role.as_str().to_owned(),
        };
        let token = app
            .sign_in_token(&colleague(&account, role, department))
            .await
            .map_err(|error| anyhow!("{error}"))?;
        links.insert(account, format!("{address}/sign-in?token={token}"));
    }
    Ok(links)
}

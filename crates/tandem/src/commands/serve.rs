//! `tandem serve`.

use std::collections::BTreeMap;

use anyhow::{Context as _, anyhow};
use tandem_domain::Role;
use tandem_server::{App, background, serve};

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
    background::start(&app);
    serve::serve(app, listener).await.context("serving failed")
}

async fn links(app: &App, address: &str) -> anyhow::Result<BTreeMap<&'static str, String>> {
    let mut links = BTreeMap::new();
    for role in Role::ALL {
        let token = app
            .sign_in_token(role, "demo")
            .await
            .map_err(|e| anyhow!("{e:?}"))?;
        links.insert(role.as_str(), format!("{address}/sign-in?token={token}"));
    }
    Ok(links)
}

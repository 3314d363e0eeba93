//! Taking events back.

use anyhow::anyhow;
use serde_json::json;
use tandem_domain::{Day, EventId};
use tandem_server::App;
use tandem_server::pipeline::withdraw::{Reason, Which, Withdrawn, withdraw as take_back};

use crate::args::Withdraw;
use crate::output;

/// `tandem withdraw`.
pub async fn withdraw(app: &App, asked: &Withdraw, json: bool) -> anyhow::Result<()> {
    let which = which(asked)?;
    if which.events.is_empty() && which.accounts.is_empty() && which.source.is_none() {
        return list(app, json).await;
    }
    let known = || Reason::ALL.map(Reason::as_str).join(", ");
    let reason = match asked.reason.as_deref() {
        Some(word) => Some(
            Reason::parse(word)
                .ok_or_else(|| anyhow!("there is no reason `{word}`; use one of {}", known()))?,
        ),
        None => None,
    };
    let reason = match (reason, asked.dry_run) {
        (Some(reason), _) => reason,
        // Nothing is written down of a dry run.
        (None, true) => Reason::Mistake,
        (None, false) => return Err(anyhow!("say why with --reason: {}", known())),
    };
    let done = take_back(app, &which, reason, ("system", "system"), asked.dry_run).await?;
    if json {
        return output::json(&done);
    }
    tell(&done, asked.dry_run);
    Ok(())
}

fn tell(done: &Withdrawn, dry_run: bool) {
    let (Some(from), Some(until)) = (done.from, done.until) else {
        println!("nothing found");
        return;
    };
    if dry_run {
        println!(
            "{} events would be taken back, on {} days of accounts, from {from} to {until}",
            done.events, done.account_days
        );
        return;
    }
    println!(
        "{} events taken back; {} days of accounts added up anew, everything analysed again from {from}",
        done.events, done.account_days
    );
    println!(
        "{} findings no longer stand, {} of them alerts that people had worked on",
        done.findings, done.worked_on
    );
    eprintln!("the old files go with the next housekeeping, in an hour at the latest while the server runs");
}

fn which(asked: &Withdraw) -> anyhow::Result<Which> {
    let day = |text: &Option<String>| {
        text.as_deref()
            .map(|text| Day::parse(text).ok_or_else(|| anyhow!("`{text}` is no day; write YYYY-MM-DD")))
            .transpose()
    };
    let event = |text: &String| EventId::parse(text).ok_or_else(|| anyhow!("`{text}` is no id of an event"));
    Ok(Which {
        events: asked.event.iter().map(event).collect::<anyhow::Result<_>>()?,
        accounts: asked.account.clone(),
        source: asked.source.clone(),
        from: day(&asked.from)?,
        until: day(&asked.until)?,
    })
}

async fn list(app: &App, as_json: bool) -> anyhow::Result<()> {
    let rows = app.store.withdrawals().await?;
    if as_json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                json!({
                    "id": row.id, "at": row.at.to_string(), "who": row.who, "reason": row.reason, "events": row.events,
                    "from": row.from.to_string(), "until": row.until.to_string(), "findings": row.findings,
                })
            })
            .collect();
        return output::json(&rows);
    }
    let rows = rows.into_iter().map(|row| {
        vec![
            row.at.to_string(),
            row.reason,
            row.events.to_string(),
            row.from.to_string(),
            row.until.to_string(),
            row.findings.to_string(),
        ]
    });
    output::table(
        &["when", "reason", "events", "from", "until", "findings gone"],
        rows,
        "nothing was taken back so far",
    );
    Ok(())
}

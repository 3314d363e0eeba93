//! Showing what is there.

use anyhow::bail;
use tandem_server::App;
use tandem_server::api::dto::Story;
use tandem_server::api::views::Sight;
use tandem_server::service::{QueueAsked, RejectsAsked, SubjectsAsked};

use crate::args::{Alerts, Explain, Output, Query, RejectAction, Subjects};
use crate::output::{self, decibans};

/// The command line sees what an analyst of IT security sees.
const SIGHT: Sight = Sight {
    human_facts: false,
    evidence: true,
};

/// `tandem query`.
pub async fn query(app: &App, asked: &Query, json: bool) -> anyhow::Result<()> {
    let segments = app.segments(None, None).await?;
    let result = app
        .lake
        .query(&asked.sql, &segments, app.query_limits(asked.limit))
        .await?;
    let output = if json { Output::Json } else { asked.output };
    match output {
        Output::Table => println!("{}", result.to_table()?),
        Output::Csv => print!("{}", result.to_csv()?),
        Output::Json => {
            let columns = result.columns();
            for row in result.to_json_rows()? {
                let named: serde_json::Map<_, _> = columns.iter().map(|c| c.name.clone()).zip(row).collect();
                println!("{}", serde_json::Value::Object(named));
            }
        }
    }
    let more = if result.truncated() {
        ", more exist: raise --limit"
    } else {
        ""
    };
    eprintln!(
        "{} rows in {} ms{more}",
        result.row_count(),
        result.elapsed().as_millis()
    );
    Ok(())
}

/// `tandem subjects`.
pub async fn subjects(app: &App, asked: &Subjects, json: bool) -> anyhow::Result<()> {
    let list = app
        .subject_list(&SubjectsAsked {
            level: asked.level.clone(),
            limit: Some(asked.limit),
            ..SubjectsAsked::default()
        })
        .await?;
    if json {
        return output::json(&list);
    }
    let rows = list.subjects.iter().map(|s| {
        let c = &s.card;
        vec![
            c.id.clone(),
            c.level.clone(),
            decibans(c.score),
            c.kind.clone(),
            c.role.clone(),
            c.department.clone(),
            s.open_alerts.to_string(),
        ]
    });
    output::table(
        &[
            "subject",
            "level",
            "score",
            "kind",
            "role",
            "department",
            "open alerts",
        ],
        rows,
        "no subjects yet; run `tandem ingest`",
    );
    Ok(())
}

/// `tandem explain`.
pub async fn explain(app: &App, asked: &Explain, json: bool) -> anyhow::Result<()> {
    let story = app.story(SIGHT, &asked.subject, asked.at.as_deref()).await?;
    if json {
        return output::json(&story);
    }
    print_story(&story);
    Ok(())
}

fn print_story(story: &Story) {
    let (s, e) = (&story.subject, &story.explanation);
    println!("{} at {}: {} ({})", s.id, story.at, decibans(e.score), e.level);
    println!("{}, {}, {}, {}\n", s.kind, s.role, s.department, s.site);
    let rows = e.rows.iter().map(|r| {
        let age = r.age_days.map(|d| format!("{d:.0} days ago")).unwrap_or_default();
        vec![decibans(r.contribution), r.title.clone(), age]
    });
    output::table(&["adds", "because", "when"], rows, "no rows");
    println!(
        "sum: {}",
        decibans(e.rows.iter().map(|r| r.contribution).sum::<f64>())
    );
    for indicator in story.indicators.iter().take(10) {
        println!(
            "\n{} {}\n  {}",
            indicator.time, indicator.title, indicator.explanation
        );
    }
    println!("\nwhat would lower it: {}", e.would_lower.join("; "));
}

/// `tandem alerts`.
pub async fn alerts(app: &App, asked: &Alerts, json: bool) -> anyhow::Result<()> {
    let mut queue = app
        .queue(
            SIGHT,
            &QueueAsked {
                day: asked.day.clone(),
                ..QueueAsked::default()
            },
        )
        .await?;
    if asked.all && asked.day.is_none() {
        let closed = app
            .queue(
                SIGHT,
                &QueueAsked {
                    status: Some("closed".into()),
                    ..QueueAsked::default()
                },
            )
            .await?;
        queue.alerts.extend(closed.alerts);
    }
    queue.alerts.truncate(asked.limit);
    if json {
        return output::json(&queue);
    }
    for alert in &queue.alerts {
        println!(
            "{} {} {} {} [{}]",
            alert.day,
            alert.level,
            decibans(alert.score),
            alert.subject,
            alert.queue
        );
        println!("  {}", alert.title);
        for sentence in &alert.sentences {
            println!("  - {sentence}");
        }
    }
    eprintln!(
        "{} alerts; the budget allows {:.1} a day",
        queue.alerts.len(),
        queue.budget
    );
    Ok(())
}

/// `tandem rejects`.
pub async fn rejects(app: &App, action: &RejectAction, json: bool) -> anyhow::Result<()> {
    match action {
        RejectAction::List { source, limit } => {
            let asked = RejectsAsked {
                source: source.clone(),
                limit: Some(*limit),
                ..RejectsAsked::default()
            };
            let list = app.reject_list(&asked).await?;
            if json {
                return output::json(&list);
            }
            let rows = list.rejects.iter().map(|r| {
                vec![
                    r.id.to_string(),
                    r.source.clone(),
                    format!("{} @{}", r.stream, r.offset),
                    r.reason.clone(),
                    r.status.clone(),
                ]
            });
            output::table(
                &["id", "source", "where", "why", "status"],
                rows,
                "nothing was rejected",
            );
            eprintln!("{} in all", list.total);
        }
        RejectAction::Show { id } => {
            let reject = app.reject(Sight::ALL, *id).await?;
            if json {
                return output::json(&reject);
            }
            println!(
                "{} @{}\n{}\n{}\n",
                reject.summary.stream, reject.summary.offset, reject.summary.reason, reject.summary.hint
            );
            println!("{}", reject.raw_text.unwrap_or(reject.raw_base64));
        }
        RejectAction::Replay { source, ids } => {
            if source.is_some() && !ids.is_empty() {
                bail!("give ids or --source, not both");
            }
            let answer = tandem_server::pipeline::replay::replay(app, ids.clone(), source.clone()).await?;
            if json {
                return output::json(&answer);
            }
            println!(
                "{} tried, {} became events, {} still cannot be read",
                answer.tried, answer.replayed, answer.still_rejected
            );
        }
    }
    Ok(())
}

/// `tandem sources`.
pub async fn sources(app: &App, json: bool) -> anyhow::Result<()> {
    let list = app.source_list().await?;
    if json {
        return output::json(&list);
    }
    let rows = list.sources.iter().map(|s| {
        vec![
            s.source.clone(),
            s.events.to_string(),
            s.rejects.to_string(),
            s.bytes.to_string(),
            s.first.clone().unwrap_or_default(),
            s.last.clone().unwrap_or_default(),
        ]
    });
    output::table(
        &["source", "events", "rejects", "bytes", "first", "last"],
        rows,
        "nothing has been read yet",
    );
    Ok(())
}

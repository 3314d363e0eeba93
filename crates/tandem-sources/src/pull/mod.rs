//! Audit APIs of cloud services: Microsoft 365 and Entra ID, Okta, Google Workspace and Google Cloud, AWS CloudTrail, GitHub.
//!
//! A service is told by what it is asked and how its answers are read ([`api`]); one engine asks, waits and hands on. Records
//! are handed on as the service has them, one JSON object a line; where reading goes on is kept with them. What was read last
//! is asked for again for a while, as records come late, and what was handed on is known by the hash of its id.

mod api;
mod ask;
mod auth;
mod cloudtrail;
mod cursor;
mod engine;
mod github;
mod google;
mod http;
mod json;
mod links;
mod microsoft;
mod okta;
mod out;
mod pace;
mod seen;
mod settings;
mod sigv4;
mod words;

use std::time::Duration;

pub use settings::{
    CloudtrailSettings, GithubSettings, GoogleCloudSettings, GoogleWorkspaceSettings, GraphLog,
    GraphSettings, Haste, M365Settings, OktaApplication, OktaSettings, PullSettings,
};

use crate::run::{Context, SourceError};

/// What the settings say of how a service is asked, in place of its own measure.
fn ways(settings: &PullSettings, own: api::Ways) -> api::Ways {
    let overlap = settings
        .overlap_minutes
        .map_or(own.overlap, |minutes| Duration::from_secs(minutes * 60));
    api::Ways {
        // A window must reach beyond what is asked for again, or nothing new would ever be in it.
        window: own.window.map(|window| window.max(overlap * 2)),
        overlap,
        reach: own.reach,
        pace: settings.pace_milliseconds.map_or(own.pace, Duration::from_millis),
        every: match settings.haste {
            Some(haste) => haste.every,
            None => settings.every_seconds.map_or(own.every, Duration::from_secs),
        },
    }
}

/// The service that is set, and how it wants to know who asks.
fn service(settings: &PullSettings) -> Result<(Box<dyn api::Api>, auth::Auth), String> {
    type Both = (Box<dyn api::Api>, auth::Auth);
    fn boxed<A: api::Api + 'static>((api, auth): (A, auth::Auth)) -> Both {
        (Box::new(api), auth)
    }
    let ways = |own| ways(settings, own);
    if let Some(m365) = &settings.m365 {
        microsoft::M365::new(m365, ways).map(boxed)
    } else if let Some(graph) = &settings.graph {
        microsoft::Graph::new(graph, ways).map(boxed)
    } else if let Some(okta) = &settings.okta {
        okta::Okta::new(okta, ways).map(boxed)
    } else if let Some(workspace) = &settings.google_workspace {
        google::Workspace::new(workspace, ways).map(boxed)
    } else if let Some(cloud) = &settings.google_cloud {
        google::Cloud::new(cloud, ways).map(boxed)
    } else if let Some(cloudtrail) = &settings.cloudtrail {
        cloudtrail::Cloudtrail::new(cloudtrail, ways).map(boxed)
    } else if let Some(github) = &settings.github {
        github::Github::new(github, ways).map(boxed)
    } else {
        Err("a pull names a service".to_owned())
    }
}

/// Runs the source.
///
/// # Errors
/// [`SourceError`] when no stream of it can go on by itself, a secret cannot be read, or what was handed on was not taken.
pub async fn run(context: Context, settings: &PullSettings) -> Result<(), SourceError> {
    let (api, auth) = service(settings).map_err(|what| SourceError::Settings { what })?;
    let http = http::Http::new(settings, auth)?;
    let since = Duration::from_secs(settings.since_days.saturating_mul(86_400));
    let first_wait = settings.haste.map_or(pace::FIRST, |haste| haste.first_wait);
    engine::Shared::new(&context, api, http, since, first_wait)
        .run()
        .await
}

#[cfg(test)]
mod tests;

//! How pulls are set.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::links;
use crate::secret::SecretPlace;

/// Most entries of a list: content types, applications, regions.
const MOST: usize = 64;

/// How it is set: one service, and how it is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PullSettings {
    /// Seconds between two looks when nothing more waits; the service's usual measure without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_seconds: Option<u64>,
    /// Days back that the first run begins.
    #[serde(default = "one")]
    pub since_days: u64,
    /// Minutes of what was read that are asked for again, for records that come late; the service's measure without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap_minutes: Option<u64>,
    /// Least milliseconds between two requests of one stream; below the service's documented limit without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace_milliseconds: Option<u64>,
    /// Not to be set: waits of a service that stands on the same machine and is there for a test.
    #[serde(skip)]
    pub haste: Option<Haste>,
    /// File (PEM) of a certificate authority of the house, trusted besides the system's: for private endpoints and proxies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// Proxy, such as `http://proxy.example:3128`; the environment is not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Microsoft 365: Office 365 Management Activity API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub m365: Option<M365Settings>,
    /// Microsoft Entra ID: sign-ins and directory audits of Microsoft Graph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graph: Option<GraphSettings>,
    /// Okta System Log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub okta: Option<OktaSettings>,
    /// Google Workspace: activities of the Reports API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub google_workspace: Option<GoogleWorkspaceSettings>,
    /// Google Cloud: audit logs by way of Cloud Logging.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub google_cloud: Option<GoogleCloudSettings>,
    /// AWS CloudTrail event history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloudtrail: Option<CloudtrailSettings>,
    /// Audit log of a GitHub organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub github: Option<GithubSettings>,
}

/// Waits that are shorter than any service likes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Haste {
    /// Time between two looks when nothing more waits.
    pub every: Duration,
    /// First wait after trouble.
    pub first_wait: Duration,
}

const fn one() -> u64 {
    1
}

/// Microsoft 365.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct M365Settings {
    /// The tenant's id (a GUID).
    pub tenant: String,
    /// The registered application's id.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: SecretPlace,
    /// Which content.
    #[serde(default = "content_types")]
    pub content_types: Vec<String>,
    /// `PublisherIdentifier` of the requests, for their quota; the tenant without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// The API's address, other than `https://manage.office.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The sign-in's address, other than `https://login.microsoftonline.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
}

fn content_types() -> Vec<String> {
    [
        "Audit.AzureActiveDirectory",
        "Audit.Exchange",
        "Audit.SharePoint",
        "Audit.General",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// A log of Microsoft Graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GraphLog {
    /// `auditLogs/signIns`.
    SignIns,
    /// `auditLogs/directoryAudits`.
    DirectoryAudits,
}

/// Microsoft Graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphSettings {
    /// The tenant's id (a GUID) or domain.
    pub tenant: String,
    /// The registered application's id.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: SecretPlace,
    /// Which logs.
    #[serde(default = "graph_logs")]
    pub logs: Vec<GraphLog>,
    /// The API's address, other than `https://graph.microsoft.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The sign-in's address, other than `https://login.microsoftonline.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
}

fn graph_logs() -> Vec<GraphLog> {
    vec![GraphLog::SignIns, GraphLog::DirectoryAudits]
}

/// An Okta service application that signs in with a key (`private_key_jwt`) for the scope `okta.logs.read`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OktaApplication {
    /// Its client id.
    pub client_id: String,
    /// Its RSA key, PEM.
    pub key: SecretPlace,
    /// The key's id at Okta.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
}

/// Okta; an API token (`SSWS`) or an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OktaSettings {
    /// The organisation's domain, such as `example.okta.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The API's address, instead of a domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// An API token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<SecretPlace>,
    /// An application, instead of a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<OktaApplication>,
}

/// Google Workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoogleWorkspaceSettings {
    /// Key file (JSON) of a service account with domain-wide delegation.
    pub key: SecretPlace,
    /// The administrator in whose name it reads.
    pub subject: String,
    /// Which applications.
    #[serde(default = "applications")]
    pub applications: Vec<String>,
    /// The API's address, other than `https://admin.googleapis.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The sign-in's address (`token_uri`), other than the key file's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
}

fn applications() -> Vec<String> {
    ["admin", "drive", "groups", "login", "token", "user_accounts"]
        .map(str::to_owned)
        .to_vec()
}

/// Google Cloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoogleCloudSettings {
    /// Key file (JSON) of a service account.
    pub key: SecretPlace,
    /// Whose logs: `projects/…`, `folders/…`, `organizations/…`, `billingAccounts/…`, or a view of a bucket.
    pub resources: Vec<String>,
    /// Which entries (Logging query language).
    #[serde(default = "audit_logs")]
    pub filter: String,
    /// The API's address, other than `https://logging.googleapis.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The sign-in's address (`token_uri`), other than the key file's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
}

fn audit_logs() -> String {
    "log_id(\"cloudaudit.googleapis.com/activity\") OR log_id(\"cloudaudit.googleapis.com/data_access\") OR \
     log_id(\"cloudaudit.googleapis.com/system_event\") OR log_id(\"cloudaudit.googleapis.com/policy\")"
        .to_owned()
}

/// AWS CloudTrail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudtrailSettings {
    /// Access key id.
    pub access_key_id: String,
    /// Secret access key.
    pub secret_access_key: SecretPlace,
    /// Session token of temporary keys; whoever renews the keys renews all three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_token: Option<SecretPlace>,
    /// Which regions.
    pub regions: Vec<String>,
    /// The API's address, other than `https://cloudtrail.REGION.amazonaws.com`; `{region}` stands for the region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
}

/// GitHub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GithubSettings {
    /// The organisation.
    pub organisation: String,
    /// A token.
    pub token: SecretPlace,
    /// Which events: `all`, `web` or `git`.
    #[serde(default = "all")]
    pub include: String,
    /// The API's address, other than `https://api.github.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
}

fn all() -> String {
    "all".to_owned()
}

fn filled(what: &str, text: &str) -> Result<(), String> {
    let odd =
        text.is_empty() || text.len() > 256 || text.chars().any(|c| c.is_control() || c.is_whitespace());
    if odd {
        Err(format!("`{what}` is empty or cannot be one"))
    } else {
        Ok(())
    }
}

fn list(what: &str, texts: &[String]) -> Result<(), String> {
    if texts.is_empty() || texts.len() > MOST {
        return Err(format!("`{what}` names 1 to {MOST}"));
    }
    let mut before: Vec<&String> = Vec::new();
    for text in texts {
        filled(what, text)?;
        if before.contains(&text) {
            return Err(format!("`{what}` names `{text}` twice"));
        }
        before.push(text);
    }
    Ok(())
}

fn addresses<const N: usize>(addresses: [Option<&String>; N]) -> Result<(), String> {
    addresses
        .into_iter()
        .flatten()
        .try_for_each(|address| links::base(&address.replace("{region}", "region")).map(drop))
}

impl PullSettings {
    /// Checks what is set, without touching what it names.
    ///
    /// # Errors
    /// What is wrong and what to do.
    pub fn check(&self) -> Result<(), String> {
        let set = [
            self.m365.is_some(),
            self.graph.is_some(),
            self.okta.is_some(),
            self.google_workspace.is_some(),
            self.google_cloud.is_some(),
            self.cloudtrail.is_some(),
            self.github.is_some(),
        ];
        if set.iter().filter(|set| **set).count() != 1 {
            return Err("a pull names exactly one of m365, graph, okta, google_workspace, google_cloud, cloudtrail, github; give each service a source of its own".to_owned());
        }
        if self
            .every_seconds
            .is_some_and(|seconds| !(1..=86_400).contains(&seconds))
        {
            return Err("`every_seconds` is from 1 to 86400".to_owned());
        }
        if self.since_days > 365 {
            return Err("`since_days` is at most 365".to_owned());
        }
        if self.overlap_minutes.is_some_and(|minutes| minutes > 720) {
            return Err("`overlap_minutes` is at most 720".to_owned());
        }
        if self.pace_milliseconds.is_some_and(|pace| pace > 60_000) {
            return Err("`pace_milliseconds` is at most 60000".to_owned());
        }
        if let Some(proxy) = &self.proxy
            && url::Url::parse(proxy).is_err()
        {
            return Err("`proxy` is no address; write it like http://proxy.example:3128".to_owned());
        }
        self.check_microsoft()?;
        self.check_google()?;
        self.check_others()
    }

    fn check_microsoft(&self) -> Result<(), String> {
        if let Some(m365) = &self.m365 {
            filled("tenant", &m365.tenant)?;
            filled("client_id", &m365.client_id)?;
            list("content_types", &m365.content_types)?;
            addresses([m365.base.as_ref(), m365.login.as_ref()])?;
        }
        if let Some(graph) = &self.graph {
            filled("tenant", &graph.tenant)?;
            filled("client_id", &graph.client_id)?;
            if graph.logs.is_empty()
                || graph.logs.len() > 2
                || (graph.logs.len() == 2 && graph.logs.first() == graph.logs.get(1))
            {
                return Err("`logs` names sign_ins, directory_audits or both".to_owned());
            }
            addresses([graph.base.as_ref(), graph.login.as_ref()])?;
        }
        Ok(())
    }

    fn check_google(&self) -> Result<(), String> {
        if let Some(workspace) = &self.google_workspace {
            filled("subject", &workspace.subject)?;
            list("applications", &workspace.applications)?;
            addresses([workspace.base.as_ref(), workspace.login.as_ref()])?;
        }
        if let Some(cloud) = &self.google_cloud {
            list("resources", &cloud.resources)?;
            if cloud.filter.len() > 16_384 {
                return Err("`filter` is too long".to_owned());
            }
            addresses([cloud.base.as_ref(), cloud.login.as_ref()])?;
        }
        Ok(())
    }

    fn check_others(&self) -> Result<(), String> {
        if let Some(okta) = &self.okta {
            match (&okta.domain, &okta.base) {
                (Some(domain), None) => {
                    filled("domain", domain)?;
                    links::base(&format!("https://{domain}"))?;
                }
                (None, Some(base)) => drop(links::base(base)?),
                _ => return Err("okta needs either `domain` or `base`".to_owned()),
            }
            match (&okta.token, &okta.application) {
                (Some(_), None) => {}
                (None, Some(application)) => filled("client_id", &application.client_id)?,
                _ => return Err("okta needs either `token` or `application`".to_owned()),
            }
        }
        if let Some(cloudtrail) = &self.cloudtrail {
            filled("access_key_id", &cloudtrail.access_key_id)?;
            list("regions", &cloudtrail.regions)?;
            let host = |region: &String| region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            if !cloudtrail.regions.iter().all(host) {
                return Err("`regions` are written like eu-central-1".to_owned());
            }
            addresses([cloudtrail.base.as_ref()])?;
        }
        if let Some(github) = &self.github {
            filled("organisation", &github.organisation)?;
            if !["all", "web", "git"].contains(&github.include.as_str()) {
                return Err("`include` is all, web or git".to_owned());
            }
            addresses([github.base.as_ref()])?;
        }
        Ok(())
    }
}

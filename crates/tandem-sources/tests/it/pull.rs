//! Pulls against services written after their documentation: everything once, in spite of trouble, lateness and restarts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use serde_json::{Value, json};
use tandem_sources::pull::{Haste, PullSettings};
use tandem_sources::{
    Context, Delivery, From, Health, Place, Position, SourceError, SourceSettings, Taken, inlet,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::pull_far::{self, Far, Held, Trouble};

/// Longest wait for anything.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A service under test.
pub struct Service {
    pub router: fn() -> Router<Arc<Far>>,
    /// Its settings, given the far side's address and a folder for secrets.
    pub settings: fn(&str, &str) -> Value,
    /// A record with that number and time (milliseconds).
    held: fn(usize, i64) -> Held,
    /// The ids of the records that come of a held one, as `id_of` reads them.
    ids: fn(&Held) -> Vec<String>,
    pub id_of: fn(&Value) -> String,
    /// Its own way of saying «too many».
    own: fn() -> (u16, Value),
}

fn rfc3339(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap().to_string()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn own_id(held: &Held) -> Vec<String> {
    vec![held.id.clone()]
}

fn held(number: usize, at: i64, json: Value) -> Held {
    Held {
        at,
        id: format!("id-{number:04}"),
        after: 0,
        json,
    }
}

pub const M365: Service = Service {
    router: pull_far::m365,
    settings: |base, folder| {
        json!({"m365": {"tenant": "t", "client_id": "c", "client_secret": {"file": format!("{folder}/secret")},
            "content_types": ["Audit.Exchange", "Audit.SharePoint"], "base": base, "login": base}})
    },
    held: |number, at| {
        let kind = ["Audit.Exchange", "Audit.SharePoint"][number % 2];
        held(
            number,
            at,
            json!({"contentType": kind, "contentCreated": rfc3339(at), "contentExpiration": rfc3339(at + 7 * 86_400_000)}),
        )
    },
    ids: |held| vec![format!("{}/1", held.id), format!("{}/2", held.id)],
    id_of: |record| text(&record["Id"]),
    // «Errors» of the reference.
    own: || {
        (
            403,
            json!({"error": {"code": "AF429", "message": "Too many requests. Method=GetBlob, PublisherId=t"}}),
        )
    },
};

pub const GRAPH: Service = Service {
    router: pull_far::graph,
    settings: |base, folder| json!({"graph": {"tenant": "t", "client_id": "c", "client_secret": {"file": format!("{folder}/secret")}, "base": base, "login": base}}),
    held: |number, at| {
        let id = format!("id-{number:04}");
        let json = if number % 2 == 0 {
            json!({"id": id, "createdDateTime": rfc3339(at), "userPrincipalName": "testaccount1@contoso.com",
                "appDisplayName": "Graph explorer", "status": {"errorCode": 0, "failureReason": null}})
        } else {
            json!({"id": id, "category": "UserManagement", "activityDisplayName": "Add member to group",
                "activityDateTime": rfc3339(at), "loggedByService": "Core Directory", "result": "success"})
        };
        held(number, at, json)
    },
    ids: own_id,
    id_of: |record| text(&record["id"]),
    own: || {
        (
            429,
            json!({"error": {"code": "TooManyRequests", "message": "Too many requests"}}),
        )
    },
};

pub const OKTA: Service = Service {
    router: pull_far::okta,
    settings: |base, folder| json!({"okta": {"base": base, "token": {"file": format!("{folder}/token")}}}),
    held: |number, at| {
        held(
            number,
            at,
            json!({"uuid": format!("id-{number:04}"), "published": rfc3339(at), "eventType": "user.session.start",
            "displayMessage": "User login to Okta", "severity": "INFO", "outcome": {"result": "SUCCESS"},
            "actor": {"id": "00u", "type": "User", "alternateId": "jane.doe@example.com"}}),
        )
    },
    ids: own_id,
    id_of: |record| text(&record["uuid"]),
    own: || {
        (
            429,
            json!({"errorCode": "E0000047", "errorSummary": "API call exceeded rate limit due to too many requests."}),
        )
    },
};

pub const WORKSPACE: Service = Service {
    router: pull_far::workspace,
    settings: |base, folder| {
        json!({"google_workspace": {"key": {"file": format!("{folder}/google.json")}, "subject": "admin@aldermoor.example",
            "applications": ["drive", "login"], "base": base, "login": format!("{base}/token")}})
    },
    held: |number, at| {
        let application = ["drive", "login"][number % 2];
        held(
            number,
            at,
            json!({"kind": "admin#reports#activity",
            "id": {"time": rfc3339(at), "uniqueQualifier": format!("id-{number:04}"), "applicationName": application, "customerId": "C03az79cb"},
            "actor": {"email": "liz@example.com", "profileId": "1"}, "ipAddress": "203.0.113.9",
            "events": [
                {"type": "access", "name": "edit", "parameters": [{"name": "doc_title", "value": "plan  \"x\" "}, {"name": "primary_event", "boolValue": true}]},
                {"type": "acl_change", "name": "change_user_access", "parameters": [{"name": "target_user", "value": "a@x"}]},
                {"type": "acl_change", "name": "change_user_access", "parameters": [{"name": "target_user", "value": "b@x"}]},
            ]}),
        )
    },
    ids: |held| {
        ["edit/", "change_user_access/", "change_user_access/1"]
            .map(|event| format!("{}/{event}", held.id))
            .to_vec()
    },
    id_of: |record| {
        let index = record["event_index"]
            .as_u64()
            .map(|index| index.to_string())
            .unwrap_or_default();
        format!(
            "{}/{}/{index}",
            text(&record["id"]["uniqueQualifier"]),
            text(&record["name"])
        )
    },
    // <https://developers.google.com/workspace/admin/reports/limits>: 403 with a reason.
    own: || {
        (
            403,
            json!({"error": {"code": 403, "message": "Rate Limit Exceeded", "errors": [{"domain": "usageLimits", "reason": "userRateLimitExceeded"}]}}),
        )
    },
};

pub const CLOUD: Service = Service {
    router: pull_far::cloud,
    settings: |base, folder| {
        json!({"google_cloud": {"key": {"file": format!("{folder}/google.json")}, "resources": ["organizations/42"],
            "base": base, "login": format!("{base}/token")}})
    },
    held: |number, at| {
        held(
            number,
            at,
            json!({"insertId": format!("id-{number:04}"), "timestamp": rfc3339(at), "receiveTimestamp": rfc3339(at),
            "logName": "organizations/42/logs/cloudaudit.googleapis.com%2Factivity", "severity": "NOTICE",
            "resource": {"type": "project", "labels": {}},
            "protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "methodName": "SetIamPolicy",
                "serviceName": "cloudresourcemanager.googleapis.com", "authenticationInfo": {"principalEmail": "user@example.com"}}}),
        )
    },
    ids: own_id,
    id_of: |record| text(&record["insertId"]),
    own: || {
        (
            429,
            json!({"error": {"code": 429, "message": "Quota exceeded for quota metric 'Read requests'", "status": "RESOURCE_EXHAUSTED"}}),
        )
    },
};

pub const CLOUDTRAIL: Service = Service {
    router: pull_far::cloudtrail,
    settings: |base, folder| {
        json!({"cloudtrail": {"access_key_id": "AKIDEXAMPLE", "secret_access_key": {"file": format!("{folder}/secret")},
            "session_token": {"file": format!("{folder}/token")}, "regions": ["eu-central-1"], "base": base}})
    },
    held: |number, at| {
        held(
            number,
            at,
            json!({"eventVersion": "1.08", "eventTime": rfc3339(at / 1_000 * 1_000), "eventSource": "iam.amazonaws.com",
            "eventName": "CreateUser", "eventID": format!("id-{number:04}"), "userIdentity": {"type": "IAMUser", "userName": "jdoe"}}),
        )
    },
    ids: own_id,
    id_of: |record| text(&record["eventID"]),
    own: || {
        (
            400,
            json!({"__type": "ThrottlingException", "message": "Rate exceeded"}),
        )
    },
};

pub const GITHUB: Service = Service {
    router: pull_far::github,
    settings: |base, folder| json!({"github": {"organisation": "octo-org", "token": {"file": format!("{folder}/github")}, "base": base}}),
    held: |number, at| {
        held(
            number,
            at,
            json!({"@timestamp": at, "action": "team.add_member", "actor": "octocat", "created_at": at,
            "_document_id": format!("id-{number:04}"), "org": "octo-org", "team": "octo-org/example-team", "user": "monalisa"}),
        )
    },
    ids: own_id,
    id_of: |record| text(&record["_document_id"]),
    own: || {
        (
            403,
            json!({"message": "You have exceeded a secondary rate limit.", "documentation_url": "https://docs.github.com"}),
        )
    },
};

/// Secrets, where the settings look for them.
pub fn secrets() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let key = include_str!("seeds/pull/test-key.pem");
    let google = json!({"type": "service_account", "client_email": "tandem@p.iam.gserviceaccount.com", "private_key": key,
        "private_key_id": "k1", "token_uri": "https://oauth2.googleapis.com/token"});
    for (name, secret) in [
        ("secret", "the-secret"),
        ("token", "00abc-the-token"),
        ("github", "ghp_the-token"),
        ("key.pem", key),
        ("google.json", &google.to_string()),
    ] {
        std::fs::write(folder.path().join(name), secret).unwrap();
    }
    folder
}

pub fn settings(service: Value, more: Value) -> PullSettings {
    let mut all = service;
    all["pace_milliseconds"] = 0.into();
    for (key, value) in more.as_object().unwrap() {
        all[key] = value.clone();
    }
    let mut settings: PullSettings = serde_json::from_value(all).unwrap();
    settings.check().unwrap();
    settings.haste = Some(Haste {
        every: Duration::from_millis(25),
        first_wait: Duration::from_millis(20),
    });
    settings
}

/// A running source and what came of it.
pub struct Running {
    pub task: JoinHandle<Result<(), SourceError>>,
    stop: CancellationToken,
    pub parcels: tokio::sync::mpsc::Receiver<tandem_sources::Parcel>,
    pub health: Arc<Health>,
    positions: BTreeMap<String, Position>,
    pub records: Vec<Value>,
    pub deliveries: Vec<Delivery>,
}

impl Running {
    pub fn start(pull: &PullSettings, positions: Vec<Position>) -> Self {
        let (inlet, parcels) = inlet(16 << 20);
        let stop = CancellationToken::new();
        let health = Arc::new(Health::default());
        let source = SourceSettings {
            name: "cloud".to_owned(),
            format: None,
            mapping: None,
            time_zone: None,
            silent_after_minutes: 0,
            from: From::Pull(Box::new(pull.clone())),
        };
        let context = Context {
            settings: Arc::new(source),
            name: "cloud".into(),
            inlet,
            positions: positions.clone(),
            stop: stop.clone(),
            health: Arc::clone(&health),
            record_bytes: 1 << 20,
        };
        Self {
            task: {
                let pull = pull.clone();
                tokio::spawn(async move { tandem_sources::pull::run(context, &pull).await })
            },
            stop,
            parcels,
            health,
            positions: positions
                .into_iter()
                .map(|position| (position.stream.clone(), position))
                .collect(),
            records: Vec::new(),
            deliveries: Vec::new(),
        }
    }

    /// Takes one delivery as durable.
    pub async fn take(&mut self) -> bool {
        let Some(parcel) = self.parcels.recv().await else {
            return false;
        };
        let delivery = parcel.delivery.clone();
        let Place::Kept(position) = &delivery.place else {
            panic!("a pull can go on where it was: {:?}", delivery.place);
        };
        assert!(position.mark.len() <= 64 << 10);
        self.positions.insert(position.stream.clone(), position.clone());
        for line in delivery
            .body
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            self.records.push(serde_json::from_slice(line).unwrap());
        }
        self.deliveries.push(delivery);
        parcel.answer(Taken::default());
        true
    }

    /// Takes deliveries until there are so many records and the far side was then asked so many times more, so that
    /// whatever would come twice would have come.
    pub async fn take_all(&mut self, far: &Far, records: usize, more: usize) {
        let all = async {
            while self.records.len() < records {
                assert!(self.take().await, "the source ended: {:?}", self.health.read());
            }
            let mut asked = far.asked.subscribe();
            let until = *asked.borrow() + more;
            loop {
                tokio::select! {
                    taken = self.take() => assert!(taken, "the source ended: {:?}", self.health.read()),
                    reached = asked.wait_for(|asked| *asked >= until) => { reached.unwrap(); break; }
                }
            }
        };
        let got = tokio::time::timeout(PATIENCE, all).await;
        assert!(
            got.is_ok(),
            "{} of {records} records; {:?}",
            self.records.len(),
            self.health.read()
        );
    }

    /// Stops it in good order and takes what it still hands on.
    pub async fn end(mut self) -> Self {
        self.stop.cancel();
        while self.take().await {}
        (&mut self.task).await.unwrap().unwrap();
        self
    }

    /// Ends it as a crash does.
    pub async fn crash(self) -> (Vec<Value>, Vec<Position>) {
        self.task.abort();
        let _ = self.task.await;
        (self.records, self.positions.into_values().collect())
    }
}

/// Records over the last 20 hours, and late ones that happened some minutes ago and show themselves later, two at a time.
pub fn many(service: &Service, count: usize, late: usize) -> Vec<Held> {
    let now = jiff::Timestamp::now().as_millisecond();
    let mut all: Vec<Held> = (0..count)
        .map(|number| {
            (service.held)(
                number,
                now - 60_000 - (number as i64 * 20 * 3_600_000) / count as i64,
            )
        })
        .collect();
    for number in count..count + late {
        let mut held = (service.held)(number, now - 200_000 - number as i64);
        held.after = 1 + (number - count) / 2;
        all.push(held);
    }
    all
}

pub fn expected(service: &Service, held: &[Held]) -> BTreeSet<String> {
    held.iter().flat_map(|held| (service.ids)(held)).collect()
}

/// Every record once and none else.
pub fn once(service: &Service, records: &[Value], expected: &BTreeSet<String>) {
    let mut counts: HashMap<String, u32> = HashMap::new();
    for record in records {
        *counts.entry((service.id_of)(record)).or_default() += 1;
    }
    let twice: Vec<&String> = counts
        .iter()
        .filter(|(_, count)| **count > 1)
        .map(|(id, _)| id)
        .collect();
    assert!(twice.is_empty(), "more than once: {twice:?}");
    let missing: Vec<&String> = expected.iter().filter(|id| !counts.contains_key(*id)).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
    assert_eq!(counts.len(), expected.len());
}

async fn everything_once_in_spite_of_trouble(service: Service) {
    let folder = secrets();
    let troubles = [
        Trouble::Error,
        Trouble::TooMany,
        Trouble::Broken,
        Trouble::Unauthorized,
        Trouble::Truncated,
        Trouble::Html,
        Trouble::OwnTooMany,
    ];
    let mut own = (service.own)();
    // GitHub's secondary limit is told by its header.
    let held = many(&service, 40, 3);
    let expected = expected(&service, &held);
    if own.1["documentation_url"].is_string() {
        own.0 = 429;
    }
    let far = Far {
        held,
        page: 3,
        repeats: true,
        own: Some(own),
        script: troubles
            .iter()
            .enumerate()
            .map(|(number, trouble)| (number * 4 + 3, *trouble))
            .collect(),
        ..Far::default()
    }
    .start(service.router)
    .await;
    let pull = settings(
        (service.settings)(&far.base, folder.path().to_str().unwrap()),
        json!({"since_days": 1}),
    );
    let mut running = Running::start(&pull, Vec::new());
    let last = troubles.len() * 4;
    for step in 0..=2 {
        far.shown.store(step, Ordering::Relaxed);
        let there = far.held.iter().filter(|held| held.after <= step);
        let count = there.map(|held| (service.ids)(held).len()).sum();
        // In the end, all trouble was met, too.
        let more = if step < 2 {
            0
        } else {
            last.saturating_sub(*far.asked.borrow()).max(3)
        };
        running.take_all(&far, count, more).await;
    }
    let ended = running.end().await;
    once(&service, &ended.records, &expected);
    let health = ended.health.read();
    assert_eq!(health.records as usize, expected.len());
    assert!(health.trouble.is_some());
    for delivery in &ended.deliveries {
        assert!(delivery.refused.is_empty(), "{:?}", delivery.refused);
        assert!(delivery.body.ends_with(b"\n"));
    }
}

async fn a_restart_in_the_middle_neither_loses_nor_doubles(service: Service, forgets: bool) {
    let folder = secrets();
    let held = many(&service, 30, 0);
    let expected = expected(&service, &held);
    let far = Far {
        held,
        page: 4,
        ..Far::default()
    }
    .start(service.router)
    .await;
    let values = (service.settings)(&far.base, folder.path().to_str().unwrap());
    let pull = settings(values.clone(), json!({"since_days": 1}));
    let mut records = Vec::new();
    let mut positions = Vec::new();
    for _ in 0..3 {
        let mut running = Running::start(&pull, positions);
        for _ in 0..2 {
            assert!(tokio::time::timeout(PATIENCE, running.take()).await.unwrap());
        }
        // What is under way is lost with the crash.
        let (more, at) = running.crash().await;
        records.extend(more);
        positions = at;
    }
    assert!(
        records.len() < expected.len(),
        "the crashes came too late to mean anything"
    );
    // Long after, page tokens may be forgotten; the far side then has an address of its own.
    let (far, pull) = if forgets {
        let far = Far {
            held: far.held.clone(),
            page: 1_000,
            forgets: true,
            ..Far::default()
        }
        .start(service.router)
        .await;
        let pull = settings(
            (service.settings)(&far.base, folder.path().to_str().unwrap()),
            json!({"since_days": 1}),
        );
        (far, pull)
    } else {
        (far, pull)
    };
    let mut running = Running::start(&pull, positions);
    running.take_all(&far, expected.len() - records.len(), 3).await;
    records.extend(running.end().await.records);
    once(&service, &records, &expected);
}

/// Far side and settings of a service, with some change to the far side.
pub async fn far_side(
    service: &Service,
    folder: &tempfile::TempDir,
    far: Far,
    more: Value,
) -> (Arc<Far>, PullSettings) {
    let far = far.start(service.router).await;
    let pull = settings(
        (service.settings)(&far.base, folder.path().to_str().unwrap()),
        more,
    );
    (far, pull)
}

macro_rules! services {
    ($($name:ident => $service:expr),* $(,)?) => {
        $(mod $name {
            use super::*;

            #[tokio::test]
            async fn delivers_everything_once_in_spite_of_trouble() {
                everything_once_in_spite_of_trouble($service).await;
            }

            #[tokio::test]
            async fn neither_loses_nor_doubles_when_restarted_in_the_middle() {
                a_restart_in_the_middle_neither_loses_nor_doubles($service, false).await;
            }

            #[tokio::test]
            async fn begins_a_window_again_when_its_page_tokens_are_forgotten() {
                a_restart_in_the_middle_neither_loses_nor_doubles($service, true).await;
            }
        })*
    };
}

services! {
    m365 => M365,
    graph => GRAPH,
    okta => OKTA,
    google_workspace => WORKSPACE,
    google_cloud => CLOUD,
    cloudtrail => CLOUDTRAIL,
    github => GITHUB,
}

//! What clients ask before they send. The answers are those of a small cluster in which everything is set up already, so that
//! a forwarder sets up nothing and sends.

use serde_json::{Value, json};

/// The version told. Forwarders compare it with their own; later ones need `allow_older_versions`.
pub const VERSION: &str = "8.19.0";
/// An id as Elasticsearch's look.
const CLUSTER: &str = "dGFuZGVtLWluc2lkZXItcg";

/// `GET /`.
pub fn cluster() -> Value {
    json!({
        "name": "tandem",
        "cluster_name": "tandem",
        "cluster_uuid": CLUSTER,
        "version": {
            "number": VERSION,
            "build_flavor": "default",
            "build_type": "docker",
            "build_hash": "0000000000000000000000000000000000000000",
            "build_date": "2025-07-23T22:05:40.000000000Z",
            "build_snapshot": false,
            "lucene_version": "9.12.2",
            "minimum_wire_compatibility_version": "7.17.0",
            "minimum_index_compatibility_version": "7.0.0",
        },
        // Clients look for these very words.
        "tagline": "You Know, for Search",
    })
}

/// `GET /_license`. Beats refuse to send to a cluster without one.
pub fn licence() -> Value {
    json!({
        "license": {
            "status": "active",
            "uid": "00000000-0000-0000-0000-000000000000",
            "type": "basic",
            "issue_date": "2025-01-01T00:00:00.000Z",
            "issue_date_in_millis": 1_735_689_600_000_u64,
            "max_nodes": 1000,
            "issued_to": "tandem",
            "issuer": "elasticsearch",
            "start_date_in_millis": -1,
        }
    })
}

/// `GET /_xpack`. No feature of Elasticsearch's is there, but life cycle and data streams, which Tandem has in its own way.
pub fn xpack() -> Value {
    let on = json!({ "available": true, "enabled": true });
    let off = json!({ "available": false, "enabled": false });
    json!({
        "build": { "hash": "0000000000000000000000000000000000000000", "date": "2025-07-23T22:05:40.000Z" },
        "license": { "uid": "00000000-0000-0000-0000-000000000000", "type": "basic", "mode": "basic", "status": "active" },
        "features": { "ilm": on, "data_streams": on, "security": on, "monitoring": off, "ml": off, "watcher": off },
        "tagline": "You know, for X",
    })
}

/// `GET /_cluster/health`.
pub fn health() -> Value {
    json!({
        "cluster_name": "tandem",
        "status": "green",
        "timed_out": false,
        "number_of_nodes": 1,
        "number_of_data_nodes": 1,
        "active_primary_shards": 1,
        "active_shards": 1,
        "relocating_shards": 0,
        "initializing_shards": 0,
        "unassigned_shards": 0,
        "delayed_unassigned_shards": 0,
        "number_of_pending_tasks": 0,
        "number_of_in_flight_fetch": 0,
        "task_max_waiting_in_queue_millis": 0,
        "active_shards_percent_as_number": 100.0,
    })
}

/// Something that forwarders set up, or see that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Index templates.
    IndexTemplate,
    /// Parts of index templates.
    ComponentTemplate,
    /// Templates as they were before version 7.8.
    Template,
    /// Life cycle policies.
    Lifecycle,
    /// Data streams.
    DataStream,
    /// Ingest pipelines. None is run: records are mapped here.
    Pipeline,
    /// Indices and their aliases.
    Index,
}

impl About {
    /// What `GET` answers: it is there, and there is nothing to it.
    pub fn answer(self, name: &str) -> Value {
        let mut named = serde_json::Map::new();
        let mut of = |value: Value| {
            named.insert(name.to_owned(), value);
            Value::Object(std::mem::take(&mut named))
        };
        match self {
            Self::IndexTemplate => json!({ "index_templates": [{
                "name": name,
                "index_template": { "index_patterns": [format!("{name}*")], "composed_of": [], "priority": 150, "data_stream": {} },
            }] }),
            Self::ComponentTemplate => {
                json!({ "component_templates": [{ "name": name, "component_template": { "template": {} } }] })
            }
            Self::Template => of(
                json!({ "order": 1, "index_patterns": [format!("{name}*")], "settings": {}, "mappings": {}, "aliases": {} }),
            ),
            Self::Lifecycle => of(
                json!({ "version": 1, "modified_date": "2025-01-01T00:00:00.000Z", "policy": { "phases": {} } }),
            ),
            Self::DataStream => json!({ "data_streams": [{
                "name": name,
                "timestamp_field": { "name": "@timestamp" },
                "indices": [],
                "generation": 1,
                "status": "GREEN",
                "template": name,
            }] }),
            Self::Pipeline => {
                of(json!({ "description": "not run: Tandem maps records itself", "processors": [] }))
            }
            Self::Index => of(json!({ "aliases": {}, "mappings": {}, "settings": {} })),
        }
    }
}

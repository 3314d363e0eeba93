//! Counters for operators. No subject, account or name is ever a label.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Labels of an HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RouteLabels {
    /// Route pattern, never the path itself.
    pub route: String,
    /// Status code.
    pub status: u16,
}

/// Labels by source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct SourceLabels {
    /// Source name.
    pub source: String,
}

/// All counters.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    /// Answers by route and status.
    pub requests: Family<RouteLabels, Counter>,
    /// Records read; equals events + rejects + duplicates.
    pub records: Family<SourceLabels, Counter>,
    /// Events stored.
    pub events: Family<SourceLabels, Counter>,
    /// Records rejected.
    pub rejects: Family<SourceLabels, Counter>,
    /// Records already known.
    pub duplicates: Family<SourceLabels, Counter>,
    /// Rule matches.
    pub matches: Counter,
    /// Evaluations of rules, after the prefilter.
    pub rule_evaluations: Counter,
    /// Time that they took, seconds, estimated from a sample.
    pub rule_seconds: Counter<f64, AtomicU64>,
    /// Events without a log source: only rules for every event look at them.
    pub unseen: Counter,
    /// Scheduled queries that failed.
    pub query_failures: Counter,
    /// Alerts raised by analyses of this process.
    pub alerts: Counter,
    /// Rules loaded.
    pub rules: Gauge<u64, AtomicU64>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("tandem");
        let requests = Family::default();
        let [records, events, rejects, duplicates] =
            std::array::from_fn(|_| Family::<SourceLabels, Counter>::default());
        let (matches, alerts) = (Counter::default(), Counter::default());
        let (rule_evaluations, unseen) = (Counter::default(), Counter::default());
        let query_failures = Counter::default();
        let rule_seconds = Counter::<f64, AtomicU64>::default();
        let rules = Gauge::default();
        registry.register("http_requests", "Answers by route and status", requests.clone());
        registry.register("records", "Records read", records.clone());
        registry.register("events", "Events stored", events.clone());
        registry.register("rejects", "Records rejected", rejects.clone());
        registry.register("duplicates", "Records already known", duplicates.clone());
        registry.register("rule_matches", "Rule matches", matches.clone());
        registry.register(
            "rule_evaluations",
            "Evaluations of rules, after the prefilter",
            rule_evaluations.clone(),
        );
        registry.register(
            "rule_evaluation_seconds",
            "Time that evaluations of rules took, estimated from a sample",
            rule_seconds.clone(),
        );
        registry.register(
            "events_without_log_source",
            "Events that only rules for every event look at",
            unseen.clone(),
        );
        registry.register(
            "query_failures",
            "Scheduled queries that failed",
            query_failures.clone(),
        );
        registry.register("alerts", "Alerts raised", alerts.clone());
        registry.register("rules_loaded", "Rules loaded", rules.clone());
        Self {
            registry: Arc::new(registry),
            requests,
            records,
            events,
            rejects,
            duplicates,
            matches,
            rule_evaluations,
            rule_seconds,
            unseen,
            query_failures,
            alerts,
            rules,
        }
    }
}

impl Metrics {
    /// The Prometheus text format (OpenMetrics 1.0).
    ///
    /// # Errors
    /// Never in practice: writing to a string does not fail.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

//! Sources beside real senders.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bucket;
mod files;
mod files_support;
mod forward;
mod forward_desk;
mod forward_elastic;
mod forward_otlp;
mod journal;
mod kafka;
mod nats;
mod nats_keep;
mod pull;
mod pull_aws;
mod pull_far;
mod pull_trouble;
mod settings;
mod support;
mod syslog;
mod syslog_hostile;
mod syslog_ng;
mod syslog_rsyslog;
mod syslog_support;
mod windows_files;

//! OpenTelemetry's log protocol.
//!
//! Source: OpenTelemetry Protocol Specification 1.5 (OTLP/gRPC, OTLP/HTTP, partial success, JSON encoding) and the logs data
//! model. Messages are those of the crate `opentelemetry-proto`; before they are made, [`guard`] counts what would be made,
//! for a body of a few bytes can stand for gigabytes of empty records.

mod guard;
mod record;

use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsPartialSuccess, ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use prost::Message;

use super::gather::Gather;
use super::{Sender, Unreadable, name};
use crate::delivery::{Delivery, Taken};
use record::Around;

/// How a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `application/x-protobuf`, and gRPC.
    Protobuf,
    /// `application/json`.
    Json,
}

impl Encoding {
    /// The encoding that a `content-type` names; `None` for any other.
    pub fn of(content_type: &str) -> Option<Self> {
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        match kind.to_ascii_lowercase().as_str() {
            "application/x-protobuf" | "application/protobuf" => Some(Self::Protobuf),
            "application/json" => Some(Self::Json),
            _ => None,
        }
    }

    /// The `content-type` of answers.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }
}

/// What a request holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Logs {
    /// What to hand on.
    pub deliveries: Vec<Delivery>,
    /// Records that are none: nothing is in them.
    pub rejected: u64,
}

/// Reads a request.
///
/// # Errors
/// [`Unreadable`] when it cannot be read or holds too much; then nothing is taken. A request without records is fine.
pub fn logs(sender: &Sender<'_>, encoding: Encoding, body: &[u8]) -> Result<Logs, Unreadable> {
    let malformed = |why: String| Unreadable::Malformed(why);
    let request: ExportLogsServiceRequest = match encoding {
        Encoding::Protobuf => {
            guard::protobuf(body)?;
            Message::decode(body).map_err(|error| malformed(error.to_string()))?
        }
        Encoding::Json => {
            guard::json(body)?;
            serde_json::from_slice(body).map_err(|error| malformed(error.to_string()))?
        }
    };
    let mut gather = Gather::new(sender, sender.identity("", body));
    let mut rejected = 0;
    for of_resource in &request.resource_logs {
        let resource = of_resource
            .resource
            .as_ref()
            .map_or(&[][..], |resource| &resource.attributes);
        let source = record::service(resource)
            .filter(|service| !service.starts_with("unknown_service"))
            .and_then(name::clean)
            .unwrap_or_else(|| sender.token.to_owned());
        for of_scope in &of_resource.scope_logs {
            let around = Around {
                source: &source,
                resource,
                scope: of_scope.scope.as_ref(),
            };
            for record in &of_scope.log_records {
                if !around.take(record, &mut gather)? {
                    rejected += 1;
                }
            }
        }
    }
    Ok(Logs {
        deliveries: gather.finish(),
        rejected,
    })
}

/// The answer once everything is durable: what was rejected, and what is kept but could not be read.
pub fn answer(encoding: Encoding, rejected: u64, taken: &Taken) -> Vec<u8> {
    let mut said = Vec::new();
    if rejected > 0 {
        said.push(format!("{rejected} records are empty"));
    }
    if taken.rejects > 0 {
        said.push(format!(
            "{} records could not be read; they are kept, see the rejects of the source",
            taken.rejects
        ));
    }
    let partial_success = (!said.is_empty()).then(|| ExportLogsPartialSuccess {
        rejected_log_records: i64::try_from(rejected).unwrap_or(i64::MAX),
        error_message: said.join("; "),
    });
    let response = ExportLogsServiceResponse { partial_success };
    match encoding {
        Encoding::Protobuf => response.encode_to_vec(),
        // Absent is `{}`; a null would not be understood everywhere.
        Encoding::Json if response.partial_success.is_none() => b"{}".to_vec(),
        Encoding::Json => serde_json::to_vec(&response).unwrap_or_else(|_| b"{}".to_vec()),
    }
}

/// `google.rpc.Status`, the body of refusals over HTTP.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// A refusal: the gRPC code, and why.
pub fn refusal(encoding: Encoding, code: i32, message: &str) -> Vec<u8> {
    match encoding {
        Encoding::Protobuf => Status {
            code,
            message: message.to_owned(),
        }
        .encode_to_vec(),
        Encoding::Json => serde_json::json!({ "code": code, "message": message })
            .to_string()
            .into_bytes(),
    }
}

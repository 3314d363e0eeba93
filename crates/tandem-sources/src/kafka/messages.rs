//! The requests that reading takes, and their answers (protocol guide, "The Messages").

use super::codec::{Garbled, Reader, Writer};

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) key: i16,
    /// Versions that are spoken here, the best first.
    pub(super) versions: &'static [i16],
    pub(super) name: &'static str,
}

pub(super) const API_VERSIONS: Kind = Kind {
    key: 18,
    versions: &[0],
    name: "ApiVersions",
};
/// Version 4 is the first that can ask without making topics.
pub(super) const METADATA: Kind = Kind {
    key: 3,
    versions: &[4],
    name: "Metadata",
};
pub(super) const LIST_OFFSETS: Kind = Kind {
    key: 2,
    versions: &[2, 1],
    name: "ListOffsets",
};
/// Version 10 is the first in which brokers give Zstandard (KIP-110), 4 the first with transactions (KIP-98).
pub(super) const FETCH: Kind = Kind {
    key: 1,
    versions: &[10, 4],
    name: "Fetch",
};
pub(super) const SASL_HANDSHAKE: Kind = Kind {
    key: 17,
    versions: &[1],
    name: "SaslHandshake",
};
pub(super) const SASL_AUTHENTICATE: Kind = Kind {
    key: 36,
    versions: &[0],
    name: "SaslAuthenticate",
};

/// Error codes that are acted on.
pub(super) mod code {
    pub(in crate::kafka) const NONE: i16 = 0;
    pub(in crate::kafka) const OFFSET_OUT_OF_RANGE: i16 = 1;
    pub(in crate::kafka) const UNKNOWN_TOPIC_OR_PARTITION: i16 = 3;
    pub(in crate::kafka) const TOPIC_AUTHORIZATION_FAILED: i16 = 29;
    pub(in crate::kafka) const GROUP_OR_CLUSTER_REFUSED: i16 = 31;
    pub(in crate::kafka) const UNSUPPORTED_COMPRESSION_TYPE: i16 = 76;
}

/// True for errors that pass once the cluster is looked at anew: other leaders, topics that come and go.
pub(super) const fn is_of_leaders(error: i16) -> bool {
    matches!(error, 3 | 5 | 6 | 9 | 74 | 75 | 100)
}

/// An error code in words (protocol guide, "Error Codes").
pub(super) fn words(error: i16) -> String {
    let known = match error {
        1 => "the offset is out of range",
        2 => "a stored record is corrupt",
        3 => "the topic or partition is unknown",
        5 => "the partition has no leader at the moment",
        6 => "the broker is not the partition's leader",
        9 => "a replica is not available",
        29 => "the account may not read the topic",
        31 => "the account may not use the cluster",
        33 => "the sign-in mechanism is not supported",
        35 => "the broker does not speak the version",
        56 => "the broker cannot read its disk",
        58 => "the sign-in was refused",
        74 | 75 => "the partition's leader has changed",
        76 => "the compression needs a newer broker",
        _ => return format!("Kafka error {error}"),
    };
    format!("{known} (Kafka error {error})")
}

/// Versions of a kind of request that a broker speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spoken {
    pub(super) key: i16,
    pub(super) least: i16,
    pub(super) most: i16,
}

pub(super) fn api_versions(reader: &mut Reader<'_>) -> Result<Vec<Spoken>, Garbled> {
    if reader.i16()? != code::NONE {
        return Err(Garbled("it does not tell which versions it speaks"));
    }
    reader.list(|item| {
        Ok(Spoken {
            key: item.i16()?,
            least: item.i16()?,
            most: item.i16()?,
        })
    })
}

/// What a broker says of its cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Metadata {
    /// Number and address of each broker.
    pub(super) brokers: Vec<(i32, String)>,
    pub(super) topics: Vec<TopicMetadata>,
}

/// A topic of [`Metadata`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TopicMetadata {
    pub(super) error: i16,
    pub(super) name: String,
    /// Index and leader of each partition; -1 for no leader.
    pub(super) partitions: Vec<(i32, i32)>,
}

pub(super) fn ask_metadata(topics: &[String]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.count(topics.len());
    for topic in topics {
        writer.string(topic);
    }
    // Topics are not made by asking.
    writer.i8(0);
    writer.into_bytes()
}

pub(super) fn metadata(reader: &mut Reader<'_>) -> Result<Metadata, Garbled> {
    reader.i32()?;
    let brokers = reader.list(|item| {
        let node = item.i32()?;
        let host = item.string()?;
        let port = item.i32()?;
        item.text()?;
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        Ok((node, format!("{host}:{port}")))
    })?;
    reader.text()?;
    reader.i32()?;
    let topics = reader.list(|item| {
        let error = item.i16()?;
        let name = item.string()?.to_owned();
        item.i8()?;
        let partitions = item.list(|item| {
            item.i16()?;
            let (index, leader) = (item.i32()?, item.i32()?);
            item.list(Reader::i32)?;
            item.list(Reader::i32)?;
            Ok((index, leader))
        })?;
        Ok(TopicMetadata {
            error,
            name,
            partitions,
        })
    })?;
    Ok(Metadata { brokers, topics })
}

/// The oldest record that is kept.
pub(super) const EARLIEST: i64 = -2;
/// Behind the newest record.
pub(super) const LATEST: i64 = -1;

pub(super) fn ask_offset(version: i16, topic: &str, index: i32, when: i64) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.i32(-1);
    if version >= 2 {
        writer.i8(0);
    }
    writer.count(1);
    writer.string(topic);
    writer.count(1);
    writer.i32(index);
    writer.i64(when);
    writer.into_bytes()
}

/// Error code and offset of the one partition that was asked for.
pub(super) fn offset(version: i16, reader: &mut Reader<'_>) -> Result<(i16, i64), Garbled> {
    if version >= 2 {
        reader.i32()?;
    }
    let topics = reader.list(|item| {
        item.string()?;
        item.list(|item| {
            item.i32()?;
            let error = item.i16()?;
            item.i64()?;
            Ok((error, item.i64()?))
        })
    })?;
    topics
        .into_iter()
        .flatten()
        .next()
        .ok_or(Garbled("the partition is missing in the answer"))
}

/// A partition to fetch from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) topic: &'a str,
    pub(super) index: i32,
    pub(super) offset: i64,
    pub(super) bytes: i32,
}

/// Bounds of a fetch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) wait_ms: i32,
    pub(super) bytes: i32,
}

pub(super) fn ask_fetch(version: i16, bounds: Bounds, wanted: &[Wanted<'_>]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.i32(-1);
    writer.i32(bounds.wait_ms);
    writer.i32(1);
    writer.i32(bounds.bytes);
    // Only what is committed.
    writer.i8(1);
    if version >= 7 {
        // No session: each request says everything.
        writer.i32(0);
        writer.i32(-1);
    }
    writer.count(wanted.len());
    for one in wanted {
        writer.string(one.topic);
        writer.count(1);
        writer.i32(one.index);
        if version >= 9 {
            writer.i32(-1);
        }
        writer.i64(one.offset);
        if version >= 5 {
            writer.i64(-1);
        }
        writer.i32(one.bytes);
    }
    if version >= 7 {
        writer.count(0);
    }
    writer.into_bytes()
}

/// What a partition holds from an offset on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fetched<'a> {
    pub(super) topic: &'a str,
    pub(super) index: i32,
    pub(super) error: i16,
    /// Offset behind the newest record that all replicas have.
    pub(super) high_watermark: i64,
    /// Producer and first offset of transactions that were given up.
    pub(super) aborted: Vec<(i64, i64)>,
    pub(super) records: &'a [u8],
}

pub(super) fn fetch<'a>(version: i16, reader: &mut Reader<'a>) -> Result<Vec<Fetched<'a>>, Garbled> {
    reader.i32()?;
    if version >= 7 {
        if reader.i16()? != code::NONE {
            return Err(Garbled("the fetch as a whole was refused"));
        }
        reader.i32()?;
    }
    let topics = reader.list(|item| {
        let topic = item.string()?;
        item.list(|item| {
            let (index, error, high_watermark) = (item.i32()?, item.i16()?, item.i64()?);
            item.i64()?;
            if version >= 5 {
                item.i64()?;
            }
            let aborted = item.list(|item| Ok((item.i64()?, item.i64()?)))?;
            Ok(Fetched {
                topic,
                index,
                error,
                high_watermark,
                aborted,
                records: item.bytes()?,
            })
        })
    })?;
    Ok(topics.into_iter().flatten().collect())
}

pub(super) fn ask_handshake(mechanism: &str) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.string(mechanism);
    writer.into_bytes()
}

/// Error code, and the mechanisms that the broker knows.
pub(super) fn handshake(reader: &mut Reader<'_>) -> Result<(i16, Vec<String>), Garbled> {
    Ok((reader.i16()?, reader.list(|item| Ok(item.string()?.to_owned()))?))
}

pub(super) fn ask_authenticate(token: &[u8]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.bytes(token);
    writer.into_bytes()
}

/// Error code, and what the broker says.
pub(super) fn authenticate(reader: &mut Reader<'_>) -> Result<(i16, Vec<u8>), Garbled> {
    let error = reader.i16()?;
    reader.text()?;
    Ok((error, reader.bytes()?.to_vec()))
}

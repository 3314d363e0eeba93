//! Ids of what a case holds. The caller draws them (128 random bits); a duty's id follows from its phase and function.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::words::{Function, Phase};

macro_rules! drawn_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u128);

        impl $name {
            /// Reads 32 hexadecimal digits.
            pub fn parse(text: &str) -> Option<Self> {
                let digits = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
                digits.then(|| u128::from_str_radix(text, 16).ok().map(Self)).flatten()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| de::Error::custom("expected 32 hexadecimal digits"))
            }
        }
    };
}

drawn_id! {
    /// One note.
    NoteId
}
drawn_id! {
    /// One task.
    TaskId
}
drawn_id! {
    /// One meeting.
    MeetingId
}
drawn_id! {
    /// One item of evidence.
    EvidenceId
}
drawn_id! {
    /// One proposal to decide on.
    ProposalId
}
drawn_id! {
    /// One correction or contest by a member of staff.
    ContestId
}

/// One duty of a case, such as `analyse/it_lead`: a function has at most one letter in a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DutyId {
    /// In which phase.
    pub phase: Phase,
    /// Of which function.
    pub function: Function,
}

impl DutyId {
    /// Reads `phase/function`.
    pub fn parse(text: &str) -> Option<Self> {
        let (phase, function) = text.split_once('/')?;
        Some(Self {
            phase: Phase::parse(phase)?,
            function: Function::parse(function)?,
        })
    }
}

impl fmt::Display for DutyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.phase.as_str(), self.function.as_str())
    }
}

impl Serialize for DutyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DutyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("expected a duty such as `analyse/it_lead`"))
    }
}

/// A SHA-256 digest (FIPS 180-4), written as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 64 {
            return None;
        }
        let mut bytes = [0_u8; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(pair).ok()?;
            *byte = u8::from_str_radix(digits, 16)
                .ok()
                .filter(|_| pair.iter().all(u8::is_ascii_hexdigit))?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("expected 64 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_and_nothing_else_reads() {
        let id = NoteId(0xAB);
        assert_eq!(NoteId::parse(&id.to_string()), Some(id));
        assert_eq!(NoteId::parse("+0000000000000000000000000000001"), None);
        let duty = DutyId {
            phase: Phase::Analyse,
            function: Function::ItLead,
        };
        assert_eq!(DutyId::parse("analyse/it_lead"), Some(duty));
        assert_eq!(DutyId::parse("analyse/king"), None);
        let digest = Digest([0x5A; 32]);
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        assert_eq!(Digest::parse(&"+1".repeat(32)), None);
        assert_eq!(Digest::parse(&"é".repeat(32)), None);
    }
}

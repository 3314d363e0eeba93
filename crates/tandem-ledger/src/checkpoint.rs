//! Signed statements of how large the ledger was and what it held.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;
use thiserror::Error;

use crate::fault::{Break, BreakKind};
use crate::key::{KeyId, KeyRing, Signature, SigningKey, check_origin};
use crate::{Hash, canonical};

/// What a signature line of a signed note begins with: an em dash and a space.
const SIGNED_BY: &str = "\u{2014} ";
/// What the line with the time begins with.
const AT: &str = "at ";

/// A signed tree head.
///
/// What is signed is a note as in C2SP tlog-checkpoint, here for a ledger of two rows:
///
/// ```text
/// tandem.example.org/ledger
/// 2
/// +sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=
/// at 2026-01-31T08:00:00Z
/// ```
///
/// four lines, each with its line end: origin, size, root in base 64, and the instant as an extension line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// When it was signed; not before the newest row it covers.
    pub at: Timestamp,
    /// Which key signed it.
    pub key_id: KeyId,
    /// The installation's name.
    pub origin: String,
    /// The tree's root.
    pub root: Hash,
    /// The signature under [`Checkpoint::text`].
    pub signature: Signature,
    /// Rows it covers.
    pub size: u64,
}

/// Why a text is not a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a signed checkpoint: {0}")]
pub struct NoteError(&'static str);

impl Checkpoint {
    /// Signs a tree head under the name of the key. [`Chain::checkpoint`](crate::Chain::checkpoint) is what a ledger uses.
    pub fn sign(key: &SigningKey, size: u64, root: Hash, at: Timestamp) -> Self {
        let origin = key.verifying_key().name().to_owned();
        let signature = key.sign(&text(&origin, size, root, at));
        Self {
            at,
            key_id: key.verifying_key().id(),
            origin,
            root,
            signature,
            size,
        }
    }

    /// The text that is signed.
    pub fn text(&self) -> String {
        text(&self.origin, self.size, self.root, self.at)
    }

    /// The whole signed note: the text, an empty line and `— origin base64(key id ‖ signature)`. It is what an auditor or the
    /// works council keeps on paper or in a mail box.
    pub fn note(&self) -> String {
        let signed: Vec<u8> = self.key_id.0.iter().chain(&self.signature.0).copied().collect();
        format!(
            "{}\n{SIGNED_BY}{} {}\n",
            self.text(),
            self.origin,
            STANDARD.encode(signed)
        )
    }

    /// Checks the signature and that the key counted when it was made.
    pub fn check(&self, keys: &KeyRing) -> Result<(), Break> {
        let mut known = keys.of(&self.origin, self.key_id).peekable();
        if known.peek().is_none() {
            return Err(self.wrong(BreakKind::UntrustedKey, "a signature of a key that is trusted"));
        }
        let text = self.text();
        let Some(signer) = known.find(|trusted| trusted.key.verifies(&text, &self.signature)) else {
            return Err(self.wrong(
                BreakKind::BadSignature,
                "a signature that fits size, root and time",
            ));
        };
        if !signer.covers(self.at) {
            return Err(self.wrong(
                BreakKind::UntrustedKey,
                "a signature from the time in which the key counts",
            ));
        }
        Ok(())
    }

    pub(crate) fn wrong(&self, kind: BreakKind, expected: &str) -> Break {
        Break {
            kind,
            seq: self.size.checked_sub(1),
            line: None,
            expected: expected.to_owned(),
            found: format!("key {} at {}", self.key_id, self.at),
            sentence: format!(
                "the checkpoint over the first {} rows {}",
                self.size,
                match kind {
                    BreakKind::UntrustedKey => "is signed with a key that is not trusted for that time",
                    BreakKind::BackDated => "says it was signed before the newest row it covers",
                    _ => "does not carry a signature that fits it: it was changed or forged",
                }
            ),
        }
    }
}

fn text(origin: &str, size: u64, root: Hash, at: Timestamp) -> String {
    format!("{origin}\n{size}\n{}\n{AT}{at}\n", STANDARD.encode(root.0))
}

impl FromStr for Checkpoint {
    type Err = NoteError;

    /// Reads a signed note with one signature; it must be spelled exactly as [`Checkpoint::note`] does. The signature is not
    /// checked here.
    fn from_str(note: &str) -> Result<Self, NoteError> {
        let mut lines = note.lines();
        let mut line = || lines.next().ok_or(NoteError("it ends too early"));
        let origin = line()?.to_owned();
        check_origin(&origin).map_err(|_| NoteError("the first line does not name an installation"))?;
        let size: u64 = line()?
            .parse()
            .map_err(|_| NoteError("the second line is not a number"))?;
        if size > canonical::MAX_INTEGER.unsigned_abs() {
            return Err(NoteError("the second line is too large a number"));
        }
        let root = base64_of::<32>(line()?).ok_or(NoteError("the third line is not a root in base 64"))?;
        let at = line()?
            .strip_prefix(AT)
            .and_then(Timestamp::parse_rfc3339)
            .ok_or(NoteError("the fourth line is not `at` and an instant"))?;
        if !line()?.is_empty() {
            return Err(NoteError("the fifth line is not empty"));
        }
        let signed = line()?
            .strip_prefix(SIGNED_BY)
            .and_then(|rest| rest.rsplit(' ').next())
            .and_then(base64_of::<68>)
            .ok_or(NoteError("the sixth line is not a signature"))?;
        let (Some((id, signature)), None) = (signed.split_first_chunk::<4>(), lines.next()) else {
            return Err(NoteError("it does not end after one signature"));
        };
        let signature = <[u8; 64]>::try_from(signature).map_err(|_| NoteError("the signature is cut"))?;
        let read = Self {
            at,
            key_id: KeyId(*id),
            origin,
            root: Hash(root),
            signature: Signature(signature),
            size,
        };
        if read.note() == note {
            Ok(read)
        } else {
            Err(NoteError("it is not spelled as it was signed"))
        }
    }
}

fn base64_of<const N: usize>(text: &str) -> Option<[u8; N]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests;

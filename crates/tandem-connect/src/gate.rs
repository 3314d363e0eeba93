//! The redaction gate: what leaves the house passes it or stays.
//!
//! Chat, mail and other systems get pseudonyms only. That is a promise about every text, so it does not rest on careful
//! callers: senders take their text as [`Screened`], and the only way to make one is through a [`Gate`]. A breach never
//! sends a softened text; the message becomes a dead letter that says which rule spoke.
//!
//! Addresses are not screened: a mail goes to an address, an invitation names an account of the far side. Both belong to
//! colleagues who work on the case, never to a subject.

use serde_json::Value;

/// Says whether a text may leave. The server's gate knows the identity directory; tests bring their own.
pub trait Gate: Send + Sync {
    /// Lets `text` through or names the rule it breaks.
    ///
    /// # Errors
    /// [`GateBreach`] if the text must not leave.
    fn check(&self, text: &str) -> Result<(), GateBreach>;

    /// A text of a far side as it may be kept: without names. A gate that cannot take them out withholds the whole text.
    fn redacted(&self, text: &str) -> String {
        match self.check(text) {
            Ok(()) => text.to_owned(),
            Err(_) => "(words withheld: they name somebody)".to_owned(),
        }
    }
}

/// A text was stopped. It names the rule, never the text: this error is stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("stopped by the redaction gate: {rule}; nothing was sent, mend the text in Tandem and replay")]
pub struct GateBreach {
    /// The rule that spoke, such as `a name from the directory`.
    pub rule: String,
}

/// Something made of texts that people will read.
pub trait Texts {
    /// Hands every text to `each`, as a reader would see it.
    fn texts(&self, each: &mut dyn FnMut(&str));
}

impl Texts for Value {
    fn texts(&self, each: &mut dyn FnMut(&str)) {
        match self {
            Self::String(text) => each(text),
            Self::Array(items) => items.iter().for_each(|item| item.texts(each)),
            Self::Object(fields) => {
                for (key, value) in fields {
                    each(key);
                    value.texts(each);
                }
            }
            Self::Null | Self::Bool(_) | Self::Number(_) => {}
        }
    }
}

/// Something whose every text a gate let through. Senders take nothing else.
#[derive(Debug, Clone)]
pub struct Screened<T>(T);

impl<T: Texts> Screened<T> {
    /// Shows every text of `value` to `gate`: as it stands, with per-cent escapes undone (links), and with HTML's escapes
    /// undone.
    ///
    /// # Errors
    /// The first [`GateBreach`]; the value is dropped.
    pub fn new(value: T, gate: &dyn Gate) -> Result<Self, GateBreach> {
        let mut verdict = Ok(());
        value.texts(&mut |text| {
            if verdict.is_ok() {
                verdict = look(text, gate);
            }
        });
        verdict.map(|()| Self(value))
    }
}

impl<T> Screened<T> {
    /// The value.
    pub const fn get(&self) -> &T {
        &self.0
    }

    /// Takes the value out, for the sender that adds the address to it.
    pub fn into_inner(self) -> T {
        self.0
    }
}

fn look(text: &str, gate: &dyn Gate) -> Result<(), GateBreach> {
    gate.check(text)?;
    if text.contains('%') {
        gate.check(&percent_encoding::percent_decode_str(text).decode_utf8_lossy())?;
    }
    if text.contains(['&', '<']) {
        gate.check(&crate::text::without_tags(text))?;
    }
    if text.contains(['\\', '\u{2060}']) {
        gate.check(&text.replace(['\\', '\u{2060}'], ""))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct NoAnna;
    impl Gate for NoAnna {
        fn check(&self, text: &str) -> Result<(), GateBreach> {
            if text.contains("Anna O'Hara") {
                return Err(GateBreach {
                    rule: "a name from the directory".to_owned(),
                });
            }
            Ok(())
        }
    }

    #[test]
    fn a_name_is_found_in_every_disguise_the_renderers_use() {
        for text in [
            "Anna O'Hara",
            "https://t/Anna%20O%27Hara",
            "<b>Anna O&#39;Hara</b>",
            "Anna O\\'Hara",
        ] {
            assert!(
                Screened::new(json!({"a": [{"b": text}]}), &NoAnna).is_err(),
                "{text}"
            );
            assert!(Screened::new(json!({text: 1}), &NoAnna).is_err(), "{text}");
        }
        assert!(Screened::new(json!({"a": "S-7K3M2Q9D"}), &NoAnna).is_ok());
    }

    #[test]
    fn a_breach_names_the_rule_and_not_the_name() {
        let breach = Screened::new(json!("Anna O'Hara"), &NoAnna).unwrap_err();
        assert!(!format!("{breach} {breach:?}").contains("Anna"));
    }
}

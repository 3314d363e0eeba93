//! One JSON line, written straight into the page.

use std::fmt::{Display, Write};

/// A line being written. Commas come by themselves.
pub(crate) struct Json<'a>(&'a mut String);

impl<'a> Json<'a> {
    /// Opens the outermost object.
    pub(crate) fn open(out: &'a mut String) -> Self {
        out.push('{');
        Self(out)
    }

    /// Closes the outermost object.
    pub(crate) fn end(self) {
        self.0.push('}');
    }

    fn comma(&mut self) {
        if !matches!(self.0.as_bytes().last(), Some(b'{' | b'[') | None) {
            self.0.push(',');
        }
    }

    fn key(&mut self, key: &str) {
        self.comma();
        self.quoted(key);
        self.0.push(':');
    }

    /// `"key":"text"`, escaped.
    pub(crate) fn text(&mut self, key: &str, text: &str) -> &mut Self {
        self.key(key);
        self.quoted(text);
        self
    }

    /// `"key":"value"` for values that need no escape (times, numbers as text, identifiers).
    pub(crate) fn plain(&mut self, key: &str, value: impl Display) -> &mut Self {
        self.key(key);
        // Writing to a `String` cannot fail.
        let _ = write!(self.0, "\"{value}\"");
        self
    }

    /// `"key":value` for numbers, booleans and `null`.
    pub(crate) fn raw(&mut self, key: &str, value: impl Display) -> &mut Self {
        self.key(key);
        let _ = write!(self.0, "{value}");
        self
    }

    /// `"key":{…}`.
    pub(crate) fn object(&mut self, key: &str, fill: impl FnOnce(&mut Json<'_>)) -> &mut Self {
        self.key(key);
        self.0.push('{');
        fill(&mut Json(self.0));
        self.0.push('}');
        self
    }

    /// `"key":["a","b"]`.
    pub(crate) fn texts<T: AsRef<str>>(&mut self, key: &str, items: &[T]) -> &mut Self {
        self.key(key);
        self.0.push('[');
        for item in items {
            self.comma();
            self.quoted(item.as_ref());
        }
        self.0.push(']');
        self
    }

    /// `"key":[{…},{…}]`.
    pub(crate) fn objects<T>(
        &mut self,
        key: &str,
        items: &[T],
        fill: impl Fn(&mut Json<'_>, &T),
    ) -> &mut Self {
        self.key(key);
        self.0.push('[');
        for item in items {
            self.comma();
            self.0.push('{');
            fill(&mut Json(self.0), item);
            self.0.push('}');
        }
        self.0.push(']');
        self
    }

    fn quoted(&mut self, text: &str) {
        self.0.push('"');
        for c in text.chars() {
            match c {
                '"' => self.0.push_str("\\\""),
                '\\' => self.0.push_str("\\\\"),
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                '\t' => self.0.push_str("\\t"),
                c if c < ' ' => {
                    let _ = write!(self.0, "\\u{:04x}", c as u32);
                }
                c => self.0.push(c),
            }
        }
        self.0.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_back_as_what_was_written() {
        let mut out = String::new();
        let mut json = Json::open(&mut out);
        json.text("path", "C:\\a \"b\"\n\u{1}é")
            .raw("n", 3)
            .object("inner", |j| {
                j.plain("x", 1).texts("list", &["a", "b"]);
            });
        json.objects("items", &[1, 2], |j, n| {
            j.raw("n", n);
        });
        json.end();
        let value: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(value["path"], "C:\\a \"b\"\n\u{1}é");
        assert_eq!(value["inner"]["list"][1], "b");
        assert_eq!(value["items"][1]["n"], 2);
    }
}

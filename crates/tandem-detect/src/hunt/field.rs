//! Where a term looks: the lake's columns, and a source's own fields.

use tandem_domain::{Attr, NumAttr};

use super::fault::nearest;

/// Text columns beside the attributes of the core view.
const TEXT: [&str; 7] = [
    "account",
    "class",
    "event_id",
    "fields",
    "logsource",
    "raw",
    "source",
];
/// Columns of whole numbers beside the attributes of the core view.
const NUMBERS: [&str; 4] = ["activity_id", "class_uid", "severity_id", "status_id"];
/// Columns that the range of time decides on.
const TIMES: [&str; 2] = ["day", "time"];
/// Before a source's own field whose name a column has too.
pub(super) const OWN: &str = "fields.";

/// A place in an event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// A column of text.
    Text(&'static str),
    /// A column of whole numbers.
    Number(&'static str),
    /// One of the source's own fields, under the source's own name; a dot also reaches into what is nested.
    Own(String),
}

/// The name of every column that can be asked for.
pub fn column_names() -> impl Iterator<Item = &'static str> {
    let attrs = Attr::ALL.iter().map(|attr| attr.as_str());
    let nums = NumAttr::ALL.iter().map(|num| num.as_str());
    TEXT.into_iter().chain(NUMBERS).chain(attrs).chain(nums)
}

impl Field {
    /// The field that a name means: a column with exactly that name, or else one of the source's own. `fields.x` is always the
    /// source's own `x`.
    ///
    /// # Errors
    /// Why the name cannot be asked for, and what to do.
    pub fn of(name: &str) -> Result<Self, (String, &'static str)> {
        if TIMES.contains(&name) {
            return Err((
                format!("`{name}` is not searched here"),
                "time is chosen by from and to beside the question",
            ));
        }
        let own = name.strip_prefix(OWN);
        if own.is_none() {
            let attr = || Attr::parse(name).map(Attr::as_str);
            let text = TEXT.into_iter().find(|known| *known == name).or_else(attr);
            if let Some(name) = text {
                return Ok(Self::Text(name));
            }
            let num = || NumAttr::parse(name).map(NumAttr::as_str);
            let number = NUMBERS.into_iter().find(|known| *known == name).or_else(num);
            if let Some(name) = number {
                return Ok(Self::Number(name));
            }
        }
        let own = own.unwrap_or(name);
        let wrong = |c: char| c.is_control() || matches!(c, ':' | '|' | '"');
        if own.is_empty() || own.trim() != own || own.contains(wrong) {
            return Err((
                format!("`{name}` is no name of a field"),
                "a name holds no colon, `|`, quote or line end, and no blank at its ends",
            ));
        }
        Ok(Self::Own(own.to_owned()))
    }

    /// The name as a question writes it, without quotes.
    pub fn name(&self) -> String {
        match self {
            Self::Text(name) | Self::Number(name) => (*name).to_owned(),
            // Whatever else the bare name would mean, the prefix makes it the source's own.
            Self::Own(name) if Self::of(name).as_ref() != Ok(self) => format!("{OWN}{name}"),
            Self::Own(name) => name.clone(),
        }
    }

    /// The name as a Sigma rule writes it, or why there is none.
    pub(super) fn sigma_name(&self) -> Result<String, &'static str> {
        match self {
            Self::Own(name) => Ok(name.clone()),
            Self::Text("account") => Err(
                "a rule speaks of acts, whoever does them; leave the account out, or exclude accounts of services by actor_user",
            ),
            Self::Text("event_id" | "fields" | "logsource" | "raw") => {
                Err("Sigma has no name for it; say it by another field")
            }
            Self::Number("class_uid") => Err("say it by class"),
            Self::Number("severity_id") => Err("Sigma has no name for it; say it by another field"),
            Self::Number("activity_id") => Ok("attr:activity".to_owned()),
            Self::Number("status_id") => Ok("attr:status".to_owned()),
            Self::Text(name) | Self::Number(name) => Ok(format!("attr:{name}")),
        }
    }

    /// True if its whole value is an account.
    pub(super) fn names_an_account(&self) -> bool {
        matches!(self, Self::Text("account" | "actor_user" | "target_user"))
    }

    /// Says that a name is no column although it looks like one.
    pub(super) fn note(&self) -> Option<String> {
        let Self::Own(name) = self else { return None };
        // Sources' own names mostly have capitals or dots; columns never do.
        let like_a_column = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        if !like_a_column || name.len() < 4 || Self::of(name).as_ref() != Ok(self) {
            return None;
        }
        let meant = nearest(name, column_names())?;
        Some(format!(
            "there is no column `{name}`, so it is looked for among the sources' own fields; {meant}"
        ))
    }
}

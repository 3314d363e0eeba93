//! Mail: subject, plain text, and the same as HTML without pictures, scripts or tracking.

use super::OPEN;
use crate::gate::Texts;
use crate::notice::Notice;
use crate::text;

/// Longest subject, characters (RFC 5322 advises lines of 78; header folding makes longer ones safe).
const MAX_SUBJECT: usize = 180;
/// Most notices of one digest.
pub const MAX_DIGEST: usize = 200;

/// A mail's content, without addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// An iCalendar file to go with it.
    pub calendar: Option<String>,
}

impl Texts for Letter {
    fn texts(&self, each: &mut dyn FnMut(&str)) {
        each(&self.subject);
        each(&self.text);
        each(&self.html);
        if let Some(calendar) = &self.calendar {
            each(calendar);
            // RFC 5545 folds lines after 75 bytes; a name may stand across a fold.
            each(&calendar.replace("\r\n ", "").replace("\r\n\t", ""));
        }
    }
}

/// One notice as a mail.
pub fn letter(notice: &Notice) -> Letter {
    let (body, page) = part(notice);
    Letter {
        subject: text::clip(&format!("{}: {}", notice.heading(), notice.title), MAX_SUBJECT),
        text: format!("{body}\n{}\n", footer()),
        html: document(&page),
        calendar: None,
    }
}

/// Several notices as one mail, in the order given; the same for both sides.
pub fn digest(title: &str, notices: &[Notice]) -> Letter {
    let title = text::plain(title);
    let shown = notices.get(..notices.len().min(MAX_DIGEST)).unwrap_or_default();
    let mut body = format!("{title}\n\n");
    let mut page = format!("<h1>{}</h1>", text::html(&title));
    for notice in shown {
        let (lines, paragraph) = part(notice);
        body.push_str(&lines);
        body.push('\n');
        page.push_str(&paragraph);
    }
    if notices.len() > shown.len() {
        let more = format!("{} more in Tandem.", notices.len() - shown.len());
        body.push_str(&format!("{more}\n\n"));
        page.push_str(&format!("<p>{more}</p>"));
    }
    Letter {
        subject: text::clip(&title, MAX_SUBJECT),
        text: format!("{body}{}\n", footer()),
        html: document(&page),
        calendar: None,
    }
}

fn part(notice: &Notice) -> (String, String) {
    let mut body = format!("{}\n{}\n", notice.heading(), notice.title);
    let mut page = format!(
        "<h2>{}</h2><p><strong>{}</strong></p>",
        text::html(&notice.heading()),
        text::html(&notice.title)
    );
    for line in notice.sentences.iter().cloned().chain(notice.facts()) {
        body.push_str(&format!("{line}\n"));
        page.push_str(&format!("<p>{}</p>", text::html(&line)));
    }
    body.push_str(&format!("{OPEN}: {}\n", notice.link));
    page.push_str(&format!(
        "<p><a href=\"{}\">{OPEN}</a></p>",
        text::html(&notice.link)
    ));
    (body, page)
}

const fn footer() -> &'static str {
    "This mail names nobody. What stands behind a pseudonym is seen in Tandem only, by those who may."
}

fn document(page: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Tandem</title></head><body>{page}<p>{}</p></body></html>",
        footer()
    )
}

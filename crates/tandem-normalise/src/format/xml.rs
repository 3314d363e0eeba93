//! Windows event XML: one `<Event>` at a time, brought to the field names that EVTX files and their JSON have.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use tandem_domain::Value;
use tandem_domain::event::EventBuilder;

use super::windows;

/// Deepest nesting that is followed.
const DEPTH: usize = 24;
/// Elements of the head that are numbers in every other shape of the event.
const NUMBERS: [&str; 6] = ["EventID", "Version", "Level", "Task", "Opcode", "EventRecordID"];
/// Attributes of the head that are numbers in every other shape of the event.
const NUMBER_ATTRIBUTES: [&str; 2] = ["ProcessID", "ThreadID"];

/// Parses one `<Event>` element into fields.
///
/// # Errors
/// What is not well-formed, with the byte inside the record.
pub(crate) fn parse(record: &str, event: &mut EventBuilder<'_>) -> Result<(), String> {
    let mut reader = Reader::from_str(record);
    let mut walk = Walk {
        event,
        path: String::with_capacity(64),
        open: Vec::with_capacity(8),
        done: false,
    };
    loop {
        let step = match reader.read_event() {
            Err(error) => Err(error.to_string()),
            Ok(Event::Eof) => break,
            Ok(Event::Start(tag)) => walk.open(&tag),
            Ok(Event::Empty(tag)) => walk.open(&tag).map(|()| walk.close()),
            Ok(Event::End(_)) => {
                walk.close();
                Ok(())
            }
            Ok(Event::Text(text)) => walk.text(&text.xml10_content()),
            Ok(Event::CData(text)) => walk.text(&text.xml10_content()),
            Ok(Event::GeneralRef(name)) => walk.text(&resolve(&name)),
            Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_)) => Ok(()),
        };
        step.map_err(|reason| {
            format!(
                "not well-formed XML at byte {}: {reason}",
                reader.error_position().max(reader.buffer_position())
            )
        })?;
    }
    match walk.open.last() {
        Some(_) => Err(format!("the element `{}` is not closed", walk.path)),
        None if walk.done => Ok(()),
        None => Err("there is no element in the record".to_owned()),
    }
}

/// An element that is not closed yet.
struct Element {
    /// Length of the path outside of it.
    outside: usize,
    text: String,
    /// It said something besides its text: attributes or elements inside.
    said: bool,
    /// `Data` of `EventData`: empty means an empty text.
    data: bool,
}

struct Walk<'w, 'e> {
    event: &'w mut EventBuilder<'e>,
    path: String,
    open: Vec<Element>,
    done: bool,
}

impl Walk<'_, '_> {
    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), String> {
        if self.done && self.open.is_empty() {
            return Err("a second element behind the first".to_owned());
        }
        if self.open.len() >= DEPTH {
            return Err("nested too deeply".to_owned());
        }
        let outside = self.path.len();
        let local = tag.local_name();
        let name = local.as_ref();
        if let Some(parent) = self.open.last_mut() {
            parent.said = true;
            self.path.push('.');
        }
        let data = matches!(name, "Data" | "ComplexData") && self.path == "Event.EventData.";
        self.path.push_str(name);
        let mut element = Element {
            outside,
            text: String::new(),
            said: false,
            data,
        };
        let mut named = None;
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|e| e.to_string())?;
            let key = attribute.key.as_ref();
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Explicit1_0)
                .unwrap_or(attribute.value);
            if data && key == "Name" {
                named = Some(value.into_owned());
                continue;
            }
            element.said = true;
            let inside = self.path.len();
            self.path.push_str(".#attributes.");
            self.path.push_str(key);
            self.put(&value, NUMBER_ATTRIBUTES.contains(&key));
            self.path.truncate(inside);
        }
        if let Some(named) = named.filter(|named| !named.is_empty()) {
            self.path.truncate(outside + 1);
            self.path.push_str(&named);
        }
        self.open.push(element);
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err("text outside of the element".to_owned()),
        }
        Ok(())
    }

    fn close(&mut self) {
        let Some(element) = self.open.pop() else { return };
        let blank = element.text.trim().is_empty();
        if !blank || (element.data && !element.said) {
            let head = self.open.len() == 2 && self.path.starts_with("Event.System.");
            let local = self.path.rsplit('.').next().unwrap_or_default();
            let number = head && NUMBERS.contains(&local);
            let text = if element.said {
                element.text.trim()
            } else {
                &element.text
            };
            self.put(text, number);
        } else if !element.said {
            self.event.field(&windows::rename(&self.path), Value::Null);
        }
        self.path.truncate(element.outside);
        self.done = true;
    }

    fn put(&mut self, text: &str, number: bool) {
        let name = windows::rename(&self.path);
        match text.trim().parse().ok().filter(|_| number) {
            Some(number) => self.event.field(&name, Value::Int(number)),
            None => self.event.field(&name, Value::Text(text)),
        }
    }
}

/// The text of `&lt;`, `&#10;` and the like; an entity that XML does not know stays as it is.
fn resolve<'t>(name: &'t BytesRef<'_>) -> Cow<'t, str> {
    if let Ok(Some(letter)) = name.resolve_char_ref() {
        return letter.to_string().into();
    }
    let name = name.xml10_content();
    match quick_xml::escape::resolve_predefined_entity(&name) {
        Some(text) => text.into(),
        None => format!("&{name};").into(),
    }
}

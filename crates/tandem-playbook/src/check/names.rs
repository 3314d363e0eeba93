//! Names of values: where they come from, and that conditions and texts use only such.

use std::collections::{BTreeMap, BTreeSet};

use super::block_path;
use crate::condition::{Comparison, Condition, Datum, Test};
use crate::fault::{Fault, Path};
use crate::is_name;
use crate::model::{Field, FieldKind, Playbook, RESERVED, Step};

/// The fields of a playbook, with the way to each, and its templates.
pub(super) struct Names<'p> {
    all: Vec<(Path, &'p Field)>,
    by_id: BTreeMap<&'p str, &'p Field>,
    templates: BTreeSet<&'p str>,
}

impl<'p> Names<'p> {
    pub(super) fn of(playbook: &'p Playbook) -> Self {
        let root = Path::root();
        let mut all = Vec::new();
        list(&root.key("inputs"), &playbook.inputs, &mut all);
        steps(&root.key("steps"), &playbook.steps, 0, &mut all);
        steps(&root.key("exception"), &playbook.exception, 0, &mut all);
        let mut by_id = BTreeMap::new();
        for (_, field) in &all {
            by_id.entry(field.id.as_str()).or_insert(*field);
        }
        Self {
            by_id,
            all,
            templates: playbook
                .templates
                .iter()
                .map(|template| template.id.as_str())
                .collect(),
        }
    }

    pub(super) fn has_template(&self, id: &str) -> bool {
        self.templates.contains(id)
    }

    /// Every field is well formed; a name used twice means the same both times.
    pub(super) fn fields(&self, faults: &mut Vec<Fault>) {
        for (path, field) in &self.all {
            let mut error = |key: &str, reason: String, help: &str| {
                faults.push(Fault::error(&path.key(key), reason, help));
            };
            if !is_name(&field.id) || RESERVED.contains(&field.id.as_str()) {
                let help = "use lower-case letters, digits and `_`; case, subject, date, deadline and contact are taken";
                error("id", format!("`{}` is no id of a field", field.id), help);
            }
            let first = self.by_id.get(field.id.as_str());
            if first.is_some_and(|first| first.kind != field.kind || first.options != field.options) {
                let help = "give it another id, or the same type and options";
                error(
                    "id",
                    format!("`{}` means something else in another place", field.id),
                    help,
                );
            }
            let choice = field.kind == FieldKind::Choice;
            if choice && field.options.len() < 2 {
                error("options", "a choice needs at least two options".to_owned(), "");
            } else if !choice && !field.options.is_empty() {
                error(
                    "options",
                    "only a choice has options".to_owned(),
                    "add `type: choice`",
                );
            }
            if field.kind != FieldKind::Number && (field.min.is_some() || field.max.is_some()) {
                error("type", "only a number has `min` and `max`".to_owned(), "");
            } else if let (Some(min), Some(max)) = (field.min, field.max)
                && min > max
            {
                error("min", "is larger than `max`".to_owned(), "");
            }
        }
    }

    pub(super) fn known(&self, path: &Path, name: &str, faults: &mut Vec<Fault>) {
        if !self.by_id.contains_key(name) {
            let help = "name an input, or a field of a form or of outputs";
            faults.push(Fault::error(
                path,
                format!("nothing gives a value to `{name}`"),
                help,
            ));
        }
    }

    pub(super) fn options(&self, name: &str) -> Option<Vec<&'p str>> {
        let field = self
            .by_id
            .get(name)
            .filter(|field| field.kind == FieldKind::Choice)?;
        Some(field.options.iter().map(String::as_str).collect())
    }

    /// A condition looks at known names and compares them with what they can be.
    pub(super) fn condition(&self, path: &Path, condition: &Condition, faults: &mut Vec<Fault>) {
        let Condition::Own(expr) = condition else { return };
        expr.visit(&mut |test| {
            let name = test.name();
            let Some(field) = self.by_id.get(name) else {
                self.known(path, name, faults);
                return;
            };
            if let Some(reason) = misfit(field, &test) {
                faults.push(Fault::error(path, reason, ""));
            }
        });
    }

    /// Placeholders of a text mean something.
    pub(super) fn placeholders(&self, path: &Path, text: &str, faults: &mut Vec<Fault>) {
        let Some(names) = crate::placeholders(text) else {
            let help = "write `{name}` for a value, `{{` and `}}` for braces";
            faults.push(Fault::error(path, "a brace stands alone", help));
            return;
        };
        for name in names.into_iter().filter(|name| !RESERVED.contains(name)) {
            self.known(path, name, faults);
        }
    }
}

/// True if a field can be compared like this.
pub(crate) fn fits(field: &Field, test: &Test<'_>) -> bool {
    misfit(field, test).is_none()
}

fn misfit(field: &Field, test: &Test<'_>) -> Option<String> {
    let name = &field.id;
    let Test::Compare(_, comparison, value) = test else {
        return (field.kind != FieldKind::Bool)
            .then(|| format!("`{name}` is not true or false; compare it with a value"));
    };
    let equality = matches!(comparison, Comparison::Equal | Comparison::Unequal);
    match (field.kind, value) {
        (FieldKind::Bool, Datum::Bool(_)) if equality => None,
        (FieldKind::Number, Datum::Number(_)) | (FieldKind::Date, Datum::Text(_)) => None,
        (FieldKind::Choice, Datum::Text(text)) if equality => {
            (!field.options.contains(text)).then(|| format!("`{name}` is never '{text}'"))
        }
        (FieldKind::Text | FieldKind::LongText | FieldKind::Evidence, Datum::Text(_)) if equality => None,
        _ => Some(format!(
            "`{name}` is of type {} and cannot be compared like this",
            field.kind
        )),
    }
}

fn list<'p>(path: &Path, fields: &'p [Field], all: &mut Vec<(Path, &'p Field)>) {
    all.extend(
        fields
            .iter()
            .enumerate()
            .map(|(at, field)| (path.index(at), field)),
    );
}

fn steps<'p>(path: &Path, block: &'p [Step], depth: usize, all: &mut Vec<(Path, &'p Field)>) {
    if depth > super::MAX_BLOCKS {
        return;
    }
    for (at, step) in block.iter().enumerate() {
        let here = path.index(at);
        list(&here.key("form"), &step.form, all);
        list(&here.key("outputs"), &step.outputs, all);
        for (inner, block) in step.blocks() {
            steps(&block_path(&here, inner), block, depth + 1, all);
        }
    }
}

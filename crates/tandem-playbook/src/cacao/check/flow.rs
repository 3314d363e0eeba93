//! The ways through a workflow: no dangling reference, a start, everything reachable, no way that never ends.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, ways};
use crate::cacao::{Document, Step, StepKind, successors};
use crate::fault::Path;

impl Check<'_> {
    /// Sections 3.1 and 4: references, reachability, cycles, ends of branches.
    pub(super) fn flow(&mut self) {
        self.ends();
        let sound = self.dangling();
        self.start();
        if sound {
            self.unreachable();
            self.cycles();
            self.shared_ends();
        }
    }

    /// `workflow_start` is a start step; there is only one way in.
    fn start(&mut self) {
        let document = self.document;
        let path = Path::root().key("workflow_start");
        match document.workflow.get(&document.workflow_start) {
            None => {
                let reason = format!("`{}` is not in `workflow`", document.workflow_start);
                self.error(&path, reason, "name the start step");
            }
            Some(step) if !matches!(step.kind, StepKind::Start) => {
                let reason = format!("must name a start step, but names a `{}`", step.kind.as_str());
                self.error(&path, reason, "add a start step that leads to it");
            }
            Some(_) => {}
        }
    }

    fn ends(&mut self) {
        let document = self.document;
        if let Some(id) = &document.workflow_exception
            && !document.workflow.contains(id)
        {
            let path = Path::root().key("workflow_exception");
            self.error(
                &path,
                format!("`{id}` is not in `workflow`"),
                "name a step of the workflow",
            );
        }
    }

    fn dangling(&mut self) -> bool {
        let document = self.document;
        let mut sound = true;
        for (id, step) in document.workflow.iter() {
            let path = Path::root().key("workflow").key(id);
            for (here, next) in ways(&path, step) {
                if !document.workflow.contains(next) {
                    sound = false;
                    let help = "name a step of the workflow, or remove the property";
                    self.error(
                        &here,
                        format!("leads to `{next}`, which is not in `workflow`"),
                        help,
                    );
                }
            }
        }
        sound
    }

    fn unreachable(&mut self) {
        let document = self.document;
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut waiting: Vec<&str> = vec![&document.workflow_start];
        waiting.extend(document.workflow_exception.as_deref());
        while let Some(id) = waiting.pop() {
            let Some(step) = document.workflow.get(id) else {
                continue;
            };
            if seen.insert(id) {
                waiting.extend(successors(step).into_iter().map(|(_, next)| next));
            }
        }
        let lost = document
            .workflow
            .iter()
            .map(|(id, _)| id)
            .filter(|id| !seen.contains(id));
        for id in lost.map(str::to_owned).collect::<Vec<_>>() {
            let path = Path::root().key("workflow").key(&id);
            self.warn(
                &path,
                "no way leads to this step",
                "let a step lead to it, or remove it",
            );
        }
    }

    /// A way back to where it came from is an endless loop, unless it passes a while-condition (section 4.9).
    fn cycles(&mut self) {
        if let Some(id) = cycle(self.document) {
            let path = Path::root().key("workflow").key(&id);
            let help = "repeat steps with a while-condition";
            self.error(&path, "a way leads from this step back to itself", help);
        }
    }

    /// Sections 4.7 to 4.10: each branch ends in an end step of its own.
    fn shared_ends(&mut self) {
        let document = self.document;
        let mut owners: BTreeMap<&str, String> = BTreeMap::new();
        let mut shared = Vec::new();
        for (id, step) in document.workflow.iter() {
            for (name, head) in branches(step) {
                let owner = format!("{name} of {id}");
                for end in chain_ends(document, head) {
                    if owners
                        .insert(end, owner.clone())
                        .is_some_and(|other| other != owner)
                    {
                        shared.push(end.to_owned());
                    }
                }
            }
        }
        shared.sort();
        shared.dedup();
        for end in shared {
            let path = Path::root().key("workflow").key(&end);
            let help = "give each branch its own end step, so that it is clear where the flow goes back to";
            self.warn(&path, "more than one branch ends here", help);
        }
    }
}

/// The first steps of a step's branches.
fn branches(step: &Step) -> Vec<(String, &str)> {
    let outer = ["on_completion", "on_success", "on_failure"];
    successors(step)
        .into_iter()
        .filter(|(name, _)| !outer.contains(&name.as_str()))
        .collect()
}

/// The end steps a branch runs into by itself: along what comes after each step, not into branches of other steps.
fn chain_ends<'d>(document: &'d Document, head: &'d str) -> BTreeSet<&'d str> {
    let mut ends = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut waiting = vec![head];
    while let Some(id) = waiting.pop() {
        let Some(step) = document.workflow.get(id).filter(|_| seen.insert(id)) else {
            continue;
        };
        if matches!(step.kind, StepKind::End) {
            ends.insert(id);
        }
        let common = &step.common;
        for next in [&common.on_completion, &common.on_success, &common.on_failure] {
            waiting.extend(next.as_deref());
        }
    }
    ends
}

/// A step on a cycle that passes no while-condition, the first one in the order of the document.
fn cycle(document: &Document) -> Option<String> {
    // Depth first without recursion: 1 on the way down, 2 when everything below was seen.
    let mut colour: BTreeMap<&str, u8> = BTreeMap::new();
    for (root, _) in document.workflow.iter() {
        let mut stack = vec![(root, false)];
        while let Some((id, leaving)) = stack.pop() {
            if leaving {
                colour.insert(id, 2);
                continue;
            }
            if colour.contains_key(id) {
                continue;
            }
            colour.insert(id, 1);
            stack.push((id, true));
            let Some(step) = document.workflow.get(id) else {
                continue;
            };
            let repeats = matches!(step.kind, StepKind::While(_));
            for (name, next) in successors(step) {
                if repeats && name == "on_true" {
                    continue;
                }
                match colour.get(next) {
                    Some(1) => return Some(next.to_owned()),
                    Some(_) => {}
                    None => stack.push((next, false)),
                }
            }
        }
    }
    None
}

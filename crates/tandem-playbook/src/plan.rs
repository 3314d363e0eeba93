//! A playbook made ready to run: its steps as the nodes of a flat graph that knows what comes next.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::condition::Condition;
use crate::fault::PlaybookError;
use crate::model::{Field, Kind, Playbook, Step};

/// A playbook made ready to run. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Plan(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    playbook: Playbook,
    nodes: Vec<Node>,
    index: BTreeMap<String, usize>,
    head: usize,
    exception: Option<usize>,
    fields: BTreeMap<String, Field>,
}

/// Why a playbook cannot be run: it is not sound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the playbook cannot be run")]
pub struct PlanError(#[source] pub PlaybookError);

/// One step and where it leads.
#[derive(Debug)]
pub(crate) struct Node {
    /// The step, without the blocks inside it.
    pub(crate) step: Step,
    pub(crate) kind: NodeKind,
    /// The next step of the block; `None` where the block ends.
    pub(crate) next: Option<usize>,
    /// The first step of the failure branch.
    pub(crate) failure: Option<usize>,
    /// The step whose block this one stands in, and which block of it; `None` at the top.
    pub(crate) owner: Option<(usize, u32)>,
    /// It stands in the exception branch.
    pub(crate) exceptional: bool,
}

/// What a node does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NodeKind {
    Manual,
    Automatic,
    Playbook,
    If {
        condition: Condition,
        then: usize,
        otherwise: Option<usize>,
    },
    Switch {
        on: String,
        cases: BTreeMap<String, usize>,
    },
    While {
        condition: Condition,
        max: u32,
        body: usize,
    },
    Parallel(Vec<usize>),
    End,
}

impl Plan {
    /// Makes a playbook ready to run, if it is sound.
    pub fn new(playbook: Playbook) -> Result<Self, PlanError> {
        let faults = playbook.faults();
        if !faults.is_empty() {
            let file = playbook.id;
            return Err(PlanError(PlaybookError { file, faults }));
        }
        let mut builder = Builder { nodes: Vec::new() };
        let head = builder.block(&playbook.steps, None, None, false);
        let exception = builder.block(&playbook.exception, None, None, true);
        let nodes = builder.nodes;
        let index = nodes
            .iter()
            .enumerate()
            .map(|(at, node)| (node.step.id.clone(), at))
            .collect();
        let mut fields: BTreeMap<String, Field> = BTreeMap::new();
        let given = playbook.inputs.iter();
        for field in given.chain(
            nodes
                .iter()
                .flat_map(|node| node.step.form.iter().chain(&node.step.outputs)),
        ) {
            fields.entry(field.id.clone()).or_insert_with(|| field.clone());
        }
        Ok(Self(Arc::new(Inner {
            // A sound playbook has a first step.
            head: head.unwrap_or_default(),
            playbook,
            nodes,
            index,
            exception,
            fields,
        })))
    }

    /// The playbook.
    pub fn playbook(&self) -> &Playbook {
        &self.0.playbook
    }

    /// The step with that id, without the blocks inside it.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.find(id).map(|(_, node)| &node.step)
    }

    /// Every step, without the blocks inside it, in the order of the file.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.0.nodes.iter().map(|node| &node.step)
    }

    /// The field that gives a value its meaning.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.0.fields.get(name)
    }

    pub(crate) fn find(&self, id: &str) -> Option<(usize, &Node)> {
        let at = *self.0.index.get(id)?;
        Some((at, self.0.nodes.get(at)?))
    }

    pub(crate) fn node(&self, at: usize) -> Option<&Node> {
        self.0.nodes.get(at)
    }

    pub(crate) fn head(&self) -> usize {
        self.0.head
    }

    pub(crate) fn exception(&self) -> Option<usize> {
        self.0.exception
    }
}

impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.playbook == other.0.playbook
    }
}

struct Builder {
    nodes: Vec<Node>,
}

impl Builder {
    /// Adds the steps of a block, in order, and gives the first one.
    fn block(
        &mut self,
        steps: &[Step],
        owner: Option<(usize, u32)>,
        after: Option<usize>,
        exceptional: bool,
    ) -> Option<usize> {
        let mut previous: Option<usize> = None;
        let mut first = None;
        for step in steps {
            let at = self.nodes.len();
            self.nodes.push(Node {
                step: bare(step),
                kind: NodeKind::End,
                next: None,
                failure: None,
                owner,
                exceptional,
            });
            first = first.or(Some(at));
            if let Some(node) = previous.and_then(|previous| self.nodes.get_mut(previous)) {
                node.next = Some(at);
            }
            previous = Some(at);
            let kind = self.kind(step, at, exceptional);
            if let Some(node) = self.nodes.get_mut(at) {
                node.kind = kind;
            }
        }
        if let Some(node) = previous.and_then(|previous| self.nodes.get_mut(previous)) {
            node.next = after;
        }
        // Failure branches lead to what comes after their step, which is known only now.
        let mut at = first;
        for step in steps {
            let Some(here) = at else { break };
            let next = self.nodes.get(here).and_then(|node| node.next);
            if !step.on_failure.is_empty() {
                let failure = self.block(&step.on_failure, owner, next, exceptional);
                if let Some(node) = self.nodes.get_mut(here) {
                    node.failure = failure;
                }
            }
            at = next;
        }
        first
    }

    fn kind(&mut self, step: &Step, at: usize, exceptional: bool) -> NodeKind {
        // Blocks of a sound playbook are not empty where they must not be.
        let mut number = 0;
        let mut inside = |steps: &[Step]| {
            let head = self.block(steps, Some((at, number)), None, exceptional);
            number += 1;
            head
        };
        match step.kind() {
            Some(Kind::Manual(_)) => NodeKind::Manual,
            Some(Kind::Automatic(_)) => NodeKind::Automatic,
            Some(Kind::Playbook(_)) => NodeKind::Playbook,
            Some(Kind::If {
                condition,
                then,
                otherwise,
            }) => NodeKind::If {
                condition: condition.clone(),
                then: inside(then).unwrap_or_default(),
                otherwise: inside(otherwise),
            },
            Some(Kind::Switch { on, cases }) => NodeKind::Switch {
                on: on.to_owned(),
                cases: cases
                    .iter()
                    .filter_map(|(case, steps)| Some((case.clone(), inside(steps)?)))
                    .collect(),
            },
            Some(Kind::While { condition, max, body }) => NodeKind::While {
                condition: condition.clone(),
                max,
                body: inside(body).unwrap_or_default(),
            },
            Some(Kind::Parallel(branches)) => {
                NodeKind::Parallel(branches.iter().filter_map(|branch| inside(branch)).collect())
            }
            Some(Kind::End(_)) | None => NodeKind::End,
        }
    }
}

/// A step without the blocks inside it.
fn bare(step: &Step) -> Step {
    Step {
        then: Vec::new(),
        otherwise: Vec::new(),
        cases: BTreeMap::new(),
        repeat: Vec::new(),
        parallel: Vec::new(),
        on_failure: Vec::new(),
        ..step.clone()
    }
}

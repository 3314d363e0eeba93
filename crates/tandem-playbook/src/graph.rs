//! A playbook as a graph with a layout that a page draws: nodes on layers from top to bottom and lanes from left to right.

use serde::Serialize;

use crate::model::{Block, Kind, Owner, Playbook, Step};
use crate::run::{RunState, StepStatus};

/// Id of the node where everything begins.
const START: &str = "start";
/// Id of the node where everything ends.
const END: &str = "end";

/// A graph to draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Graph {
    /// Nodes, in the order of the file; no two have the same layer and lane.
    pub nodes: Vec<GraphNode>,
    /// Edges, in the order of the file.
    pub edges: Vec<Edge>,
    /// Number of layers.
    pub layers: u32,
    /// Number of lanes.
    pub lanes: u32,
}

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// The beginning.
    Start,
    /// The end of everything.
    End,
    /// A duty of a person.
    Manual,
    /// An action of a connector.
    Automatic,
    /// Another playbook.
    Playbook,
    /// A choice between two branches.
    If,
    /// A choice by value.
    Switch,
    /// A loop.
    While,
    /// Branches at the same time.
    Parallel,
    /// The end of a way.
    Stop,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GraphNode {
    /// Id of the step, or `start`, `end`.
    pub id: String,
    /// What it stands for.
    pub kind: NodeKind,
    /// What to write on it.
    pub label: String,
    /// Which department does it.
    pub department: Option<Owner>,
    /// It needs approval of both departments.
    pub touches_person: bool,
    /// It offers help.
    pub support: bool,
    /// It takes something from a person.
    pub punitive: bool,
    /// It is a checkpoint.
    pub checkpoint: bool,
    /// It stands in the exception branch.
    pub exceptional: bool,
    /// Where it stands in the run.
    pub state: Option<StepStatus>,
    /// Row, from 0.
    pub layer: u32,
    /// Column, from 0.
    pub lane: u32,
}

/// Why one node follows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeKind {
    /// It comes next.
    Next,
    /// It is chosen; the label says when.
    Branch,
    /// It begins at the same time as others.
    Fork,
    /// It comes if the other failed.
    Failure,
    /// It goes back to the loop's condition.
    Back,
    /// It comes if something failed that nobody handles.
    Exception,
}

/// An edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// Where it begins.
    pub from: String,
    /// Where it leads.
    pub to: String,
    /// Why.
    pub kind: EdgeKind,
    /// What to write on it; may be empty.
    pub label: String,
}

/// The graph of a playbook, with the states of a run if there is one.
pub fn graph(playbook: &Playbook, state: Option<&RunState>) -> Graph {
    let mut drawing = Drawing {
        nodes: Vec::new(),
        edges: Vec::new(),
        state,
        exceptional: false,
    };
    drawing.point(START, NodeKind::Start, "Start", 0);
    let begin = vec![Loose::new(START, EdgeKind::Next, "")];
    let (layer, width) = drawing.place(&playbook.steps, 1, 0);
    let (mut loose, mut early) = drawing.wire(&playbook.steps, begin);
    let (mut layers, mut lanes) = (layer, width.max(1));
    if !playbook.exception.is_empty() {
        drawing.exceptional = true;
        let (layer, width) = drawing.place(&playbook.exception, 1, lanes);
        let begin = vec![Loose::new(START, EdgeKind::Exception, "not handled")];
        let (more, ends) = drawing.wire(&playbook.exception, begin);
        loose.extend(more);
        early.extend(ends);
        layers = layers.max(layer);
        lanes += width;
    }
    loose.extend(early);
    drawing.point(END, NodeKind::End, "End", layers);
    drawing.join(&loose, END);
    Graph {
        nodes: drawing.nodes,
        edges: drawing.edges,
        layers: layers + 1,
        lanes,
    }
}

/// An edge whose other end is not known yet.
#[derive(Clone)]
struct Loose {
    from: String,
    kind: EdgeKind,
    label: String,
}

impl Loose {
    fn new(from: &str, kind: EdgeKind, label: &str) -> Self {
        Self {
            from: from.to_owned(),
            kind,
            label: label.to_owned(),
        }
    }
}

struct Drawing<'s> {
    nodes: Vec<GraphNode>,
    edges: Vec<Edge>,
    state: Option<&'s RunState>,
    exceptional: bool,
}

impl Drawing<'_> {
    fn point(&mut self, id: &str, kind: NodeKind, label: &str, layer: u32) {
        self.nodes.push(GraphNode {
            id: id.to_owned(),
            kind,
            label: label.to_owned(),
            department: None,
            touches_person: false,
            support: false,
            punitive: false,
            checkpoint: false,
            exceptional: false,
            state: None,
            layer,
            lane: 0,
        });
    }

    /// Places a block from a layer and lane on; gives the layer after it and how many lanes it takes.
    fn place(&mut self, steps: &[Step], mut layer: u32, lane: u32) -> (u32, u32) {
        let mut width = 0;
        for step in steps {
            self.node(step, layer, lane);
            layer += 1;
            // Branches stand side by side below their step. A failure branch stands to the right, so that what comes next
            // stays straight below.
            let (mut below, mut used) = (layer, 0);
            for (block, inner) in step.blocks() {
                let shift = u32::from(block == Block::Failure);
                let (end, lanes) = self.place(inner, layer, lane + used + shift);
                below = below.max(end);
                used += lanes + shift;
            }
            layer = below;
            width = width.max(used).max(1);
        }
        (layer, width)
    }

    fn node(&mut self, step: &Step, layer: u32, lane: u32) {
        let (kind, label) = match step.kind() {
            Some(Kind::Automatic(_)) => (NodeKind::Automatic, String::new()),
            Some(Kind::Playbook(id)) => (NodeKind::Playbook, id.to_owned()),
            Some(Kind::If { condition, .. }) => (NodeKind::If, condition.to_string()),
            Some(Kind::Switch { on, .. }) => (NodeKind::Switch, on.to_owned()),
            Some(Kind::While { condition, .. }) => (NodeKind::While, condition.to_string()),
            Some(Kind::Parallel(_)) => (NodeKind::Parallel, "at the same time".to_owned()),
            Some(Kind::End(text)) => (NodeKind::Stop, text.to_owned()),
            Some(Kind::Manual(_)) | None => (NodeKind::Manual, String::new()),
        };
        let named = !step.name.is_empty();
        let label = match (named, label.is_empty()) {
            (true, _) => step.name.clone(),
            (false, false) => label,
            (false, true) => step.id.clone(),
        };
        self.nodes.push(GraphNode {
            id: step.id.clone(),
            kind,
            label,
            department: step.department,
            touches_person: step.touches_person,
            support: step.support,
            punitive: step.punitive,
            checkpoint: !step.checkpoint.is_empty(),
            exceptional: self.exceptional,
            state: self.state.map(|state| state.status_of(&step.id)),
            layer,
            lane,
        });
    }

    fn join(&mut self, loose: &[Loose], to: &str) {
        for end in loose {
            self.edges.push(Edge {
                from: end.from.clone(),
                to: to.to_owned(),
                kind: end.kind,
                label: end.label.clone(),
            });
        }
    }

    /// Draws the edges of a block; gives the ends that lead out of it, and those that leave it early.
    fn wire(&mut self, steps: &[Step], mut loose: Vec<Loose>) -> (Vec<Loose>, Vec<Loose>) {
        let mut early = Vec::new();
        for step in steps {
            self.join(&loose, &step.id);
            let next = Loose::new(&step.id, EdgeKind::Next, "");
            if step.end.is_some() {
                early.push(next);
                loose = Vec::new();
            } else if step.is_work() {
                loose = vec![next];
                if !step.on_failure.is_empty() {
                    let failed = vec![Loose::new(&step.id, EdgeKind::Failure, "failed")];
                    let (after, left) = self.wire(&step.on_failure, failed);
                    loose.extend(after);
                    early.extend(left);
                }
            } else {
                loose = self.directed(step);
            }
        }
        (loose, early)
    }

    fn directed(&mut self, step: &Step) -> Vec<Loose> {
        let mut out = Vec::new();
        for (block, inner) in step.blocks() {
            let (kind, label) = match block {
                Block::Then | Block::Repeat => (EdgeKind::Branch, "yes"),
                Block::Else => (EdgeKind::Branch, "no"),
                Block::Case(case) => (EdgeKind::Branch, case),
                Block::Branch(_) => (EdgeKind::Fork, ""),
                Block::Failure => (EdgeKind::Failure, "failed"),
            };
            let (mut ends, early) = self.wire(inner, vec![Loose::new(&step.id, kind, label)]);
            ends.extend(early);
            if block == Block::Repeat {
                for end in &mut ends {
                    end.kind = EdgeKind::Back;
                }
                self.join(&ends, &step.id);
            } else {
                out.extend(ends);
            }
        }
        let closed =
            !step.otherwise.is_empty() || step.cases.contains_key("default") || !step.parallel.is_empty();
        if !closed {
            let label = if step.switch.is_some() { "otherwise" } else { "no" };
            out.push(Loose::new(&step.id, EdgeKind::Branch, label));
        }
        out
    }
}

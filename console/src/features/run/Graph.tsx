import type { Graph, GraphNode, StepStatus } from "../../api/runs";
import styles from "./Run.module.css";

const WIDE = 190;
const HIGH = 46;
const GAP_X = 26;
const GAP_Y = 34;

/** What a step's place in the run is called. */
export const STATUS: Record<StepStatus, string> = {
  pending: "not yet",
  delayed: "waits for its time",
  offered: "to be taken",
  taken: "in work",
  running: "running",
  asking: "needs a decision",
  open: "under way",
  done: "done",
  skipped: "left out",
  failed: "failed",
  refused: "refused",
  dropped: "dropped",
};

/** How a node is drawn: what is behind, what waits, what went wrong. */
export function tone(state: StepStatus | null): "done" | "now" | "wrong" | "out" | "later" {
  if (state === "done") return "done";
  if (state === "failed" || state === "refused") return "wrong";
  if (state === "skipped" || state === "dropped") return "out";
  return state === null || state === "pending" ? "later" : "now";
}

const left = (node: GraphNode) => node.lane * (WIDE + GAP_X) + 4;
const top = (node: GraphNode) => node.layer * (HIGH + GAP_Y) + 4;

/** The words of a label in at most two lines. */
export function lines(label: string, most = 26): string[] {
  const [first, ...rest] = label.split(" ");
  let line = first ?? "";
  const found: string[] = [];
  for (const word of rest) {
    if (`${line} ${word}`.length <= most) line = `${line} ${word}`;
    else {
      found.push(line);
      line = word;
    }
  }
  found.push(line);
  if (found.length <= 2) return found;
  return [found[0] ?? "", `${(found[1] ?? "").slice(0, most - 1)}…`];
}

/** The playbook as a graph from top to bottom; what is behind is filled, what waits has a strong frame. */
export function RunGraph({ graph, label }: { graph: Graph; label: string }) {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const width = graph.lanes * (WIDE + GAP_X);
  const height = graph.layers * (HIGH + GAP_Y);
  return (
    <section className="scroll" aria-label={label} tabIndex={0}>
      <svg
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        className={styles.graph}
        role="img"
      >
        <title>{label}</title>
        {graph.edges.map((edge) => {
          const from = nodes.get(edge.from);
          const to = nodes.get(edge.to);
          if (!from || !to) return null;
          const [x1, y1] = [left(from) + WIDE / 2, top(from) + HIGH];
          const [x2, y2] = [left(to) + WIDE / 2, top(to)];
          const back = y2 <= y1;
          const path = back
            ? `M${x1},${y1} C${x1 + WIDE},${y1 + GAP_Y} ${x2 + WIDE},${y2 - GAP_Y} ${x2},${y2}`
            : `M${x1},${y1} C${x1},${y1 + GAP_Y / 2} ${x2},${y2 - GAP_Y / 2} ${x2},${y2}`;
          return (
            <g key={`${edge.from}>${edge.to}>${edge.label}`} data-kind={edge.kind}>
              <path d={path} />
              {edge.label && (
                <text x={(x1 + x2) / 2} y={(y1 + y2) / 2 + 4} textAnchor="middle">
                  {lines(edge.label, 18)[0]}
                </text>
              )}
            </g>
          );
        })}
        {graph.nodes.map((node) => (
          <g
            key={node.id}
            transform={`translate(${left(node)} ${top(node)})`}
            className={styles[tone(node.state)]}
            data-department={node.department ?? "none"}
          >
            <title>{`${node.label}${node.state ? `: ${STATUS[node.state]}` : ""}`}</title>
            <rect
              width={WIDE}
              height={HIGH}
              rx={node.kind === "start" || node.kind === "end" ? HIGH / 2 : 6}
            />
            {lines(node.label).map((text, at, all) => (
              <text
                key={text}
                x={WIDE / 2}
                y={HIGH / 2 + 4 + (at - (all.length - 1) / 2) * 15}
                textAnchor="middle"
              >
                {text}
              </text>
            ))}
            {node.touches_person && <circle cx={WIDE - 9} cy={9} r={4} className={styles.person} />}
          </g>
        ))}
      </svg>
    </section>
  );
}

import type { Timeline } from "../api/types";
import { counted } from "../words/format";
import { DayAxis } from "./DayAxis";
import { bundled, daysBetween, shade } from "./maths";
import { Scroll } from "./Scroll";

type Mark = Timeline["marks"][number];

const NAMES = 140;
const ROW = 20;
const LANES = ["alert", "indicator", "people"] as const;
const LANE_WORDS = { alert: "alerts", indicator: "indicators", people: "people facts" } as const;
const SHAPES = {
  alert: { d: "M0,-6 L6.5,5.5 L-6.5,5.5 Z", fill: "var(--act)" },
  indicator: { d: "M-4.5,-4.5 H4.5 V4.5 H-4.5 Z", fill: "var(--accent)" },
  people: { d: "M0,-6 L6,0 L0,6 L-6,0 Z", fill: "var(--human)" },
} as const;

function MarkShape({
  marks,
  kind,
  x,
  y,
  pick,
}: {
  marks: Mark[];
  kind: keyof typeof SHAPES;
  x: number;
  y: number;
  pick: (mark: Mark) => void;
}) {
  const first = marks[0];
  if (!first) return null;
  const words = `${first.time.slice(0, 10)}, ${kind}: ${marks.map((m) => m.title).join("; ")}`;
  const { d, fill } = SHAPES[kind];
  return (
    <g
      role="button"
      tabIndex={0}
      aria-label={words}
      data-pick={kind}
      transform={`translate(${x},${y})`}
      onClick={() => pick(first)}
      onKeyDown={(event) => event.key === "Enter" && pick(first)}
    >
      <title>{words}</title>
      <rect x={-8} y={-9} width={16} height={18} fill="transparent" />
      <path d={d} fill={fill} />
      {marks.length > 1 && (
        <text
          x={0}
          y={3.5}
          textAnchor="middle"
          style={{ fill: "var(--panel)", fontSize: 9, fontWeight: 700 }}
        >
          {marks.length}
        </text>
      )}
    </g>
  );
}

/** Activity by source and day, with lanes of alerts, indicators and people facts above it. */
export function TimelineChart({
  timeline,
  pick,
  from,
  to,
}: {
  timeline: Timeline;
  pick: (mark: Mark) => void;
  from?: string;
  to?: string;
}) {
  const times = [
    ...timeline.days.map((d) => d.day),
    ...timeline.marks.map((m) => m.time.slice(0, 10)),
  ].sort();
  const first = from ?? times[0];
  const last = to ?? times.at(-1);
  if (!first || !last) return <p className="muted">No events in this stretch of time.</p>;
  const days = daysBetween(first, last);
  const index = new Map(days.map((day, at) => [day, at]));
  const cell = Math.max(5, Math.min(18, 1040 / days.length));
  const lanes = LANES.filter((lane) => timeline.marks.some((m) => m.kind === lane));
  const top = lanes.length * ROW + 10;
  const height = top + timeline.sources.length * ROW + 26;
  const width = Math.max(140, days.length * cell + 12);
  const at = (day: string) => (index.get(day) ?? 0) * cell;
  const groups = bundled(timeline.marks.filter((m) => index.has(m.time.slice(0, 10))));
  return (
    <figure>
      <div style={{ display: "flex" }}>
        <svg
          className="chart"
          viewBox={`0 0 ${NAMES} ${height}`}
          width={NAMES}
          height={height}
          style={{ flex: "none" }}
          aria-hidden="true"
        >
          {lanes.map((lane, row) => (
            <text key={lane} x={0} y={row * ROW + 16} style={{ fontWeight: 600 }}>
              {LANE_WORDS[lane]}
            </text>
          ))}
          {timeline.sources.map((source, row) => (
            <text key={source} x={0} y={top + row * ROW + 13}>
              {source.length > 22 ? `${source.slice(0, 21)}…` : source}
            </text>
          ))}
        </svg>
        <Scroll label="timeline">
          <svg
            className="chart"
            viewBox={`0 0 ${width} ${height}`}
            width={width}
            height={height}
            role="group"
            aria-label={`Events by source and day from ${first} to ${last}`}
          >
            <DayAxis days={days} left={0} step={cell} width={width} y={height - 6} line={[0, height - 20]} />
            {lanes.map((lane, row) => (
              <g key={lane}>
                {groups
                  .filter((g) => g.kind === lane)
                  .map((g) => (
                    <MarkShape
                      key={g.day}
                      marks={g.marks}
                      kind={lane}
                      x={at(g.day) + cell / 2}
                      y={row * ROW + 12}
                      pick={pick}
                    />
                  ))}
              </g>
            ))}
            <line x1={0} x2={width} y1={top - 4} y2={top - 4} stroke="var(--line)" />
            {timeline.sources.map((source, row) => {
              const most = Math.max(0, ...timeline.days.map((d) => d.counts[source] ?? 0));
              return (
                <g key={source}>
                  {timeline.days.map((d) => {
                    const n = d.counts[source] ?? 0;
                    if (n === 0 || !index.has(d.day)) return null;
                    return (
                      <rect
                        key={d.day}
                        x={at(d.day) + 0.5}
                        y={top + row * ROW + 2}
                        width={cell - 1}
                        height={ROW - 5}
                        rx={1}
                        fill="var(--accent)"
                        opacity={shade(n, most)}
                      >
                        <title>{`${source}, ${d.day}: ${counted(n, "event")}`}</title>
                      </rect>
                    );
                  })}
                </g>
              );
            })}
          </svg>
        </Scroll>
      </div>
      <figcaption className="legend">
        {lanes.map((lane) => (
          <span key={lane}>
            <svg viewBox="-8 -8 16 16" aria-hidden="true">
              <path d={SHAPES[lane].d} fill={SHAPES[lane].fill} />
            </svg>
            {LANE_WORDS[lane]}
          </span>
        ))}
        <span>darker is more events, on a logarithmic scale per source; a mark leads to its why</span>
      </figcaption>
      <details className="small">
        <summary>As a table</summary>
        <table>
          <caption className="sr">Events and marks by day</caption>
          <thead>
            <tr>
              <th scope="col">day</th>
              {timeline.sources.map((source) => (
                <th key={source} scope="col" className="num">
                  {source}
                </th>
              ))}
              <th scope="col">marks</th>
            </tr>
          </thead>
          <tbody>
            {[...timeline.days]
              .reverse()
              .slice(0, 90)
              .map((d) => (
                <tr key={d.day}>
                  <th scope="row" className="nowrap">
                    {d.day}
                  </th>
                  {timeline.sources.map((source) => (
                    <td key={source} className="num">
                      {d.counts[source] ?? 0}
                    </td>
                  ))}
                  <td>
                    {timeline.marks
                      .filter((m) => m.time.startsWith(d.day))
                      .map((m) => m.title)
                      .join("; ")}
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

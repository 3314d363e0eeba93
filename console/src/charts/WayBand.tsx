import type { PhaseSpan, WayView } from "../api/risk";
import { DayAxis } from "./DayAxis";
import { Scroll } from "./Scroll";

const NAMES = 104;
const ROW = 22;
const TOP = 6;

/** The way over the last days: one row for each part, the likeliest filled, the others as faint as they are unlikely. */
export function WayBand({
  days,
  spans,
  rows,
  words,
  pick,
}: {
  days: WayView["days"];
  spans: PhaseSpan[];
  /** Names of the parts in the order of the probabilities. */
  rows: { id: string; name: string }[];
  words: (span: PhaseSpan) => string;
  pick?: (day: string) => void;
}) {
  const step = Math.max(6, Math.min(18, 1000 / Math.max(1, days.length)));
  const width = Math.max(140, days.length * step + 12);
  const bottom = TOP + rows.length * ROW;
  const first = days[0]?.day ?? "";
  return (
    <div style={{ display: "flex" }}>
      <svg
        className="chart"
        viewBox={`0 0 ${NAMES} ${bottom}`}
        width={NAMES}
        height={bottom}
        style={{ flex: "none" }}
        aria-hidden="true"
      >
        {rows.map((row, at) => (
          <text key={row.id} x={0} y={TOP + at * ROW + 15}>
            {row.name}
          </text>
        ))}
      </svg>
      <Scroll label="the way over time">
        <svg
          className="chart"
          viewBox={`0 0 ${width} ${bottom + 20}`}
          width={width}
          height={bottom + 20}
          role="group"
          aria-label="the way over time"
        >
          {rows.map((row, at) => (
            <line
              key={row.id}
              x1={0}
              x2={width}
              y1={TOP + (at + 1) * ROW}
              y2={TOP + (at + 1) * ROW}
              stroke="var(--line)"
            />
          ))}
          {days.map((day, at) =>
            day.probabilities.map((probability, row) =>
              probability < 0.05 ? null : (
                <rect
                  key={`${day.day} ${rows[row]?.id}`}
                  x={at * step}
                  y={TOP + row * ROW + 3}
                  width={step}
                  height={ROW - 6}
                  fill={row === 0 ? "var(--ink-2)" : "var(--accent)"}
                  fillOpacity={rows[row]?.id === day.phase ? Math.max(0.35, probability) : probability * 0.5}
                />
              ),
            ),
          )}
          {spans
            .filter((span) => span.to >= first)
            .map((span) => {
              const from = Math.max(
                0,
                days.findIndex((d) => d.day === span.from),
              );
              const to = days.findIndex((d) => d.day === span.to);
              const row = rows.findIndex((r) => r.id === span.phase);
              return (
                <rect
                  key={span.from}
                  x={from * step}
                  y={TOP + row * ROW}
                  width={(Math.max(from, to) - from + 1) * step}
                  height={ROW}
                  fill="transparent"
                  {...(pick && {
                    role: "button",
                    tabIndex: 0,
                    "aria-label": words(span),
                    onClick: () => pick(span.from),
                    onKeyDown: (event: { key: string }) => event.key === "Enter" && pick(span.from),
                  })}
                >
                  <title>{words(span)}</title>
                </rect>
              );
            })}
          <DayAxis days={days.map((d) => d.day)} left={0} step={step} width={width} y={bottom + 15} />
        </svg>
      </Scroll>
    </div>
  );
}

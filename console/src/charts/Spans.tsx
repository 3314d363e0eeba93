import { scaleLinear } from "d3-scale";

const ROW = 30;
const TOP = 22;
const LEFT = 250;
const RIGHT = 70;
const WIDTH = 860;

/** One stretch: half of what it stands for took at most `half`, nine in ten at most `most`. */
export interface Span {
  id: string;
  name: string;
  /** All of it in words. */
  words: string;
  half: number | null;
  most: number | null;
  /** Said at the end of the row. */
  end: string;
}

/** How long things took, as one bar each: solid up to the median, pale up to nine in ten. */
export function Spans({
  spans,
  longest,
  label,
  tick,
}: {
  spans: Span[];
  longest: number;
  label: string;
  tick: (value: number) => string;
}) {
  const height = TOP + spans.length * ROW + 6;
  const x = scaleLinear([0, longest], [LEFT, WIDTH - RIGHT]);
  return (
    <section className="scroll" aria-label={label} tabIndex={0}>
      <svg
        className="chart"
        viewBox={`0 0 ${WIDTH} ${height}`}
        width={WIDTH}
        height={height}
        role="group"
        aria-label={label}
      >
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <g key={part}>
            <line
              x1={x(part * longest)}
              x2={x(part * longest)}
              y1={TOP - 6}
              y2={height}
              stroke="var(--line)"
            />
            <text x={x(part * longest)} y={12} textAnchor={part === 0 ? "start" : "middle"}>
              {part === 0 ? "0" : tick(part * longest)}
            </text>
          </g>
        ))}
        {spans.map((span, at) => {
          const y = TOP + at * ROW;
          return (
            <g key={span.id} data-span={span.id}>
              <title>{span.words}</title>
              <text x={LEFT - 10} y={y + 17} textAnchor="end">
                {span.name}
              </text>
              {span.most !== null && (
                <rect
                  x={LEFT}
                  y={y + 4}
                  width={Math.max(1, x(span.most) - LEFT)}
                  height={18}
                  fill="var(--accent)"
                  fillOpacity={0.25}
                  stroke="var(--accent)"
                  strokeWidth={0.75}
                />
              )}
              {span.half !== null && (
                <rect
                  x={LEFT}
                  y={y + 8}
                  width={Math.max(1, x(span.half) - LEFT)}
                  height={10}
                  fill="var(--accent)"
                />
              )}
              {span.half === null && (
                <text x={LEFT + 6} y={y + 17}>
                  too few are over
                </text>
              )}
              <text x={WIDTH - RIGHT + 8} y={y + 17}>
                {span.end}
              </text>
            </g>
          );
        })}
      </svg>
    </section>
  );
}

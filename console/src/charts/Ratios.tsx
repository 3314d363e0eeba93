import { scaleLog } from "d3-scale";

const ROW = 30;
const TOP = 26;
const LEFT = 250;
const RIGHT = 160;
const WIDTH = 860;
/** The ends of the scale: a tenth and ten times. */
const ENDS: [number, number] = [0.1, 10];
const TICKS = [
  { at: 0.1, text: "a tenth" },
  { at: 0.5, text: "half" },
  { at: 1, text: "as it should be" },
  { at: 2, text: "twice" },
  { at: 10, text: "ten times" },
];

/** How many times as often as it should be, with what chance leaves open. */
export interface Ratio {
  id: string;
  name: string;
  /** All of it in words. */
  words: string;
  ratio: number | null;
  low: number | null;
  high: number | null;
  /** Said at the end of the row. */
  end: string;
  alarm: boolean;
}

const within = (value: number) => Math.max(ENDS[0], Math.min(ENDS[1], value));

/** Ratios on a scale on which half and twice are equally far from what should be; what is tolerated is shaded. */
export function Ratios({
  ratios,
  label,
  tolerated,
}: {
  ratios: Ratio[];
  label: string;
  tolerated: [number, number];
}) {
  const height = TOP + ratios.length * ROW + 6;
  const x = scaleLog(ENDS, [LEFT, WIDTH - RIGHT]);
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
        <rect
          x={x(tolerated[0])}
          width={x(tolerated[1]) - x(tolerated[0])}
          y={TOP - 6}
          height={height - TOP + 6}
          fill="var(--low-bg)"
        />
        {TICKS.map((tick) => (
          <g key={tick.at}>
            <line x1={x(tick.at)} x2={x(tick.at)} y1={TOP - 6} y2={height} stroke="var(--line)" />
            <text x={x(tick.at)} y={13} textAnchor="middle">
              {tick.text}
            </text>
          </g>
        ))}
        {ratios.map((one, at) => {
          const y = TOP + at * ROW + ROW / 2;
          return (
            <g key={one.id} data-ratio={one.id}>
              <title>{one.words}</title>
              <text x={LEFT - 14} y={y + 4} textAnchor="end">
                {one.name.length > 38 ? `${one.name.slice(0, 37)}…` : one.name}
              </text>
              {one.low !== null && one.high !== null && (
                <line
                  x1={x(within(one.low))}
                  x2={x(within(one.high))}
                  y1={y}
                  y2={y}
                  stroke="var(--ink-2)"
                  strokeWidth={2}
                />
              )}
              {one.ratio !== null && (
                <path
                  d={
                    one.alarm
                      ? `M${x(within(one.ratio))} ${y - 7}l6 7l-6 7l-6 -7z`
                      : `M${x(within(one.ratio)) - 5} ${y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0`
                  }
                  fill={one.alarm ? "var(--act)" : "var(--accent)"}
                />
              )}
              <text x={WIDTH - RIGHT + 10} y={y + 4}>
                {one.end}
              </text>
            </g>
          );
        })}
      </svg>
    </section>
  );
}

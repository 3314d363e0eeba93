import { scaleLog } from "d3-scale";
import { useWidth } from "./width";

const TOP = 26;
const MOST = 860;
/** Where a row's name and its end stand beside the scale, and where there is no room for that, above it. */
const BESIDE = { least: 700, row: 30, left: 250, right: 160, name: 19, mark: 15, letters: 38 };
const ABOVE = { least: 280, row: 50, left: 26, right: 26, name: 16, mark: 34, letters: 24 };
/** The ends of the scale: a tenth and ten times. */
const ENDS: [number, number] = [0.1, 10];
const TICKS = [
  { at: 0.1, text: "a tenth" },
  { at: 0.5, text: "half" },
  { at: 1, text: "as it should be", short: "right" },
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
  const [ref, room] = useWidth(ABOVE.least);
  const width = Math.min(MOST, room);
  const lay = width < BESIDE.least ? ABOVE : BESIDE;
  const height = TOP + ratios.length * lay.row + 6;
  const x = scaleLog(ENDS, [lay.left, width - lay.right]);
  return (
    <div ref={ref}>
      <svg
        className="chart"
        viewBox={`0 0 ${width} ${height}`}
        width={width}
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
              {lay === ABOVE ? (tick.short ?? tick.text) : tick.text}
            </text>
          </g>
        ))}
        {ratios.map((one, at) => {
          const y = TOP + at * lay.row + lay.mark;
          const words = TOP + at * lay.row + lay.name;
          return (
            <g key={one.id} data-ratio={one.id}>
              <title>{one.words}</title>
              <text
                x={lay === ABOVE ? 0 : lay.left - 14}
                y={words}
                textAnchor={lay === ABOVE ? "start" : "end"}
              >
                {one.name.length > lay.letters ? `${one.name.slice(0, lay.letters - 1)}…` : one.name}
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
              <text
                x={lay === ABOVE ? width : width - lay.right + 10}
                y={words}
                textAnchor={lay === ABOVE ? "end" : "start"}
              >
                {one.end}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

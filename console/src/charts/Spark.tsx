import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";

/** A few scores as a line; the dashed line is where review begins. */
export function Spark({ values, label, mark = -10 }: { values: number[]; label: string; mark?: number }) {
  const x = scaleLinear([0, Math.max(1, values.length - 1)], [2, 118]);
  const y = scaleLinear([-32, Math.max(4, ...values)], [22, 3]);
  const path = line<number>((_, at) => x(at), y)(values) ?? "";
  const last = values.at(-1);
  return (
    <svg className="chart" viewBox="0 0 120 25" width={120} height={25} role="img" aria-label={label}>
      <line x1={2} x2={118} y1={y(mark)} y2={y(mark)} stroke="var(--line-2)" strokeDasharray="2 3" />
      <path d={path} fill="none" stroke="var(--accent)" strokeWidth={1.5} />
      {last !== undefined && <circle cx={x(values.length - 1)} cy={y(last)} r={2.2} fill="var(--accent)" />}
    </svg>
  );
}

/** Counts per day as a row of small bars; a second count is drawn on top. */
export function SparkBars({ values, over, label }: { values: number[]; over?: number[]; label: string }) {
  const most = Math.max(1, ...values);
  const step = 160 / Math.max(1, values.length);
  const height = (value: number) => (value > 0 ? Math.max(1.5, (22 * value) / most) : 0);
  return (
    <svg className="chart" viewBox="0 0 160 25" width={160} height={25} role="img" aria-label={label}>
      {values.map((value, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place in time
        <g key={at}>
          <rect
            x={at * step}
            y={24 - height(value)}
            width={Math.max(0.6, step - 0.6)}
            height={height(value)}
            fill="var(--accent)"
          />
          {(over?.[at] ?? 0) > 0 && (
            <rect x={at * step} y={0} width={Math.max(1.5, step - 0.6)} height={3} fill="var(--act)" />
          )}
        </g>
      ))}
      <line x1={0} x2={160} y1={24.5} y2={24.5} stroke="var(--line)" />
    </svg>
  );
}

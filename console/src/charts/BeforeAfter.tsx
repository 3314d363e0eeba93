import { scaleLinear } from "d3-scale";
import type { WhatIfDay } from "../api/risk";
import { CountLines, DayAxis } from "./DayAxis";
import { Scroll } from "./Scroll";

const HEIGHT = 120;
const BASE = 96;
const LEFT = 30;

/** Alerts per day as they were (pale, left) and as they would have been (solid, right). */
export function BeforeAfter({ days, label }: { days: WhatIfDay[]; label: string }) {
  const step = Math.max(10, Math.min(24, 1000 / Math.max(1, days.length)));
  const width = Math.max(140, LEFT + days.length * step + 12);
  const most = Math.max(1, ...days.map((d) => Math.max(d.before, d.after)));
  const y = scaleLinear([0, most], [BASE, 8]);
  const half = step / 2 - 1;
  return (
    <Scroll label={label}>
      <svg
        className="chart"
        viewBox={`0 0 ${width} ${HEIGHT}`}
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={label}
      >
        <CountLines most={most} y={y} left={LEFT} right={width - 8} />
        {days.map((d, at) => {
          const x = LEFT + at * step;
          return (
            <g key={d.day}>
              <title>{`${d.day}: ${d.before} as it was, ${d.after} as it would have been, ${d.both} the same`}</title>
              <rect x={x} y={4} width={step} height={BASE - 4} fill="transparent" />
              <rect
                x={x + 1}
                y={y(d.before)}
                width={half}
                height={BASE - y(d.before)}
                fill="var(--ink-2)"
                fillOpacity={0.35}
                stroke="var(--ink-2)"
                strokeWidth={0.75}
              />
              <rect
                x={x + 1 + half}
                y={y(d.after)}
                width={half}
                height={BASE - y(d.after)}
                fill="var(--accent)"
              />
            </g>
          );
        })}
        <DayAxis days={days.map((d) => d.day)} left={LEFT} step={step} width={width} y={BASE + 15} />
      </svg>
    </Scroll>
  );
}

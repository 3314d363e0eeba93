import { scaleLinear } from "d3-scale";
import { CountLines, DayAxis } from "./DayAxis";
import { Scroll } from "./Scroll";

const HEIGHT = 84;
const BASE = 62;
const LEFT = 30;

/** Counts per day as bars, of which a part may be solid; a bar can be picked by mouse and keyboard. */
export function DayBars({
  days,
  pick,
  picked,
  label,
  noun,
}: {
  days: { day: string; count: number; solid?: number }[];
  pick?: (day: string) => void;
  picked?: string | undefined;
  label: string;
  noun: string;
}) {
  const step = Math.max(8, Math.min(22, 1000 / Math.max(1, days.length)));
  const width = Math.max(140, LEFT + days.length * step + 12);
  const most = Math.max(1, ...days.map((d) => d.count));
  const y = scaleLinear([0, most], [BASE, 8]);
  return (
    <Scroll label={label}>
      <svg
        className="chart"
        viewBox={`0 0 ${width} ${HEIGHT}`}
        width={width}
        height={HEIGHT}
        role="group"
        aria-label={label}
      >
        <CountLines most={most} y={y} left={LEFT} right={width - 8} />
        {days.map((d, at) => {
          const x = LEFT + at * step;
          const solid = d.solid ?? d.count;
          const words = `${d.day}: ${d.count} ${noun}${d.solid === undefined ? "" : `, ${d.solid} open`}`;
          const bars = (
            <>
              <title>{words}</title>
              <rect
                x={x}
                y={4}
                width={step}
                height={BASE - 4}
                fill={d.day === picked ? "var(--accent-2)" : "transparent"}
              />
              <rect
                x={x + 1.5}
                y={y(d.count)}
                width={step - 3}
                height={BASE - y(d.count)}
                fill="var(--accent)"
                fillOpacity={0.3}
                stroke="var(--accent)"
                strokeWidth={0.75}
              />
              <rect x={x + 1.5} y={y(solid)} width={step - 3} height={BASE - y(solid)} fill="var(--accent)" />
            </>
          );
          if (!pick || d.count === 0) return <g key={d.day}>{bars}</g>;
          return (
            <g
              key={d.day}
              role="button"
              tabIndex={0}
              aria-label={words}
              aria-pressed={d.day === picked}
              data-pick={d.day}
              onClick={() => pick(d.day)}
              onKeyDown={(event) => event.key === "Enter" && pick(d.day)}
            >
              {bars}
            </g>
          );
        })}
        <DayAxis days={days.map((d) => d.day)} left={LEFT} step={step} width={width} y={BASE + 15} />
      </svg>
    </Scroll>
  );
}

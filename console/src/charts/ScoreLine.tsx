import { scaleLinear } from "d3-scale";
import { curveStepAfter, line } from "d3-shape";
import type { Explanation, ScoreDay } from "../api/types";
import { decibans, tenths } from "../words/format";
import { DayAxis } from "./DayAxis";
import { daysBetween } from "./maths";
import { useWidth } from "./width";

const [LEAST, HEIGHT, LEFT, BASE] = [300, 220, 34, 192];
/** Room for the names of the bands. */
const NAMES = 56;

/** The score over time with the bands behind it. */
export function ScoreLine({
  history,
  explanation,
  until,
  pick,
}: {
  history: ScoreDay[];
  explanation: Explanation;
  until: string;
  pick: (day: string) => void;
}) {
  const [ref, width] = useWidth(LEAST);
  const right = width - NAMES;
  const first = history[0]?.day ?? until;
  const last = [until, history.at(-1)?.day ?? until].sort().at(-1) ?? until;
  const days = daysBetween(first, last);
  const by = new Map(history.map((h) => [h.day, h.score]));
  const values = days.map((day) => by.get(day) ?? explanation.prior);
  const x = scaleLinear([0, Math.max(1, days.length - 1)], [LEFT, right]);
  const top = Math.max(6, ...values) + 2;
  const y = scaleLinear([-32, top], [BASE, 8]);
  const { watch, review, act } = explanation.bands;
  const bands = [
    { name: "low", from: -32, to: watch },
    { name: "watch", from: watch, to: review },
    { name: "review", from: review, to: act },
    { name: "act", from: act, to: top },
  ];
  const path = line<number>((_, at) => x(at), y).curve(curveStepAfter)(values) ?? "";
  const label = `Score by day from ${first} to ${last}; at the end ${decibans(explanation.score)}, highest ${decibans(Math.max(...values))}`;
  return (
    <figure>
      <div ref={ref}>
        <svg
          className="chart"
          viewBox={`0 0 ${width} ${HEIGHT}`}
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={label}
        >
          {bands.map((band) => (
            <g key={band.name}>
              <rect
                x={LEFT}
                width={right - LEFT}
                y={y(band.to)}
                height={Math.max(0, y(band.from) - y(band.to))}
                fill={`var(--${band.name}-bg)`}
                opacity={band.name === "low" ? 0.35 : 0.75}
              />
              <text x={right + 8} y={y(band.from) - 4}>
                {band.name}
              </text>
            </g>
          ))}
          {[-30, -20, -10, 0, 10, 20, 30]
            .filter((value) => value <= top)
            .map((value) => (
              <text key={value} x={LEFT - 6} y={y(value) + 4} textAnchor="end">
                {value < 0 ? `−${-value}` : value}
              </text>
            ))}
          <path d={path} fill="none" stroke="var(--accent)" strokeWidth={2} />
          <circle
            cx={x(days.length - 1)}
            cy={y(values.at(-1) ?? explanation.prior)}
            r={4}
            fill="var(--accent)"
          />
          {days.map((day, at) => (
            // biome-ignore lint/a11y/noStaticElementInteractions: a short cut; the time control does the same by keyboard
            <rect
              key={day}
              x={x(at) - 4}
              width={8}
              y={8}
              height={BASE - 8}
              fill="transparent"
              data-pick={day}
              onClick={() => pick(day)}
            >
              <title>{`${day}: ${decibans(values[at] ?? explanation.prior)}`}</title>
            </rect>
          ))}
          <DayAxis
            days={days}
            left={LEFT}
            step={x(1) - x(0)}
            width={width}
            y={BASE + 17}
            line={[BASE, BASE + 6]}
          />
        </svg>
      </div>
      <details className="small">
        <summary>As a table</summary>
        <table>
          <caption className="sr">Score by day</caption>
          <thead>
            <tr>
              <th scope="col">day</th>
              <th scope="col">level</th>
              <th scope="col" className="num">
                dB
              </th>
            </tr>
          </thead>
          <tbody>
            {[...history]
              .reverse()
              .slice(0, 60)
              .map((h) => (
                <tr key={h.day}>
                  <td>{h.day}</td>
                  <td>{h.level}</td>
                  <td className="num">{tenths(h.score, true)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

import { count } from "../words/format";
import { dayTicks } from "./maths";

/** Room that a day's name takes, with what keeps it from the next one. */
const LABEL = 84;
/** What of that has to be left at the end of the chart. */
const LAST = 62;

/** Days below a chart whose days are `step` apart: those that deserve a name and have room for it. */
export function DayAxis({
  days,
  left,
  step,
  width,
  y,
  line,
}: {
  days: string[];
  /** Where the first day begins. */
  left: number;
  step: number;
  /** Of the whole chart. */
  width: number;
  /** Where the names stand. */
  y: number;
  /** From where to where a line marks where a named day begins; no line without it. */
  line?: [number, number];
}) {
  return dayTicks(days, Math.max(1, Math.floor(width / LABEL)))
    .map((tick) => ({ day: tick.day, x: left + tick.at * step }))
    .filter(({ x }) => x < width - LAST)
    .map(({ day, x }) => (
      <g key={day}>
        {line && <line x1={x} x2={x} y1={line[0]} y2={line[1]} stroke="var(--line)" />}
        <text x={x + 2} y={y}>
          {day}
        </text>
      </g>
    ));
}

/** Lines for nothing and for the most behind a chart of counts. */
export function CountLines({
  most,
  y,
  left,
  right,
}: {
  most: number;
  y: (value: number) => number;
  left: number;
  right: number;
}) {
  return [0, most].map((value) => (
    <g key={value}>
      <line x1={left - 4} x2={right} y1={y(value)} y2={y(value)} stroke="var(--line)" />
      <text x={left - 8} y={y(value) + 4} textAnchor="end">
        {count(value)}
      </text>
    </g>
  ));
}

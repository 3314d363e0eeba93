import { scaleLinear } from "d3-scale";
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { CountLines } from "../../charts/DayAxis";
import { dayTicks } from "../../charts/maths";
import { Scroll } from "../../charts/Scroll";
import { count, counted } from "../../words/format";
import { type Bucket, bucketWords, narrowed, type Unit } from "./buckets";
import styles from "./Histogram.module.css";
import type { Range } from "./range";

const [WIDTH, HEIGHT, LEFT, TOP, BASE] = [1000, 116, 44, 8, 92];
const TABLE_MOST = 400;

/** Bars that get a label. */
function ticks(buckets: Bucket[], unit: Unit): { at: number; text: string }[] {
  if (unit === "day")
    return dayTicks(
      buckets.map(({ key }) => key),
      9,
    ).map(({ at, day }) => ({ at, text: day }));
  const every = unit === "hour" ? (buckets.length > 36 ? 12 : 6) : Math.ceil(buckets.length / 9);
  return buckets
    .map((bucket, at) => ({ at, text: bucketWords(bucket), hour: Number(bucket.key.slice(11)) }))
    .filter(({ at, hour }) => (unit === "hour" ? hour % every === 0 : at % every === 0))
    .slice(0, 9);
}

const words = (bucket: Bucket) =>
  `${bucketWords(bucket)}: ${bucket.known ? counted(bucket.hits, "event") : "not counted yet"}`;

/** Hits over time. A click on a bar, or dragging over some, narrows the search; so do the keys. */
export function Histogram({
  unit,
  buckets,
  narrow,
}: {
  unit: Unit;
  buckets: Bucket[];
  narrow: (range: Range) => void;
}) {
  const total = buckets.reduce((sum, { hits }) => sum + hits, 0);
  const label = `Events by ${unit}: ${counted(total, "event")} from ${buckets[0]?.key} to ${buckets.at(-1)?.key}`;
  return (
    <figure className="stack" style={{ gap: 4 }} data-histogram={unit}>
      <Scroll label={`events by ${unit}`}>
        <Bars unit={unit} buckets={buckets} narrow={narrow} label={label} />
      </Scroll>
      <figcaption className="muted small">
        Click a bar, or drag over several, to narrow the time. By keyboard: arrows move, Shift with arrows
        takes in more, Enter narrows.
      </figcaption>
      <details className="small">
        <summary>As a table</summary>
        <section className="scroll" aria-label={`events by ${unit}, as a table`} tabIndex={0}>
          <table>
            <caption className="sr">Events by {unit}</caption>
            <thead>
              <tr>
                <th scope="col">{unit}</th>
                <th scope="col" className="num">
                  events
                </th>
              </tr>
            </thead>
            <tbody>
              {buckets
                .filter(({ hits }) => hits > 0)
                .slice(-TABLE_MOST)
                .map((bucket) => (
                  <tr key={bucket.key}>
                    <td>{bucketWords(bucket)}</td>
                    <td className="num">{count(bucket.hits)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </section>
      </details>
    </figure>
  );
}

/** Bars from one to another, by place. */
type Span = { from: number; to: number } | null;

const spans = (span: Span, at: number): boolean =>
  span !== null && at >= Math.min(span.from, span.to) && at <= Math.max(span.from, span.to);

function useSpan(buckets: Bucket[], narrow: (range: Range) => void) {
  const [dragged, setDragged] = useState<Span>(null);
  const [chosen, setChosen] = useState<Span>(null);
  const [place, setPlace] = useState<number | null>(null);
  const last = buckets.length - 1;
  const at = Math.min(place ?? last, last);
  const take = (from: number, to: number) => {
    const [one, other] = [buckets[from], buckets[to]];
    setDragged(null);
    setChosen(null);
    if (one && other) narrow(narrowed(one, other));
  };
  useEffect(() => {
    const drop = () => setDragged(null);
    window.addEventListener("pointerup", drop);
    return () => window.removeEventListener("pointerup", drop);
  }, []);
  const move = (to: number, more: boolean) => {
    const next = Math.max(0, Math.min(last, to));
    setChosen(more ? { from: chosen?.from ?? at, to: next } : null);
    setPlace(next);
    return next;
  };
  return { dragged, setDragged, chosen, at, setPlace, move, take };
}

function Bars({
  unit,
  buckets,
  narrow,
  label,
}: {
  unit: Unit;
  buckets: Bucket[];
  narrow: (range: Range) => void;
  label: string;
}) {
  const { dragged, setDragged, chosen, at, setPlace, move, take } = useSpan(buckets, narrow);
  const chart = useRef<SVGSVGElement>(null);
  const step = (WIDTH - LEFT - 8) / Math.max(1, buckets.length);
  const most = Math.max(1, ...buckets.map(({ hits }) => hits));
  const y = scaleLinear([0, most], [BASE, TOP]);
  const gap = step > 6 ? 1 : step > 3 ? 0.5 : 0;
  const under = (event: PointerEvent): number => {
    const box = chart.current?.getBoundingClientRect();
    const x = box ? ((event.clientX - box.left) / box.width) * WIDTH : LEFT;
    return Math.max(0, Math.min(buckets.length - 1, Math.floor((x - LEFT) / step)));
  };
  const onKey = (event: KeyboardEvent) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: buckets.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      const next = move(to, event.shiftKey);
      chart.current?.querySelector<SVGGElement>(`[data-bar="${next}"]`)?.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      take(chosen?.from ?? at, at);
    }
  };
  return (
    <svg
      ref={chart}
      className={`chart ${styles.bars}`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      style={{ width: "100%", minWidth: 560, touchAction: "pan-y", userSelect: "none" }}
      role="group"
      aria-label={label}
      onPointerDown={(event) => {
        if (event.button === 0) setDragged({ from: under(event), to: under(event) });
      }}
      onPointerMove={(event) => {
        if (dragged) setDragged({ from: dragged.from, to: under(event) });
      }}
      onPointerUp={() => {
        // Within one bar it is a click, which the bar hears itself.
        if (dragged && dragged.from !== dragged.to) take(dragged.from, dragged.to);
      }}
    >
      <CountLines most={most} y={y} left={LEFT} right={WIDTH - 8} />
      {buckets.map((bucket, n) => (
        <g
          key={bucket.key}
          role="button"
          tabIndex={n === at ? 0 : -1}
          aria-label={words(bucket)}
          data-bar={n}
          data-pick={bucket.key}
          data-hits={bucket.hits}
          onFocus={() => setPlace(n)}
          onClick={() => take(n, n)}
          onKeyDown={onKey}
        >
          <title>{words(bucket)}</title>
          <rect
            x={LEFT + n * step}
            y={TOP - 4}
            width={step}
            height={BASE - TOP + 4}
            fill={spans(dragged, n) || spans(chosen, n) ? "var(--accent-2)" : "transparent"}
          />
          {bucket.known ? (
            <rect
              x={LEFT + n * step + gap}
              y={bucket.hits > 0 ? Math.min(y(bucket.hits), BASE - 1.5) : BASE}
              width={step - 2 * gap}
              height={bucket.hits > 0 ? Math.max(1.5, BASE - y(bucket.hits)) : 0}
              fill="var(--accent)"
            />
          ) : (
            <rect
              x={LEFT + n * step + gap}
              y={BASE - 3}
              width={step - 2 * gap}
              height={3}
              fill="var(--line)"
            />
          )}
        </g>
      ))}
      {ticks(buckets, unit).map((tick) => (
        <text
          key={tick.text}
          x={LEFT + tick.at * step + 1}
          y={BASE + 16}
          textAnchor={LEFT + tick.at * step > WIDTH - 90 ? "end" : "start"}
        >
          {tick.text}
        </text>
      ))}
    </svg>
  );
}

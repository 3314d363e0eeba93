import { scaleLinear } from "d3-scale";
import type { Picture } from "../api/departures";
import { amount, pictureWords, spread, top } from "./picture";
import { useWidth } from "./width";

const [LEAST, MOST, HEIGHT, LEFT, TOP, BASE] = [260, 560, 150, 52, 12, 122];
/** How wide the strip is that holds the peers. */
const STRIP = 90;

/** The own past as a band, the peers as a quiet distribution, the day as a mark. */
export function DeparturePicture({ picture, day }: { picture: Picture; day: string }) {
  const words = pictureWords(picture, day);
  const [ref, room] = useWidth(LEAST);
  const width = Math.min(MOST, room);
  return (
    <figure className="stack" style={{ gap: 4 }} ref={ref}>
      <svg
        className="chart"
        viewBox={`0 0 ${width} ${HEIGHT}`}
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={words}
        data-picture={picture.kind}
      >
        {picture.kind === "hours" ? (
          <HoursDrawn picture={picture} width={width} />
        ) : (
          <DaysDrawn picture={picture} day={day} width={width} />
        )}
      </svg>
      <figcaption className="muted small">{picture.note}</figcaption>
      <details className="small">
        <summary>As a table</summary>
        {picture.kind === "hours" ? (
          <HoursTable picture={picture} />
        ) : (
          <DaysTable picture={picture} day={day} />
        )}
      </details>
    </figure>
  );
}

function Mark({ x, y }: { x: number; y: number }) {
  return (
    <path
      d={`M${x} ${y - 7}l6 7l-6 7l-6 -7z`}
      fill="var(--act)"
      stroke="var(--panel)"
      strokeWidth={1.5}
      data-mark
    />
  );
}

function DaysDrawn({ picture, day, width }: { picture: Picture; day: string; width: number }) {
  const right = width - STRIP;
  const strip = width - STRIP / 2;
  const y = scaleLinear([0, top(picture)], [BASE, TOP]);
  const x = scaleLinear([0, Math.max(1, picture.history.length)], [LEFT + 6, right - 14]);
  const say = (value: number) => amount(value, picture.unit);
  const { band } = picture;
  const others = spread(picture);
  return (
    <>
      {band && (
        <g>
          <rect
            x={LEFT}
            width={right - LEFT}
            y={y(band.high) - 1}
            height={Math.max(3, y(band.low) - y(band.high) + 2)}
            fill="var(--accent)"
            fillOpacity={0.16}
          >
            <title>{`own past: eight in ten days between ${say(band.low)} and ${say(band.high)}`}</title>
          </rect>
          <line
            x1={LEFT}
            x2={right}
            y1={y(band.usual)}
            y2={y(band.usual)}
            stroke="var(--accent)"
            strokeDasharray="4 3"
          />
        </g>
      )}
      <line x1={LEFT} x2={right} y1={BASE} y2={BASE} stroke="var(--line-2)" />
      {picture.history.map((past, at) => (
        <circle key={past.day} cx={x(at)} cy={y(past.value)} r={2} fill="var(--accent)" fillOpacity={0.75}>
          <title>{`${past.day}: ${say(past.value)}`}</title>
        </circle>
      ))}
      {others && (
        <g stroke="var(--ink-2)">
          <line x1={strip} x2={strip} y1={y(others.low)} y2={y(others.high)} strokeWidth={1.5} />
          <rect
            x={strip - 9}
            width={18}
            y={y(others.upper) - 1}
            height={Math.max(2, y(others.lower) - y(others.upper) + 2)}
            fill="var(--panel-2)"
          >
            <title>{`peers: half of their days between ${say(others.lower)} and ${say(others.upper)}`}</title>
          </rect>
          <line x1={strip - 9} x2={strip + 9} y1={y(others.middle)} y2={y(others.middle)} strokeWidth={2} />
        </g>
      )}
      <text x={strip} y={BASE + 17} textAnchor="middle">
        {others ? "peers" : "few peers"}
      </text>
      <Mark x={x(picture.history.length)} y={y(picture.value)} />
      <text x={LEFT - 6} y={BASE + 4} textAnchor="end">
        0
      </text>
      <text x={LEFT - 6} y={y(picture.value) + 4} textAnchor="end">
        {picture.value > 0 ? say(picture.value) : ""}
      </text>
      <text x={LEFT} y={BASE + 17}>
        {picture.history[0]?.day ?? ""}
      </text>
      <text x={right} y={BASE + 17} textAnchor="end">
        {day}
      </text>
    </>
  );
}

function HoursDrawn({ picture, width }: { picture: Picture; width: number }) {
  const own = picture.own_hours ?? [];
  const peers = picture.peer_hours ?? [];
  const x = scaleLinear([0, 24], [LEFT, width - 10]);
  const most = Math.max(0.1, ...own, ...peers);
  const y = scaleLinear([0, most], [BASE, TOP + 14]);
  const wide = x(1) - x(0);
  const hour = Math.round(picture.value);
  return (
    <>
      {own.map((share, at) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place
          key={at}
          x={x(at) + 2}
          width={wide - 4}
          y={y(share)}
          height={BASE - y(share)}
          fill="var(--accent)"
          fillOpacity={0.35}
        >
          <title>{`${amount(at, "hour")}: ${Math.round(100 * share)} % of this subject's days`}</title>
        </rect>
      ))}
      {peers.map((share, at) => (
        <line
          // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place
          key={at}
          x1={x(at) + 1}
          x2={x(at + 1) - 1}
          y1={y(share)}
          y2={y(share)}
          stroke="var(--ink-2)"
          strokeWidth={2}
        >
          <title>{`${amount(at, "hour")}: ${Math.round(100 * share)} % of the peers' days`}</title>
        </line>
      ))}
      <line x1={LEFT} x2={width - 10} y1={BASE} y2={BASE} stroke="var(--line-2)" />
      {[0, most].map((share) => (
        <text
          key={share}
          x={LEFT - 6}
          y={y(share) + 4}
          textAnchor="end"
        >{`${Math.round(100 * share)} %`}</text>
      ))}
      <Mark x={x(hour + 0.5)} y={BASE - 8} />
      {[0, 6, 12, 18].map((at) => (
        <text key={at} x={x(at)} y={BASE + 17}>{`${at} h`}</text>
      ))}
    </>
  );
}

function DaysTable({ picture, day }: { picture: Picture; day: string }) {
  const say = (value: number) => amount(value, picture.unit);
  const others = spread(picture);
  const rows = [
    { name: `this day, ${day}`, low: null, middle: picture.value, high: null },
    ...(picture.band
      ? [{ name: "own past", low: picture.band.low, middle: picture.band.usual, high: picture.band.high }]
      : []),
    ...(others
      ? [
          {
            name: `${picture.peers?.people} peers, 30 days`,
            low: others.low,
            middle: others.middle,
            high: others.high,
          },
        ]
      : []),
  ];
  return (
    <table>
      <caption className="sr">The day, the own past and the peers</caption>
      <thead>
        <tr>
          <th scope="col">whose days</th>
          <th scope="col" className="num">
            a tenth lay below
          </th>
          <th scope="col" className="num">
            the middle
          </th>
          <th scope="col" className="num">
            a tenth lay above
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">{row.name}</th>
            <td className="num">{row.low === null ? "–" : say(row.low)}</td>
            <td className="num">{say(row.middle)}</td>
            <td className="num">{row.high === null ? "–" : say(row.high)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function HoursTable({ picture }: { picture: Picture }) {
  const share = (shares: number[] | null, hour: number) =>
    shares ? `${Math.round(100 * (shares[hour] ?? 0))} %` : "–";
  return (
    <table>
      <caption className="sr">Share of days with activity, by hour of the day</caption>
      <thead>
        <tr>
          <th scope="col">hour</th>
          <th scope="col" className="num">
            this subject's days
          </th>
          <th scope="col" className="num">
            peers' days
          </th>
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: 24 }, (_, hour) => (
          <tr key={amount(hour, "hour")}>
            <th scope="row">
              {amount(hour, "hour")}
              {hour === Math.round(picture.value) ? ", this day" : ""}
            </th>
            <td className="num">{share(picture.own_hours, hour)}</td>
            <td className="num">{share(picture.peer_hours, hour)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

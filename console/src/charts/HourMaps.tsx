import type { Hours } from "../api/types";
import { TEXT } from "../words/text";
import { quarters, week } from "./maths";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const PARTS = ["0–6", "6–12", "12–18", "18–24"];
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/** One week as hours by days. */
function WeekMap({ shares, title }: { shares: number[]; title: string }) {
  const night = quarters(shares).reduce((sum, day) => sum + (day[0] ?? 0), 0);
  return (
    <figure className="stack" style={{ gap: 4 }}>
      <figcaption>
        <b>{title}</b>
      </figcaption>
      <svg
        className="chart"
        viewBox="0 0 330 114"
        style={{ width: "100%", maxWidth: 400 }}
        role="img"
        aria-label={`${title}: shares of activity by hour of the week; ${percent(night)} between midnight and six`}
      >
        {week(shares).map((row, day) => (
          <g key={DAYS[day]}>
            <text x={0} y={day * 14 + 11}>
              {DAYS[day]}
            </text>
            {row.map((value, hour) => (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place
                key={hour}
                x={34 + hour * 12}
                y={day * 14 + 1}
                width={11}
                height={13}
                rx={1.5}
                fill={value > 0 ? "var(--accent)" : "var(--panel-2)"}
                fillOpacity={value > 0 ? 0.15 + 0.85 * value : 1}
              >
                <title>{`${DAYS[day]} ${hour}:00, ${percent(shares[day * 24 + hour] ?? 0)} of activity`}</title>
              </rect>
            ))}
          </g>
        ))}
        {[0, 6, 12, 18].map((hour) => (
          <text key={hour} x={34 + hour * 12} y={112}>{`${hour} h`}</text>
        ))}
      </svg>
    </figure>
  );
}

/** Hours of the week: lately, own past, peers. */
export function HourMaps({ hours }: { hours: Hours }) {
  const maps = [
    { title: "Last 14 days", shares: hours.recent },
    { title: "Own past", shares: hours.past },
    ...(hours.peers ? [{ title: `${hours.peer_count} peers`, shares: hours.peers }] : []),
  ];
  return (
    <div className="stack">
      <div
        className="grid"
        style={{ gridTemplateColumns: "repeat(auto-fit, minmax(min(300px, 100%), 1fr))" }}
      >
        {maps.map((map) => (
          <WeekMap key={map.title} {...map} />
        ))}
        {!hours.peers && <p className="muted small">{TEXT.peersFew}</p>}
      </div>
      <p className="muted small">
        Darker is a larger share of that map's own activity. Hours are of {hours.time_zone}.
      </p>
      <details className="small">
        <summary>As a table</summary>
        <section className="scroll" aria-label="hours of the week as a table" tabIndex={0}>
          <table>
            <caption className="sr">Shares of activity by quarter of the day</caption>
            <thead>
              <tr>
                <th scope="col">map</th>
                <th scope="col">day</th>
                {PARTS.map((part) => (
                  <th key={part} scope="col" className="num">
                    {part} h
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {maps.flatMap((map) =>
                quarters(map.shares).map((row, day) => (
                  <tr key={`${map.title} ${DAYS[day]}`}>
                    <td>{map.title}</td>
                    <td>{DAYS[day]}</td>
                    {row.map((share, part) => (
                      <td key={PARTS[part]} className="num">
                        {percent(share)}
                      </td>
                    ))}
                  </tr>
                )),
              )}
            </tbody>
          </table>
        </section>
      </details>
    </div>
  );
}

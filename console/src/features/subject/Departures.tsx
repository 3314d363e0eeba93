import { type Departure, useDepartures } from "../../api/departures";
import { DeparturePicture } from "../../charts/Departure";
import { DepartureLegend } from "../../charts/DepartureLegend";
import { Loaded } from "../../ui/states";

/** Where days departed from what is usual: what, against the own past, against the peers, and the picture behind. */
export function Departures({ id, at }: { id: string; at: string | undefined }) {
  const query = useDepartures(id, at);
  return (
    <Loaded query={query}>
      {(view) =>
        view.departures.length === 0 ? (
          <p className="muted">
            No unusual day from {view.from} to {view.at.slice(0, 10)}.
          </p>
        ) : (
          <div className="stack" data-departures={view.departures.length}>
            <DepartureLegend />
            {byDay(view.departures).map(([day, found]) => (
              <Day key={day} day={day} found={found} />
            ))}
          </div>
        )
      }
    </Loaded>
  );
}

/** Departures of each day, in the order given. */
function byDay(departures: Departure[]): [string, Departure[]][] {
  const days = new Map<string, Departure[]>();
  for (const one of departures) days.set(one.day, [...(days.get(one.day) ?? []), one]);
  return [...days];
}

function Day({ day, found }: { day: string; found: Departure[] }) {
  return (
    <section aria-label={`departures of ${day}`} className="stack">
      <h3>{day}</h3>
      <div className="grid">
        {found.map((one) => (
          <article key={one.channel} className="stack" data-departure={one.channel}>
            <h4 style={{ margin: 0 }}>
              {one.title}{" "}
              <span className="muted small" style={{ fontWeight: 400 }}>
                {Math.round(100 * one.share)} % of what made the day unusual
              </span>
            </h4>
            <ol className="plain" data-three-sentences>
              <li>{one.what}</li>
              <li>{one.own}</li>
              <li>{one.peers}</li>
            </ol>
            {one.picture ? (
              <DeparturePicture picture={one.picture} day={day} />
            ) : (
              <p className="muted small">
                No picture: days that are still kept do not tell whose work things were, or the day is no
                longer kept.
              </p>
            )}
          </article>
        ))}
      </div>
    </section>
  );
}

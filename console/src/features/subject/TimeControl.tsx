import { useEffect, useState } from "react";
import { useOverview } from "../../api/queries";
import { daysBetween } from "../../charts/maths";
import { useUrl } from "../../url";
import { dayOf } from "../../words/format";
import { TEXT } from "../../words/text";

const SPAN = 180 * 86_400_000;

/** The days that the slider covers: half a year up to the last one. */
const stretch = (last: string): string[] =>
  daysBetween(new Date(Date.parse(last) - SPAN).toISOString().slice(0, 10), last);

/** Moves the whole page to any past moment. It stays while the page is read anew, so that one can go on from where one is. */
export function TimeControl({ at }: { at: string | undefined }) {
  const newest = useOverview().data?.analysed_to;
  const shown = at ? dayOf(at) : newest;
  if (!shown) return null;
  return <Control at={at} shown={shown} last={newest && newest > shown ? newest : shown} />;
}

function Control({ at, shown, last }: { at: string | undefined; shown: string; last: string }) {
  const [, change] = useUrl();
  const days = stretch(last);
  const place = Math.max(0, days.indexOf(shown));
  const [slid, setSlid] = useState(place);
  useEffect(() => setSlid(place), [place]);
  const go = (to: number) => {
    const day = days[Math.max(0, Math.min(days.length - 1, to))];
    if (day && day !== shown) change({ at: day, indicator: undefined });
  };
  return (
    <section className="panel row" aria-label="moment in time">
      <label className="field">
        as it stood at the end of
        <input
          type="date"
          value={shown}
          onChange={(event) => event.target.value && change({ at: event.target.value, indicator: undefined })}
        />
      </label>
      <div className="row grow" style={{ flexWrap: "nowrap", minWidth: 240 }}>
        <button type="button" onClick={() => go(place - 1)} aria-label="one day back" disabled={place <= 0}>
          ◀
        </button>
        <input
          type="range"
          aria-label="moment"
          aria-valuetext={days[slid]}
          min={0}
          max={Math.max(0, days.length - 1)}
          value={slid}
          style={{ flex: 1, minWidth: 0, padding: 0, border: 0 }}
          onChange={(event) => setSlid(Number(event.target.value))}
          onPointerUp={() => go(slid)}
          onKeyUp={() => go(slid)}
        />
        <button
          type="button"
          onClick={() => go(place + 1)}
          aria-label="one day on"
          disabled={place >= days.length - 1}
        >
          ▶
        </button>
      </div>
      {slid !== place && <b>{days[slid]}</b>}
      {at && (
        <button type="button" onClick={() => change({ at: undefined })}>
          Back to the latest
        </button>
      )}
      <span className="muted small">{TEXT.pastNote}</span>
    </section>
  );
}

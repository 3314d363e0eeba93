import { useEffect, useState } from "react";
import type { Story } from "../../api/types";
import { daysBetween } from "../../charts/maths";
import { useUrl } from "../../url";
import { dayOf } from "../../words/format";
import { TEXT } from "../../words/text";

const SPAN = 180 * 86_400_000;

/** The stretch the slider covers: from the first day with a score, or half a year back. */
function stretch(story: Story): string[] {
  const last = dayOf(story.at);
  const back = new Date(Date.parse(last) - SPAN).toISOString().slice(0, 10);
  const first = story.history[0]?.day ?? back;
  return daysBetween(first < back ? first : back, last);
}

/** Moves the whole page to any past moment. */
export function TimeControl({ story, at }: { story: Story; at: string | undefined }) {
  const [, change] = useUrl();
  // The last day seen without a moment in the address is the newest one there is.
  const [days, setDays] = useState(() => stretch(story));
  const shown = dayOf(story.at);
  const place = Math.max(0, days.indexOf(shown));
  const [slid, setSlid] = useState(place);
  useEffect(() => {
    if (!at) setDays(stretch(story));
  }, [at, story]);
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

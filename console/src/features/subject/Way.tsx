import type { WayView } from "../../api/risk";
import { WayBand } from "../../charts/WayBand";
import { PHASES, spanWords, waySentence } from "./why";

/** On which part of the way somebody most likely was: a story, not a number. */
export function Way({ way, pick }: { way: WayView; pick: (day: string) => void }) {
  const told = way.spans.filter((span) => span.phase !== "baseline");
  return (
    <section className="panel stack" data-way={way.spans.at(-1)?.phase ?? "none"}>
      <h2>The way so far</h2>
      <p>
        <b>{waySentence(way)}</b>
      </p>
      {way.days.length > 0 && told.length > 0 && (
        <WayBand days={way.days} spans={way.spans} rows={PHASES} words={spanWords} pick={pick} />
      )}
      {told.length > 0 && (
        <details>
          <summary>In words</summary>
          <ul className="bullets">
            {[...told].reverse().map((span) => (
              <li key={span.from}>{spanWords(span)}</li>
            ))}
          </ul>
        </details>
      )}
      <p className="muted small">
        Most likely is not certain: each day says what fits best with what was known by then. It is for
        reading the story and is no part of the score.
      </p>
    </section>
  );
}

import type { EventSummary } from "../api/types";
import { time } from "../words/format";
import { said } from "../words/labels";

/** A list of events; one can be opened. */
export function EventTable({
  events,
  open,
  caption,
  who = false,
}: {
  events: EventSummary[];
  open: (id: string) => void;
  caption: string;
  who?: boolean;
}) {
  return (
    <section className="scroll" aria-label={caption} tabIndex={0}>
      <table>
        <caption className="sr">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">time (UTC)</th>
            <th scope="col">what</th>
            {who && <th scope="col">account</th>}
            <th scope="col">device</th>
            <th scope="col">source</th>
            <th scope="col">class</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.id}>
              <td className="nowrap">{time(event.time)}</td>
              <td className="wide">
                <button
                  type="button"
                  className="link break"
                  data-event={event.id}
                  onClick={() => open(event.id)}
                >
                  {event.what}
                </button>
              </td>
              {who && <td className="mono">{event.account ?? "–"}</td>}
              <td className="nowrap">{event.device ?? "–"}</td>
              <td className="nowrap">{event.source}</td>
              <td className="muted nowrap">{said(event.class)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

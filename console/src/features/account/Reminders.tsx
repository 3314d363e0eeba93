import { useState } from "react";
import { useOwn } from "../../api/account";
import { type Reminders, reminding, useReminders } from "../../api/reminders";
import { Loaded } from "../../ui/states";
import { time } from "../../words/format";
import { Trouble } from "../sign-in/Trouble";
import { Refusal } from "./part";

/** What reminds one of one's work: a calendar to subscribe to, and a mail a day. */
export function RemindersPart({ prove }: { prove: () => void }) {
  const query = useReminders();
  return (
    <Loaded query={query}>
      {(reminders) => (
        <>
          <Calendar reminders={reminders} prove={prove} />
          <Digest reminders={reminders} />
        </>
      )}
    </Loaded>
  );
}

function Calendar({ reminders: { calendar }, prove }: { reminders: Reminders; prove: () => void }) {
  const make = useOwn(reminding.makeCalendar);
  const end = useOwn(reminding.endCalendar);
  const url = make.data && calendar ? `${location.origin}${make.data.path}` : "";
  return (
    <section className="panel stack" aria-labelledby="own-calendar">
      <h2 id="own-calendar">Calendar</h2>
      <p>
        Your duties, tasks, meetings and votes that have a time, for a calendar that you subscribe to: case
        numbers and times, no names. Whoever knows the address reads it.
      </p>
      {calendar && (
        <p className="muted small">
          Made {time(calendar.made)},{" "}
          {calendar.last_used ? `last read ${time(calendar.last_used)} UTC` : "not read yet"}.
        </p>
      )}
      <div className="row">
        <button
          type="button"
          className={calendar ? undefined : "primary"}
          disabled={make.isPending}
          onClick={() => make.mutate(undefined)}
        >
          {calendar ? "Make a new address" : "Subscribe"}
        </button>
        {calendar && (
          <button
            type="button"
            disabled={end.isPending}
            onClick={() => end.mutate(undefined, { onSuccess: make.reset })}
          >
            End the calendar
          </button>
        )}
      </div>
      {url && <Address url={url} />}
      <Refusal error={make.error} prove={prove} />
      <Trouble error={end.error} />
    </section>
  );
}

/** An address that is shown this once. */
function Address({ url }: { url: string }) {
  const [copied, setCopied] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
      setCopied("Copied.");
    } catch {
      setCopied("Select the text and copy it by hand: the browser does not allow it from here.");
    }
  };
  return (
    <>
      <pre data-calendar>{url}</pre>
      <div className="row">
        <button type="button" className="primary" onClick={() => void copy()}>
          Copy
        </button>
        <span className="muted small" role="status">
          {copied || "Enter it where your calendar takes an address. It is not shown again."}
        </span>
      </div>
    </>
  );
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

function Digest({ reminders: { digest_hour, digest_off, time_zone } }: { reminders: Reminders }) {
  const set = useOwn(reminding.setDigest);
  return (
    <section className="panel stack" aria-labelledby="own-digest">
      <h2 id="own-digest">Daily mail</h2>
      <p>
        What waits for you, once a day: case numbers and links, no names. On days with nothing there is none.
      </p>
      <label className="field">
        when
        <select
          value={digest_hour ?? ""}
          disabled={set.isPending || (digest_off !== null && digest_hour === null)}
          onChange={({ target }) => set.mutate(target.value === "" ? null : Number(target.value))}
        >
          <option value="">never</option>
          {HOURS.map((hour) => (
            <option key={hour} value={hour}>
              {`${String(hour).padStart(2, "0")}:00 (${time_zone})`}
            </option>
          ))}
        </select>
      </label>
      {digest_off && <p className="muted small">Not possible now: {digest_off}.</p>}
      <Trouble error={set.error} />
    </section>
  );
}

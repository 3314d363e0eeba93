import { type HuntAsk, LIMIT_MOST } from "../../api/hunt";
import { useOverview } from "../../api/queries";
import { Empty } from "../../ui/states";
import { useUrl } from "../../url";
import { count, counted } from "../../words/format";
import { TEXT } from "../../words/text";
import type { Asked } from "./address";
import { type AddTerm, Fields } from "./Fields";
import { Found } from "./Found";
import { type Hunt, hitsOf, progressWords } from "./hunting";
import { DAY, dayAt, startOf } from "./range";

/** How far a search is, for eyes and ears. */
export function Progress({ hunt }: { hunt: Hunt }) {
  const { progress, state } = hunt;
  return (
    <div className="row" data-hunt={state}>
      {state === "running" && (
        <progress
          aria-label="days looked through"
          max={Math.max(1, progress?.of ?? 1)}
          value={progress && progress.of > 0 ? progress.done : undefined}
        />
      )}
      <p className="muted small" role="status" aria-live="polite">
        {progressWords(hunt)}
      </p>
      {hunt.plan?.notes?.map((note) => (
        <p key={note} className="small">
          {note}
        </p>
      ))}
    </div>
  );
}

/** What was found, and what stands in its fields. */
export function Outcome({
  hunt,
  ask,
  asked,
  add,
  search,
}: {
  hunt: Hunt;
  ask: HuntAsk;
  asked: Asked;
  add: AddTerm;
  search: (asked: Asked) => void;
}) {
  const [, change] = useUrl();
  const hits = hitsOf(hunt);
  if (hunt.events.length === 0)
    return hunt.state === "done" ? <Nothing asked={asked} search={search} /> : null;
  const more = hunt.end?.truncated && asked.limit < LIMIT_MOST;
  return (
    <div className="aside">
      <section className="panel stack" aria-label="events">
        <p className="muted small">
          {hunt.events.length < hits
            ? `The newest ${count(hunt.events.length)} of ${counted(hits, "event")}`
            : `${counted(hunt.events.length, "event")}, newest first`}
          .{" "}
          {more && (
            <button
              type="button"
              className="link"
              onClick={() => search({ ...asked, limit: Math.min(LIMIT_MOST, asked.limit * 4) })}
            >
              Show up to {count(Math.min(LIMIT_MOST, asked.limit * 4))}
            </button>
          )}{" "}
          {hunt.plan && (
            <button
              type="button"
              className="link"
              onClick={() => change({ tab: "sql", sql: hunt.end?.sql ?? hunt.plan?.sql, run: undefined })}
            >
              Continue as SQL
            </button>
          )}
        </p>
        <Found events={hunt.events} columns={asked.columns} />
      </section>
      {hunt.state === "done" && (
        <Fields
          ask={ask}
          hits={hits}
          add={add}
          columns={asked.columns}
          show={(columns) => search({ ...asked, columns })}
        />
      )}
    </div>
  );
}

/** Nothing was found: what to do next. */
function Nothing({ asked, search }: { asked: Asked; search: (asked: Asked) => void }) {
  const overview = useOverview();
  const last = overview.data?.analysed_to ?? null;
  const at = startOf(last ?? undefined);
  const wide = !asked.from && !asked.to && asked.last === "any";
  const bounds = { from: undefined, to: undefined };
  return (
    <Empty title={TEXT.noEventsTitle}>
      <p>{TEXT.noEvents}</p>
      <div className="row" style={{ justifyContent: "center", marginTop: 8 }}>
        {!wide && (
          <button type="button" onClick={() => search({ ...asked, ...bounds, last: "any" })}>
            Search any time
          </button>
        )}
        {!wide && at !== null && last && (
          <button
            type="button"
            onClick={() => search({ ...asked, from: dayAt(at - 29 * DAY), to: dayAt(at) })}
          >
            Search the 30 days up to {dayAt(at)}
          </button>
        )}
        {asked.query !== "" && (
          <button type="button" onClick={() => search({ ...asked, query: "" })}>
            Show everything of this time
          </button>
        )}
      </div>
    </Empty>
  );
}

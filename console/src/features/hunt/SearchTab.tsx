import { useMemo, useState } from "react";
import type { HuntAsk, SavedSearch } from "../../api/hunt";
import { termOf, withTerm } from "../../evidence/query";
import { Drawer } from "../../ui/Drawer";
import { Failure } from "../../ui/states";
import { useCase, useUrl } from "../../url";
import { type Asked, addressOf, askedOf, LIMIT } from "./address";
import { Bar } from "./Bar";
import { bucketed } from "./buckets";
import { ExportDialog } from "./ExportDialog";
import type { AddTerm } from "./Fields";
import { Histogram } from "./Histogram";
import { type Hunt, hitsOf, useHunt } from "./hunting";
import { KeepDialog } from "./KeepDialog";
import { useKnown } from "./known";
import { Lists } from "./Lists";
import { Outcome, Progress } from "./Outcome";
import { RuleDialog } from "./RuleDialog";
import { DEFAULT_LAST, LASTS, type Range, resolved } from "./range";
import { SaveDialog } from "./SaveDialog";
import { Saved } from "./Saved";
import { Start } from "./Start";
import { TimePicker } from "./TimePicker";

type Asking = "save" | "rule" | "keep" | "export" | "saved" | null;

/** Searches by words; what was asked stands in the address. */
export function SearchTab() {
  const [url, change] = useUrl();
  const forWhich = useCase();
  const asked = askedOf(url);
  const key = asked.run ? JSON.stringify([asked, forWhich]) : null;
  const [begun, setBegun] = useState(0);
  // Bounds that end now are set when a search begins, not with every drawing of the page.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a search begun anew ends later
  const range = useMemo(() => resolved(url, Date.now()), [key, url.last, url.from, url.to, begun]);
  const ask: HuntAsk = {
    query: asked.query || undefined,
    subject: asked.subject,
    limit: asked.limit,
    ...(asked.columns.length > 0 && { fields: asked.columns }),
    ...range,
  };
  const { hunt, stop, again } = useHunt(key, ask, forWhich);
  const known = useKnown(ask, hunt);
  const search = (next: Asked) => {
    const address = addressOf(next);
    if (asked.run && JSON.stringify(address) === JSON.stringify(addressOf(asked))) {
      setBegun((old) => old + 1);
      again();
    } else change({ ...address, event: undefined });
  };
  const run = (query: string) => search({ ...asked, query: query.trim() });
  const add: AddTerm = (field, value, how) => run(withTerm(asked.query, termOf(field, value), how));
  const pick = (time: { last: string } | Range) => {
    const next = { ...asked, from: undefined, to: undefined, last: DEFAULT_LAST, ...time };
    if (asked.run) search(next);
    else change({ ...addressOf(next), all: undefined });
  };
  const refusal = hunt?.error instanceof Error ? hunt.error.message : "";
  return (
    <>
      <section className="panel stack" aria-label="search">
        <Bar
          query={asked.query}
          refusal={refusal}
          known={known}
          running={hunt?.state === "running"}
          run={run}
          stop={stop}
          clear={() =>
            change({
              ...addressOf({ query: "", last: DEFAULT_LAST, limit: LIMIT, columns: [] }),
              all: undefined,
              event: undefined,
            })
          }
        />
        <TimePicker last={asked.last} own={{ from: url.from, to: url.to }} range={range} pick={pick} />
        {asked.subject && (
          <p className="row small" data-subject={asked.subject}>
            <span>
              only of subject <span className="mono">{asked.subject}</span>
            </span>
            <button type="button" className="link" onClick={() => search({ ...asked, subject: undefined })}>
              Of anybody
            </button>
          </p>
        )}
        {hunt && <Progress hunt={hunt} />}
      </section>
      {hunt?.error ? <Failure error={hunt.error} retry={again} /> : null}
      {hunt && <Chart hunt={hunt} range={range} narrow={(to) => search({ ...asked, ...to })} />}
      <Doing hunt={hunt} ask={ask} asked={asked} search={search} />
      {hunt ? <Outcome hunt={hunt} ask={ask} asked={asked} add={add} search={search} /> : <Start run={run} />}
      <Lists />
    </>
  );
}

function Chart({ hunt, range, narrow }: { hunt: Hunt; range: Range; narrow: (range: Range) => void }) {
  const { unit, buckets } = useMemo(
    () => bucketed(hunt.days, range, hunt.state === "done"),
    [hunt.days, hunt.state, range],
  );
  if (buckets.length === 0 || (hunt.state === "done" && hitsOf(hunt) === 0)) return null;
  return (
    <section className="panel" aria-label="events over time">
      <Histogram unit={unit} buckets={buckets} narrow={narrow} />
    </section>
  );
}

/** What can be done with a search; and the saved ones, on the page itself while nothing is searched. */
function Doing({
  hunt,
  ask,
  asked,
  search,
}: {
  hunt: Hunt | null;
  ask: HuntAsk;
  asked: Asked;
  search: (asked: Asked) => void;
}) {
  const [asking, setAsking] = useState<Asking>(null);
  const [ruled, setRuled] = useState<SavedSearch | null>(null);
  const done = hunt?.state === "done" && hunt.events.length > 0;
  const close = () => setAsking(null);
  const [, change] = useUrl();
  const open = (saved: SavedSearch) => {
    if (saved.language === "sql") return change({ tab: "sql", sql: saved.query, run: "1" });
    const last = LASTS.find(({ days }) => days === saved.from_days);
    const time = last ? { from: undefined, to: undefined, last: last.id } : {};
    close();
    search({ ...asked, ...time, query: saved.query });
  };
  const makeRule = (saved: SavedSearch | null) => {
    setRuled(saved);
    setAsking("rule");
  };
  const days = asked.from || asked.to ? undefined : LASTS.find(({ id }) => id === asked.last)?.days;
  return (
    <>
      {hunt ? (
        <section className="row" aria-label="with this search">
          <button type="button" disabled={asked.query === ""} onClick={() => setAsking("save")}>
            Save…
          </button>
          <button type="button" disabled={asked.query === ""} onClick={() => makeRule(null)}>
            Make a rule…
          </button>
          <button type="button" disabled={!done} onClick={() => setAsking("keep")}>
            Keep in a case…
          </button>
          <button type="button" disabled={!done} onClick={() => setAsking("export")}>
            Export…
          </button>
          <button type="button" onClick={() => setAsking("saved")}>
            Saved searches…
          </button>
        </section>
      ) : (
        <section className="panel stack" aria-label="saved searches">
          <h2>Saved searches</h2>
          <Saved open={open} makeRule={makeRule} />
        </section>
      )}
      {asking === "saved" && (
        <Drawer title="Saved searches" close={close}>
          <Saved open={open} makeRule={makeRule} />
        </Drawer>
      )}
      {asking === "save" && <SaveDialog query={asked.query} days={days} close={close} />}
      {asking === "rule" && <RuleDialog query={asked.query} saved={ruled} close={close} />}
      {asking === "keep" && <KeepDialog ask={ask} shown={hunt?.events.length ?? 0} close={close} />}
      {asking === "export" && <ExportDialog ask={ask} hits={hunt ? hitsOf(hunt) : 0} close={close} />}
    </>
  );
}

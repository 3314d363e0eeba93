import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useEvent } from "../api/queries";
import type { EventDetail } from "../api/types";
import { Pairs, Tag } from "../ui/bits";
import { Drawer } from "../ui/Drawer";
import { Loaded } from "../ui/states";
import { useUrl } from "../url";
import { time } from "../words/format";
import { said } from "../words/labels";
import { Chips, enrichmentOf } from "./Chips";
import { Pivot } from "./Pivot";
import { ownField } from "./query";

const plain = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** A value that can be searched for by its field; what has parts is only shown. */
function Value({ field, value }: { field: string; value: unknown }) {
  const simple = ["string", "number", "boolean"].includes(typeof value);
  return simple ? <Pivot field={field} value={String(value)} /> : plain(value);
}

const pair = ([name, value]: [string, unknown], field = name): [string, ReactNode] => [
  name,
  <Value key={name} field={field} value={value} />,
];

const who = (account: string, subject: string | null | undefined): [string, ReactNode] => [
  "account",
  <Pivot key="account" field="account" value={account} subject={subject} />,
];

function Body({ event }: { event: EventDetail }) {
  const known = enrichmentOf(event);
  return (
    <>
      <div className="stack">
        <p>
          <b>{event.what}</b>
        </p>
        <p className="muted small">
          {time(event.time)} UTC · <Pivot field="source" value={event.source} /> ·{" "}
          <Pivot field="class" value={event.class}>
            {said(event.class)}
          </Pivot>{" "}
          · id <span className="mono">{event.id}</span>
        </p>
        <Chips of={known} />
        <div className="row">
          {event.logsources.map((source) => {
            const words = [source.product, source.category, source.service].filter(Boolean).join(" / ");
            return <Tag key={words}>{words}</Tag>;
          })}
        </div>
      </div>
      <section className="stack">
        <h3>Rules that matched it</h3>
        {event.matched_rules.length === 0 && <p className="muted">None.</p>}
        <ul className="bullets">
          {event.matched_rules.map((rule) => (
            <li key={rule.id}>
              <Link to="/rules" search={{ rule: rule.id }}>
                {rule.title}
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <section className="stack">
        <h3>As received</h3>
        {event.raw ? (
          <pre data-raw tabIndex={0}>
            {event.raw}
          </pre>
        ) : (
          <p className="muted" data-raw>
            The fields below hold the whole record.
          </p>
        )}
      </section>
      <section className="stack">
        <h3>Common fields</h3>
        <Pairs
          caption="common fields"
          pairs={[
            ...(event.account && !("account" in event.attrs) ? [who(event.account, known?.subject)] : []),
            ...Object.entries(event.attrs).map((attr) => pair(attr)),
          ]}
        />
      </section>
      <section className="stack">
        <h3>The source's own fields, as rules name them</h3>
        <Pairs
          caption="the source's own fields"
          pairs={event.fields.map((f) => pair([f.name, f.value], ownField(f.name)))}
        />
      </section>
    </>
  );
}

function Shown({ id, close }: { id: string; close: () => void }) {
  const query = useEvent(id);
  return (
    <Drawer title="Event" close={close}>
      <Loaded query={query}>{(event) => <Body event={event} />}</Loaded>
    </Drawer>
  );
}

/** The event that the address names, down to the record as received. */
export function EventDrawer() {
  const [{ event }, change] = useUrl();
  if (!event) return null;
  return <Shown id={event} close={() => change({ event: undefined })} />;
}

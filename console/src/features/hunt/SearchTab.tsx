import { type FormEvent, useState } from "react";
import { useEvents } from "../../api/queries";
import { EventTable } from "../../evidence/EventTable";
import { Choice } from "../../ui/bits";
import { Empty, Loaded } from "../../ui/states";
import { type Search, useUrl } from "../../url";
import { counted } from "../../words/format";
import { CLASSES, said } from "../../words/labels";
import { TEXT } from "../../words/text";

const FIELDS = ["account", "subject", "source", "text"] as const;

/** Searches by a form; what was asked stands in the address. */
export function SearchTab() {
  const [url, change] = useUrl();
  const asked = {
    account: url.account,
    subject: url.subject,
    class: url.class,
    source: url.source,
    text: url.text,
    from: url.from,
    to: url.to,
  };
  const query = useEvents({ ...asked, limit: 200 }, true);
  return (
    <>
      <Form key={JSON.stringify(asked)} asked={asked} search={change} />
      <Loaded query={query}>
        {(list) =>
          list.events.length === 0 ? (
            <Empty title={TEXT.noEventsTitle}>{TEXT.noEvents}</Empty>
          ) : (
            <section className="panel stack">
              <p className="muted small">
                {counted(list.events.length, "event")}, newest first
                {list.truncated ? "; more match, so narrow the search or use SQL" : ""}.{" "}
                <button
                  type="button"
                  className="link"
                  onClick={() => change({ tab: "sql", sql: list.sql, run: undefined })}
                >
                  Continue as SQL
                </button>
              </p>
              <EventTable
                events={list.events}
                open={(event) => change({ event })}
                caption="events found"
                who
              />
            </section>
          )
        }
      </Loaded>
    </>
  );
}

function Form({ asked, search }: { asked: Search; search: (asked: Search) => void }) {
  const [form, setForm] = useState<Search>(asked);
  const set = (patch: Search) => setForm((old) => ({ ...old, ...patch }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const clean = Object.entries({ ...asked, ...form }).map(([name, value]) => [
      name,
      value?.trim() || undefined,
    ]);
    search(Object.fromEntries(clean));
  };
  const empty = {
    account: undefined,
    subject: undefined,
    class: undefined,
    source: undefined,
    text: undefined,
    from: undefined,
    to: undefined,
  };
  return (
    <form className="panel row end" onSubmit={submit} aria-label="search events">
      {FIELDS.map((name) => (
        <label key={name} className="field">
          {name === "subject" ? "subject (pseudonym)" : name}
          <input
            type="search"
            value={form[name] ?? ""}
            data-search={name === "account" ? true : undefined}
            onChange={(event) => set({ [name]: event.target.value })}
          />
        </label>
      ))}
      <Choice
        label="class"
        value={form.class ?? ""}
        pick={(value) => set({ class: value })}
        options={[{ id: "", text: "any" }, ...CLASSES.map((id) => ({ id, text: said(id) }))]}
      />
      <label className="field">
        from
        <input type="date" value={form.from ?? ""} onChange={(event) => set({ from: event.target.value })} />
      </label>
      <label className="field">
        to the end of
        <input type="date" value={form.to ?? ""} onChange={(event) => set({ to: event.target.value })} />
      </label>
      <button type="submit" className="primary">
        Search
      </button>
      <button type="button" onClick={() => search(empty)}>
        Clear
      </button>
    </form>
  );
}

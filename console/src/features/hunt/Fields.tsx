import { type FormEvent, useState } from "react";
import { type FieldStatistics, type HuntAsk, useFieldStatistics } from "../../api/hunt";
import type { How } from "../../evidence/query";
import { Failure, Loaded } from "../../ui/states";
import { count, counted } from "../../words/format";
import { said } from "../../words/labels";
import { COLUMNS_MOST } from "./address";
import styles from "./Fields.module.css";

/** Fields that are columns anyway. */
const ALWAYS = new Set(["source", "class", "account", "device"]);
/** Fields whose values are open at first. */
const OPEN = 3;

export type AddTerm = (field: string, value: string, how: How) => void;

/** What stands in the fields of all that was found: a click on a value searches on with it, or without it. */
export function Fields({
  ask,
  hits,
  add,
  columns,
  show,
}: {
  ask: HuntAsk;
  hits: number;
  add: AddTerm;
  /** Fields that are columns of the events. */
  columns: string[];
  show: (columns: string[]) => void;
}) {
  const [names, setNames] = useState<string[]>(columns);
  const toggle = (name: string) =>
    show(columns.includes(name) ? columns.filter((one) => one !== name) : [...columns, name]);
  const drawn = (field: FieldStatistics, open: boolean) => (
    <OneField
      key={field.name}
      field={field}
      hits={hits}
      add={add}
      open={open}
      column={columns.includes(field.name)}
      toggle={
        ALWAYS.has(field.name) || (columns.length >= COLUMNS_MOST && !columns.includes(field.name))
          ? null
          : () => toggle(field.name)
      }
    />
  );
  const usual = useFieldStatistics(ask, undefined, hits > 0);
  const own = useFieldStatistics(ask, names, hits > 0 && names.length > 0);
  return (
    <section className="panel stack" aria-label="fields">
      <h2>Fields</h2>
      <p className="muted small">
        A value narrows the search to it; “not”, or Shift with a click, leaves it out.
      </p>
      <Another
        add={(name) => setNames((old) => (old.includes(name) ? old : [...old, name]))}
        busy={own.isFetching}
      />
      {own.error && <Failure error={own.error} />}
      {own.data?.fields.map((field) => drawn(field, true))}
      <Loaded query={usual}>
        {({ fields }) => (
          <>
            {fields
              .filter(({ name, present }) => present > 0 && !names.includes(name))
              .map((field, at) => drawn(field, at < OPEN))}
          </>
        )}
      </Loaded>
    </section>
  );
}

/** Asks for a field that is not shown. */
function Another({ add, busy }: { add: (name: string) => void; busy: boolean }) {
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") add(name.trim());
    setName("");
  };
  return (
    <form className="row end" onSubmit={submit} aria-label="another field">
      <label className="field grow">
        another field
        <input
          type="text"
          maxLength={200}
          placeholder="winlog.event_data.ShareName"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <button type="submit" disabled={name.trim() === "" || busy}>
        Count
      </button>
    </form>
  );
}

function OneField({
  field,
  hits,
  add,
  open,
  column,
  toggle,
}: {
  field: FieldStatistics;
  hits: number;
  add: AddTerm;
  open: boolean;
  /** It is a column of the events. */
  column: boolean;
  /** Makes it one, or takes it away; nothing where that cannot be chosen. */
  toggle: (() => void) | null;
}) {
  const { name, present, distinct, top } = field;
  const share = hits > 0 ? Math.min(100, Math.round((100 * present) / hits)) : 0;
  return (
    <details open={open} data-field={name}>
      <summary className={styles.head}>
        {name}{" "}
        <span className="muted small">
          {counted(distinct, "value")}, in {share} %
        </span>
      </summary>
      {toggle && (
        <button
          type="button"
          className="link small"
          aria-pressed={column}
          aria-label={`${name} as a column`}
          onClick={toggle}
        >
          {column ? "take the column away" : "show as a column"}
        </button>
      )}
      {top.length === 0 && <p className="muted small">No event has it.</p>}
      <ul className={styles.list} aria-label={`values of ${name}`}>
        {top.map((one) => (
          <li key={one.value} className={styles.entry}>
            <button
              type="button"
              className={styles.value}
              title="only with this; with Shift, without it"
              onClick={(event) => add(name, one.value, event.shiftKey ? "exclude" : "add")}
            >
              {name === "class" ? said(one.value) : one.value}
            </button>
            <span className="muted small">{count(one.count)}</span>
            <button
              type="button"
              className={styles.out}
              aria-label={`leave out ${name} ${one.value}`}
              onClick={() => add(name, one.value, "exclude")}
            >
              not
            </button>
            <span className={styles.share} aria-hidden="true">
              <i style={{ width: `${present > 0 ? (100 * one.count) / present : 0}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

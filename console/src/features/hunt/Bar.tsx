import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { offsetOf, placeOf, tokens } from "../../evidence/query";
import { count } from "../../words/format";
import styles from "./Bar.module.css";
import { accepted, type Known, type Suggestions, suggested } from "./suggest";

/** Most bytes of a query that the server reads. */
const BYTES_MOST = 4096;
const ROWS_MOST = 8;

/** Where a search is written: Enter runs it, names are offered while typing, and the place of a mistake is marked. */
export function Bar({
  query,
  refusal,
  known,
  running,
  run,
  stop,
  clear,
}: {
  query: string;
  /** Why the query that is shown was refused. */
  refusal: string;
  known: Known;
  running: boolean;
  run: (query: string) => void;
  stop: () => void;
  clear: () => void;
}) {
  const [text, setText] = useState(query);
  useEffect(() => setText(query), [query]);
  const size = new TextEncoder().encode(text).length;
  const place = text === query ? placeOf(refusal) : null;
  const hint = useId();
  return (
    <form
      className="stack"
      aria-label="search events"
      onSubmit={(event) => {
        event.preventDefault();
        run(text);
      }}
    >
      <Field text={text} change={setText} run={run} known={known} hint={hint} place={place} />
      {place && <Marked text={text} place={place} />}
      <div className="row">
        {running ? (
          // A button of its own: were it the same, it would submit what it was pressed to stop.
          <button key="stop" type="button" className="primary" onClick={stop}>
            Stop
          </button>
        ) : (
          <button key="search" type="submit" className="primary" disabled={size > BYTES_MOST}>
            Search
          </button>
        )}
        <button type="button" onClick={clear}>
          Clear
        </button>
        <span className="muted small" id={hint}>
          {size > BYTES_MOST
            ? `Too long: ${count(size)} of ${count(BYTES_MOST)} bytes.`
            : "Enter searches, Shift Enter begins a line, Ctrl Space offers fields."}
        </span>
      </div>
    </form>
  );
}

/** The line that a mistake is in, with a sign under it. */
function Marked({ text, place }: { text: string; place: { line: number; column: number } }) {
  return (
    <div className="small">
      <p>
        Look at line {place.line}, column {place.column}:
      </p>
      <pre className={styles.place} tabIndex={0} data-place={place.column}>
        {text.split("\n")[place.line - 1]}
        {"\n"}
        <span aria-hidden="true">{`${" ".repeat(Math.max(0, place.column - 1))}▲`}</span>
      </pre>
    </div>
  );
}

function Field({
  text,
  change,
  run,
  known,
  hint,
  place,
}: {
  text: string;
  change: (text: string) => void;
  run: (text: string) => void;
  known: Known;
  hint: string;
  place: { line: number; column: number } | null;
}) {
  const [offered, setOffered] = useState<Suggestions | null>(null);
  const [active, setActive] = useState(-1);
  const field = useRef<HTMLTextAreaElement>(null);
  const behind = useRef<HTMLPreElement>(null);
  const cursor = useRef<number | null>(null);
  const list = useId();
  const offer = (next: Suggestions | null) => {
    setOffered(next);
    setActive(-1);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the cursor is set once the text stands there
  useLayoutEffect(() => {
    if (cursor.current !== null) field.current?.setSelectionRange(cursor.current, cursor.current);
    cursor.current = null;
  }, [text]);
  const accept = (at: number) => {
    const one = offered?.list[at];
    if (!offered || !one) return;
    const next = accepted(text, offered, one);
    cursor.current = next.at;
    change(next.query);
    offer(suggested(next.query, next.at, known));
    field.current?.focus();
  };
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    const many = offered?.list.length ?? 0;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      offer(suggested(text, event.currentTarget.selectionStart, known, true));
    } else if (step !== 0 && many > 0) {
      event.preventDefault();
      setActive((old) => (old < 0 && step < 0 ? many - 1 : (old + step + many) % many));
    } else if ((event.key === "Enter" || event.key === "Tab") && active >= 0) {
      event.preventDefault();
      accept(active);
    } else if (event.key === "Escape" && offered) {
      event.preventDefault();
      offer(null);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      offer(null);
      run(text);
    }
  };
  return (
    <div className={styles.bar}>
      <pre ref={behind} aria-hidden="true">
        <Coloured text={text} wrong={place ? offsetOf(text, place) : null} />
      </pre>
      <textarea
        ref={field}
        rows={Math.min(ROWS_MOST, text.split("\n").length)}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        placeholder="account:jdoe file_name:*.xlsx not source:badge"
        data-search
        aria-label="search"
        aria-describedby={hint}
        aria-invalid={place !== null}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={offered ? list : undefined}
        aria-activedescendant={active >= 0 ? `${list}-${active}` : undefined}
        value={text}
        onChange={({ target }) => {
          change(target.value);
          offer(suggested(target.value, target.selectionStart, known));
        }}
        onKeyDown={onKey}
        onBlur={() => offer(null)}
        onScroll={({ currentTarget }) => {
          if (behind.current) behind.current.scrollTop = currentTarget.scrollTop;
        }}
      />
      {offered && <Offered id={list} offered={offered} active={active} accept={accept} />}
      <p className="sr" role="status">
        {offered && `${offered.list.length} suggestions; the arrow keys choose, Enter takes one`}
      </p>
    </div>
  );
}

function Offered({
  id,
  offered,
  active,
  accept,
}: {
  id: string;
  offered: Suggestions;
  active: number;
  accept: (at: number) => void;
}) {
  return (
    <div className={styles.list} id={id} role="listbox" aria-label="suggestions">
      {offered.list.map((one, at) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are heard where the text is typed
        <div
          key={one.text}
          id={`${id}-${at}`}
          role="option"
          aria-selected={at === active}
          tabIndex={-1}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => accept(at)}
        >
          <span className="mono break">{one.text}</span>
          <span>{one.means}</span>
        </div>
      ))}
    </div>
  );
}

/** The grounds behind the words of a query: names of fields, operators, and where it is wrong. */
function Coloured({ text, wrong }: { text: string; wrong: number | null }) {
  let at = 0;
  return (
    <>
      {tokens(text).map((token) => {
        const from = at;
        at += token.text.length;
        const holds = wrong !== null && wrong >= from && wrong < at;
        const ground = (styles as Record<string, string>)[token.kind] ?? "";
        return (
          <span key={from} className={holds ? `${ground} ${styles.wrong}` : ground}>
            {token.text}
          </span>
        );
      })}
      {wrong !== null && wrong >= text.length && <span className={styles.wrong}>{"  "}</span>}
      {"\n"}
    </>
  );
}

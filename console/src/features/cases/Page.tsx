import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { type CaseSummary, useCases } from "../../api/cases";
import { type Found, useFind } from "../../api/work";
import { useSession } from "../../session/session";
import { OpenCaseDialog } from "../../triage/OpenCaseDialog";
import { Choice, Tag } from "../../ui/bits";
import { moved, useKeys } from "../../ui/keys";
import { SearchField } from "../../ui/SearchField";
import { Empty, Loaded } from "../../ui/states";
import { useUrl } from "../../url";
import { CASE_TEXT, STATES } from "../../words/casework";
import { counted, time } from "../../words/format";
import { said } from "../../words/labels";
import styles from "./Cases.module.css";

/** The cases in which somebody takes part. */
export function CasesPage() {
  const [url, change] = useUrl();
  const { opens_cases } = useSession().capabilities;
  const [opening, setOpening] = useState(false);
  const query = useCases({ status: url.status, text: url.text });
  const filtered = Boolean(url.status || url.text);
  return (
    <div className="page">
      <div className="head">
        <h1>Cases</h1>
        <p className="muted small">
          <kbd>j</kbd> <kbd>k</kbd> move, <kbd>Enter</kbd> opens, <kbd>?</kbd> all keys
        </p>
      </div>
      <section className="panel row end spread" aria-label="which cases">
        <div className="row end">
          <Choice
            label="state"
            value={url.status ?? ""}
            pick={(status) => change({ status: status || undefined })}
            options={[{ id: "", text: "any" }, ...STATES]}
          />
          <SearchField
            label="number, title, kind, or text inside"
            value={url.text ?? ""}
            search={(text) => change({ text: text || undefined })}
          />
        </div>
        {opens_cases && (
          <button type="button" onClick={() => setOpening(true)}>
            Open a case…
          </button>
        )}
      </section>
      <Loaded query={query}>
        {({ cases }) =>
          cases.length > 0 ? (
            <List cases={cases} />
          ) : (
            <Empty title={CASE_TEXT.noCasesTitle}>
              {filtered
                ? CASE_TEXT.noCasesFiltered
                : opens_cases
                  ? CASE_TEXT.noCases
                  : CASE_TEXT.noCasesOther}
            </Empty>
          )
        }
      </Loaded>
      {url.text && <Inside text={url.text.trim()} />}
      {opening && <OpenCaseDialog close={() => setOpening(false)} />}
    </div>
  );
}

const PLACES: Record<Found["place"], { text: string; tab?: string }> = {
  title: { text: "title" },
  note: { text: "note", tab: "notes" },
  task: { text: "task", tab: "tasks" },
  meeting: { text: "meeting", tab: "meetings" },
  evidence: { text: "evidence", tab: "evidence" },
  asset: { text: "system or file" },
};

/** Where the text stands inside the colleague's cases, as far as they may read it. */
function Inside({ text }: { text: string }) {
  const query = useFind(text);
  if (text.length < 2) return null;
  return (
    <section className="panel stack" aria-label="found inside cases">
      <h2>Found inside your cases</h2>
      <Loaded query={query}>
        {({ hits }) => (
          <>
            {hits.length === 0 && (
              <p className="muted">No note that you may read, task or name of evidence holds these words.</p>
            )}
            <ul className="plain stack">
              {hits.flatMap((hit) =>
                hit.found.map((found) => (
                  <li
                    key={`${hit.case.id} ${found.place} ${found.id} ${found.excerpt}`}
                    data-found={found.place}
                  >
                    <div className="row small muted">
                      <Link
                        to="/cases/$id"
                        params={{ id: hit.case.id }}
                        search={{
                          tab: PLACES[found.place].tab,
                          note: found.place === "note" ? (found.id ?? undefined) : undefined,
                        }}
                      >
                        {hit.case.id}
                      </Link>
                      <Tag>{PLACES[found.place].text}</Tag>
                      <span className="break">{hit.case.title}</span>
                    </div>
                    <p className="break">{found.excerpt}</p>
                  </li>
                )),
              )}
            </ul>
          </>
        )}
      </Loaded>
    </section>
  );
}

function List({ cases }: { cases: CaseSummary[] }) {
  const navigate = useNavigate();
  const [at, setAt] = useState(0);
  const place = Math.min(at, cases.length - 1);
  const current = cases[place];
  useKeys((key, event) => {
    setAt((old) => moved(old, key, cases.length));
    const onControl = event.target instanceof HTMLElement && event.target.matches("a, button, summary");
    if (key === "Enter" && current && !onControl)
      void navigate({ to: "/cases/$id", params: { id: current.id } });
  });
  useEffect(() => {
    if (at > 0) document.querySelector("[data-current=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return (
    <>
      <p className="sr" role="status">
        {current && `${place + 1} of ${counted(cases.length, "case")}: ${current.id}, ${current.title}`}
      </p>
      <ol className={styles.list}>
        {cases.map((one, n) => (
          <Card key={one.id} one={one} current={n === place} />
        ))}
      </ol>
    </>
  );
}

function Card({ one, current }: { one: CaseSummary; current: boolean }) {
  return (
    <li className={styles.card} data-case={one.id} data-current={current} data-state={one.state}>
      <div className={styles.what}>
        <h2>
          <Link to="/cases/$id" params={{ id: one.id }}>
            <span className="nowrap">{one.id}</span> {one.title}
          </Link>
        </h2>
        <div className="row">
          <Tag>{said(one.kind)}</Tag>
          <Tag>severity: {one.severity}</Tag>
          <Tag>phase: {one.phase}</Tag>
          <span className="muted small">
            {counted(one.members, "member")}
            {one.shared ? ", both departments" : ", one department so far"}
          </span>
          <span className="muted small">{counted(one.open_tasks, "open task")}</span>
        </div>
      </div>
      <div className={styles.state}>
        <b>
          {said(one.state)}
          {one.outcome ? `: ${said(one.outcome)}` : ""}
        </b>
        <span className="muted small">changed {time(one.changed)}</span>
        <span className="muted small">opened {time(one.opened)}</span>
      </div>
    </li>
  );
}

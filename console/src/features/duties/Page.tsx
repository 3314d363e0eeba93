import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useCommand } from "../../api/cases";
import { type Board, useBoard, type WorkItem } from "../../api/work";
import { Tag } from "../../ui/bits";
import { moved, useKeys } from "../../ui/keys";
import { Empty, Failure, Loaded } from "../../ui/states";
import { CASE_TEXT, LETTERS, VISIBILITIES } from "../../words/casework";
import { counted, lasting, time } from "../../words/format";
import { said } from "../../words/labels";
import { AskIn } from "../room/Ask";
import { duty, task } from "../room/commands";
import styles from "./Duties.module.css";
import { groups, keyOf, MOVE_KEYS, type Move, moves, tabOf } from "./groups";

/** What waits for the colleague over all cases. */
export function DutiesPage() {
  const query = useBoard();
  return (
    <div className="page">
      <div className="head">
        <h1>Duty board</h1>
        <p className="muted small">
          <kbd>j</kbd> <kbd>k</kbd> move, <kbd>Enter</kbd> goes there, <kbd>y</kbd> accepts, <kbd>n</kbd>{" "}
          declines, <kbd>f</kbd> fulfilled, <kbd>?</kbd> all keys
        </p>
      </div>
      <Loaded query={query}>
        {(board) => (
          <div className="aside">
            <div className="stack">
              <Items board={board} />
            </div>
            <aside className="stack" aria-label="beside the duties">
              <Lead board={board} />
              <Mentions board={board} />
              <Watched board={board} />
            </aside>
          </div>
        )}
      </Loaded>
    </div>
  );
}

/** Shown of a group until all of it is asked for. */
const FIRST = 20;

type Asking = { item: WorkItem; move: "decline" | "done" };

function Items({ board }: { board: Board }) {
  const navigate = useNavigate();
  const [at, setAt] = useState(0);
  const [asking, setAsking] = useState<Asking | null>(null);
  const [whole, setWhole] = useState<string[]>([]);
  const shown = groups(board.items).map((group) => ({
    ...group,
    count: group.items.length,
    items: whole.includes(group.name) ? group.items : group.items.slice(0, FIRST),
  }));
  const all = shown.flatMap((group) => group.items);
  const place = Math.min(at, all.length - 1);
  const current = all[place];
  const accept = useCommand(current?.case ?? "");
  const act = (item: WorkItem, move: Move) => {
    if (!moves(item).includes(move)) return;
    if (move === "accept") accept.mutate(duty.accept(item.id));
    else setAsking({ item, move });
  };
  useKeys((key, event) => {
    setAt((old) => moved(old, key, all.length));
    if (!current) return;
    const onControl = event.target instanceof HTMLElement && event.target.matches("a, button, summary");
    if (key === "Enter" && !onControl)
      void navigate({ to: "/cases/$id", params: { id: current.case }, search: { tab: tabOf(current) } });
    const move = MOVE_KEYS[key];
    if (move) {
      event.preventDefault();
      act(current, move);
    }
  });
  useEffect(() => {
    if (at > 0) document.querySelector("[data-current=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  if (all.length === 0) return <Empty title={CASE_TEXT.noDutiesTitle}>{CASE_TEXT.noDuties}</Empty>;
  return (
    <>
      <p className="sr" role="status">
        {current && `${place + 1} of ${counted(all.length, "item")}: ${current.what}, ${current.case}`}
      </p>
      {accept.error && <Failure error={accept.error} />}
      {shown.map((group) => (
        <section key={group.name} className="panel stack" aria-label={group.name}>
          <h2>
            {group.name} <span className="muted small">{group.count}</span>
          </h2>
          <ul className="plain">
            {group.items.map((item) => (
              <Row
                key={keyOf(item)}
                item={item}
                now={board.now}
                current={item === current}
                ask={(move) => setAsking({ item, move })}
              />
            ))}
          </ul>
          {group.items.length < group.count && (
            <button type="button" onClick={() => setWhole([...whole, group.name])}>
              Show all {group.count}
            </button>
          )}
        </section>
      ))}
      {asking && <Question {...asking} close={() => setAsking(null)} />}
    </>
  );
}

const dueOf = (item: WorkItem, now: string): string => {
  if (item.due === null) return item.kind === "duty" ? "its phase has not begun" : "no time set";
  const left = (Date.parse(item.due) - Date.parse(now)) * 1000;
  return left < 0 ? `${lasting(-left)} late` : `in ${lasting(left)}`;
};

function Row({
  item,
  now,
  current,
  ask,
}: {
  item: WorkItem;
  now: string;
  current: boolean;
  ask: (move: "decline" | "done") => void;
}) {
  const accept = useCommand(item.case);
  const open = moves(item);
  const name = `${item.what}, ${item.case}`;
  return (
    <li className={styles.row} data-item={keyOf(item)} data-kind={item.kind} data-current={current}>
      <div className={styles.what}>
        <h3>
          <Link to="/cases/$id" params={{ id: item.case }} search={{ tab: tabOf(item) }}>
            {item.what}
          </Link>
        </h3>
        <div className="row small muted">
          <span className="break">
            <span className="nowrap">{item.case}</span> {item.case_title}
          </span>
        </div>
        <div className="row small muted">
          <Tag>{item.kind}</Tag>
          {item.letter && (
            <Tag>
              {item.letter}: {LETTERS[item.letter]?.means}
            </Tag>
          )}
          <Tag>{said(item.state)}</Tag>
          {item.deputy_of && <span>you stand in for {item.deputy_of}</span>}
          {item.escalated && <span>nobody else could be found</span>}
        </div>
      </div>
      <div className={styles.acts}>
        <span
          className="small nowrap"
          data-late={item.late}
          title={item.due ? `${time(item.due)} UTC` : undefined}
        >
          {dueOf(item, now)}
        </span>
        {open.includes("accept") && (
          <button
            type="button"
            className="primary"
            disabled={accept.isPending}
            aria-label={`accept: ${name}`}
            onClick={() => accept.mutate(duty.accept(item.id))}
          >
            Accept
          </button>
        )}
        {open.includes("done") && (
          <button type="button" aria-label={`fulfilled: ${name}`} onClick={() => ask("done")}>
            {item.kind === "task" ? "Done…" : "Fulfilled…"}
          </button>
        )}
        {open.includes("decline") && (
          <button type="button" aria-label={`decline: ${name}`} onClick={() => ask("decline")}>
            Decline…
          </button>
        )}
      </div>
      {accept.error && <Failure error={accept.error} />}
    </li>
  );
}

function Question({ item, move, close }: Asking & { close: () => void }) {
  const done = move === "done";
  const command = (text: string) => {
    if (item.kind === "task") return task.done(item.id, text);
    return done ? duty.done(item.id, text) : duty.decline(item.id, text);
  };
  const noun = item.kind === "task" ? "task" : "duty";
  return (
    <AskIn
      of={item.case}
      title={done ? `The ${noun} is ${item.kind === "task" ? "done" : "fulfilled"}` : "Decline the duty"}
      action={done ? (item.kind === "task" ? "Done" : "Fulfilled") : "Decline"}
      label={done ? "what came of it" : "why"}
      most={done ? 20_000 : 4000}
      close={close}
      command={command}
    >
      <p>
        {item.what}, {item.case}
      </p>
    </AskIn>
  );
}

/** What is late where the colleague leads. */
function Lead({ board }: { board: Board }) {
  if (board.late.length === 0) return null;
  return (
    <section className="panel stack" aria-label="late in cases you lead">
      <h2>Late where you lead</h2>
      <ul className="plain stack">
        {board.late.map((row) => (
          <li key={`${row.case} ${row.kind} ${row.what}`} className="break" data-late-in={row.case}>
            <Link to="/cases/$id" params={{ id: row.case }}>
              {row.case}
            </Link>{" "}
            {row.what}
            <div className="muted small">
              since {time(row.due).slice(0, 16)}
              {row.who ? `, with ${row.who}` : ""}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Notes in which the colleague was mentioned. */
function Mentions({ board }: { board: Board }) {
  return (
    <section className="panel stack" aria-label="where you were mentioned">
      <h2>Where you were mentioned</h2>
      {board.mentions.length === 0 && <p className="muted small">{CASE_TEXT.noMentions}</p>}
      <ul className="plain stack">
        {board.mentions.map((one) => (
          <li key={one.note} className="break" data-mention={one.note}>
            <Link to="/cases/$id" params={{ id: one.case }} search={{ tab: "notes", note: one.note }}>
              {one.author} in {one.case}
            </Link>{" "}
            {one.case_title}
            <div className="row muted small">
              <span className="nowrap">{time(one.at).slice(0, 16)}</span>
              <Tag>{VISIBILITIES.find((v) => v.id === one.visibility)?.text ?? one.visibility}</Tag>
              <span>{one.answered ? "you have written since" : "not answered yet"}</span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Cases that the colleague watches. */
function Watched({ board }: { board: Board }) {
  return (
    <section className="panel stack" aria-label="cases you watch">
      <h2>Cases you watch</h2>
      {board.watched.length === 0 && <p className="muted small">{CASE_TEXT.noWatched}</p>}
      <ul className="plain stack">
        {board.watched.map((one) => (
          <li key={one.id} className="break" data-watched={one.id}>
            <Link to="/cases/$id" params={{ id: one.id }}>
              {one.id}
            </Link>{" "}
            {one.title}
            <div className="muted small">
              {said(one.state)}, changed {time(one.changed).slice(0, 16)}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

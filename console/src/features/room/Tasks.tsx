import { useState } from "react";
import { type Task, useCommand } from "../../api/cases";
import { useColleagues } from "../../api/colleagues";
import { Choice, Tag } from "../../ui/bits";
import { Failure } from "../../ui/states";
import { CASE_TEXT } from "../../words/casework";
import { instant, time } from "../../words/format";
import { Ask } from "./Ask";
import { dueWords } from "./clocks";
import { micros, task } from "./commands";
import styles from "./Room.module.css";
import { useNow, useRoom } from "./room";

type Asking = { what: "done" | "block" | "resume" | "assign"; one: Task };

const ASKS = {
  done: { title: "The task is done", action: "Done", label: "what came of it" },
  block: { title: "The task cannot go on", action: "Blocked", label: "what is in the way" },
  resume: { title: "Go on with the task", action: "Go on", label: "why" },
} as const;

/** What is to be done, by whom and by when; what is due first comes first. */
export function Tasks() {
  const { of, mine } = useRoom();
  const [asking, setAsking] = useState<Asking | null>(null);
  const late = Number.MAX_SAFE_INTEGER;
  const order = { open: 0, blocked: 0, done: 1 } as const;
  const tasks = Object.values(of.tasks).sort(
    (a, b) => order[a.state] - order[b.state] || (a.due ?? late) - (b.due ?? late),
  );
  return (
    <section className="panel stack" aria-label="tasks">
      <h2>Tasks</h2>
      {mine.works && <Add />}
      {tasks.length === 0 && <p className="muted">{CASE_TEXT.noTasks}</p>}
      <ul className="plain">
        {tasks.map((one) => (
          <Row key={one.id} one={one} ask={(what) => setAsking({ what, one })} />
        ))}
      </ul>
      {asking?.what === "assign" && <Assign one={asking.one} close={() => setAsking(null)} />}
      {asking && asking.what !== "assign" && (
        <Tell what={asking.what} one={asking.one} close={() => setAsking(null)} />
      )}
    </section>
  );
}

/** How a task stands now, in words. */
function Tell({ what, one, close }: { what: keyof typeof ASKS; one: Task; close: () => void }) {
  return (
    <Ask
      {...ASKS[what]}
      most={what === "resume" ? 4000 : 20_000}
      close={close}
      command={(text) => task[what](one.id, text)}
    >
      <p>{one.title}</p>
    </Ask>
  );
}

function Row({ one, ask }: { one: Task; ask: (what: Asking["what"]) => void }) {
  const { mine } = useRoom();
  const now = useNow();
  return (
    <li className={styles.note} data-task={one.id} data-state={one.state}>
      <div className="head">
        <h3>{one.title}</h3>
        {mine.works && (
          <span className="row">
            {one.state !== "done" && (
              <button type="button" onClick={() => ask("done")} aria-label={`done: ${one.title}`}>
                Done…
              </button>
            )}
            {one.state !== "done" && (
              <button
                type="button"
                onClick={() => ask("assign")}
                aria-label={`give to somebody: ${one.title}`}
              >
                Give to…
              </button>
            )}
            {one.state === "open" && (
              <button type="button" onClick={() => ask("block")} aria-label={`blocked: ${one.title}`}>
                Blocked…
              </button>
            )}
            {one.state !== "open" && (
              <button type="button" onClick={() => ask("resume")} aria-label={`go on: ${one.title}`}>
                Go on…
              </button>
            )}
          </span>
        )}
      </div>
      <div className="row small muted">
        <Tag>{one.state}</Tag>
        <span>{one.assignee ? `for ${one.assignee}` : "for nobody yet"}</span>
        {one.due !== null && (
          <span className="nowrap">
            due {time(instant(one.due)).slice(0, 16)}
            {one.state !== "done" && `, ${dueWords(one.due, now)}`}
          </span>
        )}
      </div>
      {one.text && <p className={styles.prose}>{one.text}</p>}
    </li>
  );
}

/** The task goes to somebody else, or has another time. */
function Assign({ one, close }: { one: Task; close: () => void }) {
  const { of } = useRoom();
  const [assignee, setAssignee] = useState(one.assignee ?? "");
  const [due, setDue] = useState(one.due === null ? "" : instant(one.due).slice(0, 16));
  const able = Object.entries(of.members).filter(([, member]) => member.role !== "observer");
  // The field counts minutes: a time that was not touched stays what it was.
  const same = one.due !== null && due === instant(one.due).slice(0, 16);
  const until = same ? one.due : micros(due);
  const changed = assignee !== (one.assignee ?? "") || !(same || (one.due === null && due === ""));
  return (
    <Ask
      title="Give the task to somebody"
      action="Give"
      close={close}
      missing={changed ? "" : "Pick somebody else or another time first."}
      command={(reason) => task.assign(one.id, assignee, until ?? undefined, reason)}
    >
      <p>{one.title}</p>
      <Choice
        label="by whom"
        value={assignee}
        pick={setAssignee}
        options={[{ id: "", text: "nobody yet" }, ...able.map(([name]) => ({ id: name, text: name }))]}
      />
      <label className="field">
        due (UTC)
        <input type="datetime-local" value={due} onChange={(event) => setDue(event.target.value)} />
      </label>
    </Ask>
  );
}

function Add() {
  const { id, of } = useRoom();
  const [title, setTitle] = useState("");
  const [assignee, setAssignee] = useState("");
  const [due, setDue] = useState("");
  const run = useCommand(id);
  const away = useColleagues().data?.colleagues.filter((one) => one.away) ?? [];
  const able = Object.entries(of.members).filter(([, member]) => member.role !== "observer");
  return (
    <form
      className="stack"
      aria-label="add a task"
      onSubmit={(event) => {
        event.preventDefault();
        run.mutate(task.add(title.trim(), assignee, due), {
          onSuccess: () => {
            setTitle("");
            setDue("");
          },
        });
      }}
    >
      <div className="row end">
        <label className="field grow">
          what is to be done
          <input
            type="text"
            maxLength={200}
            value={title}
            data-search
            onChange={(event) => setTitle(event.target.value)}
          />
        </label>
        <Choice
          label="by whom"
          value={assignee}
          pick={setAssignee}
          options={[
            { id: "", text: "nobody yet" },
            ...able.map(([name]) => ({
              id: name,
              text: away.some((one) => one.account === name) ? `${name}, away` : name,
            })),
          ]}
        />
        <label className="field">
          due (UTC)
          <input type="datetime-local" value={due} onChange={(event) => setDue(event.target.value)} />
        </label>
        <button type="submit" className="primary" disabled={title.trim() === "" || run.isPending}>
          Add the task
        </button>
      </div>
      {run.error && <Failure error={run.error} />}
    </form>
  );
}

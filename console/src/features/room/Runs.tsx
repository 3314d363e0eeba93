import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { usePlaybook, usePlaybooks, useRuns, useStart } from "../../api/runs";
import { Choice, Tag } from "../../ui/bits";
import { Send } from "../../ui/Question";
import { Loaded } from "../../ui/states";
import { time } from "../../words/format";
import { said } from "../../words/labels";
import { answersOf, FormFields, missing, type Typed } from "../run/Form";
import { useRoom } from "./room";

/** Playbooks that run in this case, and the choice of another. */
export function Runs() {
  const { id, mine } = useRoom();
  const query = useRuns(id);
  return (
    <section className="panel stack" aria-label="playbooks">
      <h2>Playbooks</h2>
      <Loaded query={query}>
        {({ runs }) => (
          <>
            {runs.length === 0 && (
              <p className="muted">
                No playbook runs here yet. A playbook says in advance what both departments do, step by step.
              </p>
            )}
            <ul className="plain">
              {runs.map((run) => (
                <li key={run.id} className="stack">
                  <div className="head">
                    <h3>
                      <Link to="/runs/$id" params={{ id: run.id }}>
                        {run.name}
                      </Link>
                    </h3>
                    <span className="row small muted">
                      <Tag>{said(run.outcome ?? run.status)}</Tag>
                      {run.needs_approval && <Tag human>waits for approval</Tag>}
                      <span className="nowrap">{time(run.changed).slice(0, 16)}</span>
                    </span>
                  </div>
                  {run.waiting.length > 0 && <p className="small">Waits: {run.waiting.join(", ")}</p>}
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
      {mine.works && <Start />}
    </section>
  );
}

/** Begins a run. */
function Start() {
  const { id, of } = useRoom();
  const navigate = useNavigate();
  const [playbook, setPlaybook] = useState("");
  const [subject, setSubject] = useState(of.subjects[0] ?? "");
  const [typed, setTyped] = useState<Typed>({});
  const list = usePlaybooks();
  const chosen = usePlaybook(playbook);
  const start = useStart(id);
  const fields = chosen.data?.playbook.inputs ?? [];
  const lacks =
    playbook === ""
      ? "Choose a playbook first."
      : missing(fields, typed).length > 0
        ? `Fill in: ${missing(fields, typed).join(", ")}.`
        : "";
  return (
    <form
      className="stack"
      aria-label="begin a playbook"
      onSubmit={(event) => {
        event.preventDefault();
        if (lacks !== "") return;
        start.mutate(
          { playbook, ...(subject ? { subject } : {}), inputs: answersOf(fields, typed) },
          { onSuccess: (view) => void navigate({ to: "/runs/$id", params: { id: view.summary.id } }) },
        );
      }}
    >
      <Choice
        label="playbook"
        value={playbook}
        pick={(next) => {
          setPlaybook(next);
          setTyped({});
        }}
        options={[
          { id: "", text: "choose" },
          ...(list.data?.playbooks ?? []).map((one) => ({ id: one.id, text: one.name })),
        ]}
      />
      {chosen.data && <p className="small">{chosen.data.summary.summary}</p>}
      {of.subjects.length > 0 && (
        <Choice
          label="about"
          value={subject}
          pick={setSubject}
          options={[{ id: "", text: "nobody in particular" }, ...of.subjects]}
        />
      )}
      <FormFields fields={fields} typed={typed} change={setTyped} />
      <Send action="Begin" missing={lacks} sending={start} />
    </form>
  );
}

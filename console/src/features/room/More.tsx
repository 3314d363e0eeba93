import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { type CaseView, useCases } from "../../api/cases";
import { useMerge, useSplit } from "../../api/work";
import { TITLE_MOST } from "../../triage/opening";
import { Choice } from "../../ui/bits";
import { Question, Words } from "../../ui/Question";
import { CASE_TEXT, KINDS, PAUSES, SEVERITIES } from "../../words/casework";
import { instant, time } from "../../words/format";
import { Ask } from "./Ask";
import { life } from "./commands";
import { type Extra, extras, goesAlong } from "./more";
import { flip } from "./picking";
import styles from "./Room.module.css";
import { useRoom } from "./room";

const BUTTONS: Record<Extra, string> = {
  merge: "Merge into another…",
  split: "Split a part off…",
  reclassify: "Other kind or severity…",
  pause: "Pause the clocks…",
  resume: "Let the clocks go on…",
  reconsider: "Take the decision back…",
};

/** What a lead can do with the case beside the usual steps. */
export function More() {
  const { of, mine } = useRoom();
  const [asking, setAsking] = useState<Extra | null>(null);
  const open = mine.manages ? extras(of) : [];
  if (open.length === 0) return null;
  const close = () => setAsking(null);
  return (
    <>
      <details className={styles.more}>
        <summary>More</summary>
        <div className="row">
          {open.map((extra) => (
            <button key={extra} type="button" onClick={() => setAsking(extra)}>
              {BUTTONS[extra]}
            </button>
          ))}
        </div>
      </details>
      {asking === "merge" && <Merge close={close} />}
      {asking === "split" && <Split close={close} />}
      {asking === "reclassify" && <Reclassify close={close} />}
      {asking === "pause" && <Pause close={close} />}
      {asking === "resume" && (
        <Ask title="Let the clocks go on" action="Go on" close={close} command={life.resumeClock} />
      )}
      {asking === "reconsider" && (
        <Ask title="Take the decision back" action="Take back" close={close} command={life.reconsider}>
          <p>The case is looked into again, and both departments decide its end anew.</p>
        </Ask>
      )}
    </>
  );
}

/** A question whose answer leads to another case. */
function Leading({
  title,
  action,
  close,
  missing,
  ask,
  children,
}: {
  title: string;
  action: string;
  close: () => void;
  missing: string;
  ask: {
    error: Error | null;
    isPending: boolean;
    run: (reason: string, done: (view: CaseView) => void) => void;
  };
  children: ReactNode;
}) {
  const navigate = useNavigate();
  const [reason, setReason] = useState("");
  const lacks = missing || (reason.trim() === "" ? "Say why, in a line, first." : "");
  const go = (view: CaseView) => {
    close();
    void navigate({ to: "/cases/$id", params: { id: view.summary.id } });
  };
  return (
    <Question
      title={title}
      action={action}
      missing={lacks}
      sending={ask}
      submit={() => ask.run(reason.trim(), go)}
      close={close}
    >
      {children}
      <Words label="why" value={reason} change={setReason} />
    </Question>
  );
}

function Merge({ close }: { close: () => void }) {
  const { id } = useRoom();
  const [into, setInto] = useState("");
  const cases = useCases({});
  const merge = useMerge(id);
  const others = (cases.data?.cases ?? []).filter(
    (one) => one.id !== id && one.state !== "closed" && one.state !== "decided",
  );
  return (
    <Leading
      title="Merge the case into another"
      action="Merge"
      close={close}
      missing={into === "" ? "Pick the other case first." : ""}
      ask={{
        ...merge,
        run: (reason, done) => merge.mutate({ into, reason }, { onSuccess: done }),
      }}
    >
      <p>{CASE_TEXT.mergeRule}</p>
      <Choice
        label="case in which the work goes on"
        value={into}
        pick={setInto}
        options={[
          { id: "", text: others.length > 0 ? "pick one that you lead" : "you are in no other open case" },
          ...others.map((one) => ({ id: one.id, text: `${one.id} ${one.title}` })),
        ]}
      />
    </Leading>
  );
}

function Split({ close }: { close: () => void }) {
  const { of, id } = useRoom();
  const [title, setTitle] = useState("");
  const [subjects, setSubjects] = useState<string[]>([]);
  const [alerts, setAlerts] = useState<string[]>([]);
  const split = useSplit(id);
  const along = goesAlong(of, subjects, alerts);
  const missing =
    subjects.length + along.length === 0
      ? "Pick what goes into the new case first."
      : title.trim() === ""
        ? "Give it a title first."
        : "";
  return (
    <Leading
      title="Split a part of the case off"
      action="Split"
      close={close}
      missing={missing}
      ask={{
        ...split,
        run: (reason, done) =>
          split.mutate(
            { title: title.trim(), reason, subjects, alerts: along.map((alert) => alert.id) },
            { onSuccess: done },
          ),
      }}
    >
      <p>{CASE_TEXT.splitRule}</p>
      <fieldset className={styles.checks}>
        <legend>what goes into the new case</legend>
        {of.subjects.map((subject) => (
          <label key={subject}>
            <input
              type="checkbox"
              checked={subjects.includes(subject)}
              onChange={() => setSubjects(flip(subjects, subject))}
            />
            <span className="mono">{subject}</span>
          </label>
        ))}
        {Object.values(of.alerts).map((alert) => (
          <label key={alert.id}>
            <input
              type="checkbox"
              checked={along.includes(alert)}
              disabled={subjects.includes(alert.subject)}
              onChange={() => setAlerts(flip(alerts, alert.id))}
            />
            alert of {time(instant(alert.raised)).slice(0, 16)} about {alert.subject}
          </label>
        ))}
      </fieldset>
      <label className="field">
        title of the new case
        <input
          type="text"
          maxLength={TITLE_MOST}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
      </label>
      <p className="muted small">{CASE_TEXT.titleHint}</p>
    </Leading>
  );
}

function Reclassify({ close }: { close: () => void }) {
  const { of } = useRoom();
  const [kind, setKind] = useState(of.kind);
  const [severity, setSeverity] = useState(of.severity);
  const same = kind === of.kind && severity === of.severity;
  return (
    <Ask
      title="Give the case another kind or severity"
      action="Change"
      close={close}
      missing={same ? "Pick another kind or severity first." : ""}
      command={(reason) => life.reclassify(kind, severity, reason)}
    >
      <p>With another kind the duties are drawn anew; what somebody holds with the same letter stays.</p>
      <div className="row end">
        <Choice label="kind" value={kind} pick={setKind} options={[...KINDS]} />
        <Choice label="severity" value={severity} pick={setSeverity} options={[...SEVERITIES]} />
      </div>
    </Ask>
  );
}

function Pause({ close }: { close: () => void }) {
  const [why, setWhy] = useState<string>(PAUSES[0].id);
  return (
    <Ask
      title="Pause the clocks of deciding and closing"
      action="Pause"
      close={close}
      label="why, in words"
      command={(reason) => life.pauseClock(why, reason)}
    >
      <p>The clocks of sharing and containing go on: harm does not wait.</p>
      <Choice
        label="because"
        value={why}
        pick={setWhy}
        options={PAUSES.map(({ id, means }) => ({ id, text: means }))}
      />
    </Ask>
  );
}

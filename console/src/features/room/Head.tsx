import { useState } from "react";
import type { Command } from "../../api/cases";
import { useExport } from "../../api/evidence";
import { Tag } from "../../ui/bits";
import { save } from "../../ui/download";
import { Question, Words } from "../../ui/Question";
import { PHASES } from "../../words/casework";
import { said } from "../../words/labels";
import { Ask } from "./Ask";
import { clocks } from "./clocks";
import { life } from "./commands";
import { More } from "./More";
import styles from "./Room.module.css";
import { type Step, steps } from "./rights";
import { useNow, useRoom } from "./room";
import { Watch } from "./Watch";

const STEPS: Record<Step, { button: string; title: string; label?: string; says: string }> = {
  investigate: {
    button: "Investigate…",
    title: "Begin to look into it",
    says: "From here on a response and an end can be proposed.",
  },
  contain: {
    button: "Contain…",
    title: "State that harm is stopped",
    label: "how it was stopped",
    says: "The clock of containment stops.",
  },
  close: {
    button: "Close the case…",
    title: "Close the case as decided",
    says: "Both departments have decided how it ends. Its alerts get the verdict.",
  },
  closeBenign: {
    button: "Close as benign…",
    title: "Close the case as benign",
    says: "It happened, and it was allowed. One department may state that; any other end needs both.",
  },
  reopen: { button: "Open again…", title: "Open the case again", says: "It is then being looked into." },
  enterPhase: {
    button: "Next phase…",
    title: "Go on in another phase",
    says: "The duties of that phase become due.",
  },
};

/** What the case is, where it stands, how long that took, and what can be done with it. */
export function Head() {
  const { view, of, id, mine } = useRoom();
  const [asking, setAsking] = useState<Step | null>(null);
  const [exporting, setExporting] = useState(false);
  const { summary } = view;
  const open = mine.manages ? steps(of) : [];
  return (
    <header className="stack">
      <div className="head">
        <div className="stack" style={{ gap: 6 }}>
          <h1>
            <span className="nowrap">{id}</span> {summary.title}
          </h1>
          <div className="row">
            <b data-state={of.state}>
              {said(of.state)}
              {of.outcome ? `: ${said(of.outcome)}` : ""}
            </b>
            <Tag>{said(of.kind)}</Tag>
            <Tag>severity: {of.severity}</Tag>
            <Tag>phase: {of.phase}</Tag>
            <span className="muted small">
              {view.my_role ? `you: ${said(view.my_role)}` : "you read along"}
            </span>
          </div>
        </div>
        <div className="row">
          {open.map((step) => (
            <button
              key={step}
              type="button"
              className={step === "close" || step === "investigate" ? "primary" : undefined}
              onClick={() => setAsking(step)}
            >
              {STEPS[step].button}
            </button>
          ))}
          {view.my_role && (
            <button type="button" onClick={() => setExporting(true)}>
              Export…
            </button>
          )}
          <Watch />
          <More />
        </div>
      </div>
      <Clocks />
      {asking && <Stepping step={asking} close={() => setAsking(null)} />}
      {exporting && <Exporting close={() => setExporting(false)} />}
    </header>
  );
}

function Clocks() {
  const { of, view } = useRoom();
  const readings = clocks(of.marks, useNow(), view.clocks);
  return (
    <dl className={styles.clocks} aria-label="clocks">
      {readings.map(({ name, at, words, running, target, late }) => (
        <div key={name} data-running={running} data-late={late}>
          <dt>{name}</dt>
          <dd>
            <b>{words}</b>
            {at && <span className="muted small nowrap"> {at}</span>}
            {target && <div className="muted small">{target}</div>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Stepping({ step, close }: { step: Step; close: () => void }) {
  const { of } = useRoom();
  const after = PHASES[(PHASES as readonly string[]).indexOf(of.phase) + 1] ?? PHASES[0];
  const [phase, setPhase] = useState<string>(after);
  const { title, label, says } = STEPS[step];
  const command = (reason: string): Command =>
    step === "enterPhase" ? life.enterPhase(phase, reason) : life[step](reason);
  return (
    <Ask title={title} action={title} close={close} command={command} {...(label && { label })}>
      <p>{says}</p>
      {step === "enterPhase" && (
        <label className="field">
          phase
          <select value={phase} onChange={(event) => setPhase(event.target.value)}>
            {PHASES.filter((known) => known !== of.phase).map((known) => (
              <option key={known}>{known}</option>
            ))}
          </select>
        </label>
      )}
    </Ask>
  );
}

function Exporting({ close }: { close: () => void }) {
  const { id } = useRoom();
  const [reason, setReason] = useState("");
  const make = useExport(id);
  const run = () =>
    make.mutate(reason.trim(), {
      onSuccess: (zip) => {
        save(`${id}.zip`, zip);
        close();
      },
    });
  return (
    <Question
      title="Export the whole case"
      action="Export"
      missing={make.isPending ? "Packing…" : reason.trim() === "" ? "Say what it is for first." : ""}
      sending={make}
      submit={run}
      close={close}
    >
      <p>
        A sealed ZIP: what you may see of the case, all its evidence, a manifest with the SHA-256 of each
        file, and the proofs that its rows are in the ledger. The export itself becomes a row and a link in
        each chain of custody.
      </p>
      <Words label="what the export is for" value={reason} change={setReason} />
    </Question>
  );
}

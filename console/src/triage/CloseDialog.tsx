import { useState } from "react";
import { useStatusChange } from "../api/queries";
import type { AlertSummary } from "../api/types";
import { Question, Words } from "../ui/Question";
import { said, VERDICTS } from "../words/labels";

/** Closes an alert with a verdict and the reason for it. */
export function CloseDialog({ alert, close }: { alert: AlertSummary; close: () => void }) {
  const [verdict, setVerdict] = useState("");
  const [note, setNote] = useState("");
  const change = useStatusChange();
  const missing = verdict === "" ? "Pick a verdict first." : note.trim() === "" ? "Say why first." : "";
  return (
    <Question
      title="Close with a verdict"
      action="Close the alert"
      missing={missing}
      sending={change}
      submit={() => change.mutate({ id: alert.id, status: "closed", verdict, note }, { onSuccess: close })}
      close={close}
    >
      <p>{alert.title}</p>
      <fieldset className="stack" style={{ border: 0, padding: 0, margin: 0, gap: 6 }}>
        <legend className="muted small">verdict</legend>
        {VERDICTS.map(({ id, means }) => (
          <label key={id} className="row" style={{ gap: 8 }}>
            <input
              type="radio"
              name="verdict"
              value={id}
              checked={verdict === id}
              onChange={() => setVerdict(id)}
            />
            <span>
              {said(id)} <span className="muted">{means}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Words label="why" value={note} change={setNote} />
    </Question>
  );
}

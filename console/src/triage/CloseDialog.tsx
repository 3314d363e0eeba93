import { useState } from "react";
import { useStatusChange } from "../api/queries";
import type { AlertSummary } from "../api/types";
import { Drawer } from "../ui/Drawer";
import { Failure } from "../ui/states";
import { said, VERDICTS } from "../words/labels";

/** Closes an alert with a verdict and the reason for it. */
export function CloseDialog({ alert, close }: { alert: AlertSummary; close: () => void }) {
  const [verdict, setVerdict] = useState("");
  const [note, setNote] = useState("");
  const change = useStatusChange();
  const missing = verdict === "" ? "Pick a verdict first." : note.trim() === "" ? "Say why first." : "";
  return (
    <Drawer middle title="Close with a verdict" close={close}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ id: alert.id, status: "closed", verdict, note }, { onSuccess: close });
        }}
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
        <label className="field">
          why
          <textarea
            rows={3}
            maxLength={4000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </label>
        {change.error && <Failure error={change.error} />}
        <div className="row">
          <button type="submit" className="primary" disabled={missing !== "" || change.isPending}>
            Close the alert
          </button>
          <span className="muted small" role="status">
            {missing}
          </span>
        </div>
      </form>
    </Drawer>
  );
}

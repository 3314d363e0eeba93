import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useOpenCase } from "../api/cases";
import type { AlertSummary } from "../api/types";
import { Choice } from "../ui/bits";
import { Question, Words } from "../ui/Question";
import { CASE_TEXT, KINDS, SEVERITIES } from "../words/casework";
import { opening, TITLE_MOST } from "./opening";

/** Opens a case, from an alert or from what somebody reported, and goes to its room. */
export function OpenCaseDialog({ alert, close }: { alert?: AlertSummary; close: () => void }) {
  const start = alert ? opening(alert) : { kind: "", title: "" };
  const [kind, setKind] = useState(start.kind);
  const [severity, setSeverity] = useState("");
  const [title, setTitle] = useState(start.title);
  const [reason, setReason] = useState("");
  const open = useOpenCase();
  const navigate = useNavigate();
  const missing =
    kind === ""
      ? "Pick a kind first."
      : title.trim() === ""
        ? "Give it a title first."
        : reason.trim() === ""
          ? "Say why first."
          : "";
  const submit = () =>
    open.mutate(
      { kind, title, reason, alerts: alert ? [alert.id] : [], ...(severity && { severity }) },
      {
        onSuccess: (view) => {
          close();
          void navigate({ to: "/cases/$id", params: { id: view.summary.id } });
        },
      },
    );
  return (
    <Question
      title="Open a case"
      action="Open the case"
      missing={missing}
      sending={open}
      submit={submit}
      close={close}
    >
      <p className="muted small">
        {alert
          ? "The alert goes into the case and is decided there. You lead it; add the other department as soon as you can."
          : "You lead it; add the other department as soon as you can."}
      </p>
      <div className="row end">
        <Choice
          label="kind"
          value={kind}
          pick={setKind}
          options={[...(kind === "" ? [{ id: "", text: "pick one" }] : []), ...KINDS]}
        />
        <Choice
          label="severity"
          value={severity}
          pick={setSeverity}
          options={[{ id: "", text: alert ? "as the alert's level says" : "medium" }, ...SEVERITIES]}
        />
      </div>
      <label className="field">
        title
        <input
          type="text"
          maxLength={TITLE_MOST}
          value={title}
          aria-describedby="case-title-hint"
          onChange={(event) => setTitle(event.target.value)}
        />
      </label>
      <p className="muted small" id="case-title-hint">
        {CASE_TEXT.titleHint}
      </p>
      <Words label="why" value={reason} change={setReason} />
    </Question>
  );
}

import { useState } from "react";
import { HOURS_MOST, REASON_MOST, useAskDisclosure } from "../../api/disclosures";
import { Choice } from "../../ui/bits";
import { Question, Words } from "../../ui/Question";
import { CASE_TEXT, DISCLOSURE_PURPOSES, IDENTITY_FIELDS } from "../../words/casework";
import { said } from "../../words/labels";
import { lacks } from "./disclosing";
import { flip } from "./picking";
import styles from "./Room.module.css";
import { useRoom } from "./room";

/** Asks who a subject of the case is: which parts, what for, why and for how long. */
export function AskDisclosure({ close }: { close: () => void }) {
  const { of, id } = useRoom();
  const [subject, setSubject] = useState(of.subjects.length === 1 ? (of.subjects[0] ?? "") : "");
  const [fields, setFields] = useState<string[]>([]);
  const [purpose, setPurpose] = useState("investigation");
  const [hours, setHours] = useState("48");
  const [reason, setReason] = useState("");
  const ask = useAskDisclosure(id);
  const asked = { subject, fields, purpose, reason: reason.trim(), hours: Number(hours) };
  const missing = lacks(asked);
  return (
    <Question
      title="Ask who a subject is"
      action="Ask both departments"
      missing={missing}
      sending={ask}
      submit={() => ask.mutate(asked, { onSuccess: close })}
      close={close}
    >
      <p className="muted small">{CASE_TEXT.disclosureRule}</p>
      <div className="row end">
        <Choice
          label="subject"
          value={subject}
          pick={setSubject}
          options={[
            ...(subject === "" ? [{ id: "", text: "pick one" }] : []),
            ...of.subjects.map((known) => ({ id: known, text: known })),
          ]}
        />
        <Choice
          label="purpose"
          value={purpose}
          pick={setPurpose}
          options={DISCLOSURE_PURPOSES.map((p) => ({ id: p.id, text: `${said(p.id)}: ${p.means}` }))}
        />
        <label className="field">
          hours
          <input
            type="number"
            min={1}
            max={HOURS_MOST}
            step={1}
            value={hours}
            onChange={(event) => setHours(event.target.value)}
          />
        </label>
      </div>
      <fieldset className={styles.checks}>
        <legend>what you need to know, and no more</legend>
        {IDENTITY_FIELDS.map((field) => (
          <label key={field.id}>
            <input
              type="checkbox"
              checked={fields.includes(field.id)}
              onChange={() => setFields(flip(fields, field.id))}
            />
            {said(field.id)} <span className="muted small">{field.means}</span>
          </label>
        ))}
      </fieldset>
      <Words label="why; name nobody" value={reason} change={setReason} most={REASON_MOST} />
    </Question>
  );
}

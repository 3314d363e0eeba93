import { useState } from "react";
import { Choice } from "../../ui/bits";
import { ACTS, OUTCOMES } from "../../words/casework";
import { said } from "../../words/labels";
import { Ask } from "./Ask";
import { type Asked, decision } from "./commands";
import { needs } from "./rights";
import { useRoom } from "./room";

/** Asks both departments how the case is to end, or for a response that touches a person. */
export function Propose({ what, close }: { what: "close" | "respond"; close: () => void }) {
  return what === "close" ? <Closing close={close} /> : <Responding close={close} />;
}

function Closing({ close }: { close: () => void }) {
  const [outcome, setOutcome] = useState("");
  return (
    <Ask
      title="Propose how the case ends"
      action="Propose"
      close={close}
      command={(reason) => decision.close(outcome, reason)}
      missing={outcome === "" ? "Pick an outcome first." : ""}
    >
      <fieldset className="stack" style={{ border: 0, padding: 0, margin: 0, gap: 6 }}>
        <legend className="muted small">outcome</legend>
        {OUTCOMES.map(({ id, means }) => (
          <label key={id} className="row" style={{ gap: 8 }}>
            <input
              type="radio"
              name="outcome"
              value={id}
              checked={outcome === id}
              onChange={() => setOutcome(id)}
            />
            <span>
              {said(id)} <span className="muted">{means}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </Ask>
  );
}

function lacks(asked: Asked, need: ReturnType<typeof needs>): string {
  if (asked.act === "") return "Pick a response first.";
  if (asked.subject === "") return "Pick a subject first.";
  if (need.tooEarly) return "Begin to look into the case first; help can be proposed before.";
  if (need.end && asked.until === "") return "Say when it ends, at most 30 days ahead.";
  if (need.withoutSupport && asked.withoutSupport.trim() === "")
    return "Help comes first: decide on that, or say why not.";
  if (need.heard && asked.heard.trim() === "")
    return "Say when and how they were heard, or why they could not be.";
  return "";
}

function Responding({ close }: { close: () => void }) {
  const { of } = useRoom();
  const only = of.subjects.length === 1 ? of.subjects[0] : undefined;
  const [asked, setAsked] = useState<Asked>({
    act: "",
    subject: only ?? "",
    until: "",
    withoutSupport: "",
    heard: "",
  });
  const set = (patch: Partial<Asked>) => setAsked((old) => ({ ...old, ...patch }));
  const need = needs(of, asked.act, asked.subject);
  // What is not asked for is not sent, even if it was filled in before.
  const sent: Asked = {
    ...asked,
    until: need.end ? asked.until : "",
    withoutSupport: need.withoutSupport ? asked.withoutSupport : "",
    heard: need.heard ? asked.heard : "",
  };
  return (
    <Ask
      title="Propose a response"
      action="Propose"
      close={close}
      command={(reason) => decision.respond(sent, reason)}
      missing={lacks(asked, need)}
    >
      <div className="row end">
        <Choice
          label="response, gentlest first"
          value={asked.act}
          pick={(act) => set({ act })}
          options={[
            { id: "", text: "pick one" },
            ...ACTS.map(({ id, means }) => ({ id, text: `${said(id)}: ${means}` })),
          ]}
        />
        <Choice
          label="subject"
          value={asked.subject}
          pick={(subject) => set({ subject })}
          options={[
            ...(only ? [] : [{ id: "", text: "pick one" }]),
            ...of.subjects.map((id) => ({ id, text: id })),
          ]}
        />
      </div>
      {need.end && (
        <label className="field">
          until the end of, at most 30 days ahead (UTC)
          <input type="date" value={asked.until} onChange={(event) => set({ until: event.target.value })} />
        </label>
      )}
      {asked.act !== "" && need.withoutSupport && (
        <label className="field">
          why help was not offered before
          <textarea
            rows={2}
            maxLength={4000}
            value={asked.withoutSupport}
            onChange={(event) => set({ withoutSupport: event.target.value })}
          />
        </label>
      )}
      {need.heard && (
        <label className="field">
          when and how they were heard, or why they could not be
          <textarea
            rows={2}
            maxLength={4000}
            value={asked.heard}
            onChange={(event) => set({ heard: event.target.value })}
          />
        </label>
      )}
    </Ask>
  );
}

import { useState } from "react";
import { useCases } from "../../api/cases";
import { useQueue } from "../../api/queries";
import { useSession } from "../../session/session";
import { Choice, Segments } from "../../ui/bits";
import { time } from "../../words/format";
import { Ask } from "./Ask";
import { type Linked, link } from "./commands";
import { useRoom } from "./room";

const KINDS = [
  { id: "alert", text: "An alert" },
  { id: "subject", text: "A subject" },
  { id: "asset", text: "A system or file" },
  { id: "case", text: "Another case" },
];

/** Links the case to something it has to do with. */
export function AddLink({ settled, close }: { settled: boolean; close: () => void }) {
  const { of, id } = useRoom();
  const { sees_subjects } = useSession().capabilities;
  const kinds = KINDS.filter((kind) =>
    kind.id === "alert" ? !settled && sees_subjects : kind.id === "subject" ? !settled : true,
  );
  const [kind, setKind] = useState(kinds[0]?.id ?? "asset");
  const [value, setValue] = useState("");
  const queue = useQueue({}, kind === "alert");
  const cases = useCases({}, kind === "case");
  const alerts = (queue.data?.alerts ?? []).filter((alert) => !of.alerts[alert.id]);
  const others = (cases.data?.cases ?? []).filter((one) => one.id !== id && !of.cases.includes(one.id));
  const what = (): Linked => {
    const text = value.trim();
    if (kind === "subject") return { subject: text };
    if (kind === "case") return { case: text };
    if (kind === "asset") return { asset: text };
    const alert = alerts.find((one) => one.id === value);
    // The server knows who raised it; what is sent here only names it.
    const raised = alert ? Date.parse(alert.raised) * 1000 : 0;
    return { alert: { id: value, subject: alert?.subject ?? "", raised, detectors: [] } };
  };
  return (
    <Ask
      title="Link something to the case"
      action="Link"
      close={close}
      missing={value.trim() === "" ? "Say what first." : ""}
      command={(reason) => link.add(what(), reason)}
    >
      <Segments
        label="what kind of thing"
        value={kind}
        options={kinds}
        pick={(to) => {
          setKind(to);
          setValue("");
        }}
      />
      {kind === "alert" && (
        <Choice
          label="alert"
          value={value}
          pick={setValue}
          options={[
            { id: "", text: alerts.length > 0 ? "pick one" : "there is no other open alert" },
            ...alerts.map((alert) => ({
              id: alert.id,
              text: `${time(alert.raised).slice(0, 16)} ${alert.subject}: ${alert.title}`,
            })),
          ]}
        />
      )}
      {kind === "case" && (
        <Choice
          label="other case"
          value={value}
          pick={setValue}
          options={[
            { id: "", text: others.length > 0 ? "pick one" : "you are in no other case" },
            ...others.map((one) => ({ id: one.id, text: `${one.id} ${one.title}` })),
          ]}
        />
      )}
      {(kind === "subject" || kind === "asset") && (
        <label className="field">
          {kind === "subject" ? "pseudonym" : "system, file or share, in one line"}
          <input
            type="text"
            maxLength={200}
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
        </label>
      )}
      {kind === "subject" && (
        <p className="muted small">
          Members of the case then see this subject’s story. Colleagues whom it is about leave the case at
          once.
        </p>
      )}
    </Ask>
  );
}

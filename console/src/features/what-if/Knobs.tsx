import { useId, useState } from "react";
import type { Knob } from "../../api/risk";
import { ofPart, PARTS, type Tried, valued } from "./trying";

/** Every setting that can be tried, by what it is about. */
export function Knobs({
  knobs,
  tried,
  change,
}: {
  knobs: Knob[];
  tried: Tried;
  change: (key: string, value: number | undefined) => void;
}) {
  // A detector that somebody adds has no factor of its own yet.
  const added: Knob[] = Object.keys(tried)
    .filter((key) => !knobs.some((knob) => knob.key === key))
    .map((key) => ({
      key,
      value: 1,
      start: 1,
      least: 0,
      most: 3,
      step: 0.1,
      unit: "times",
      words: `Weight of the detector ${key.replace("model.detectors.", "")}`,
    }));
  return (
    <div className="stack">
      {PARTS.map((part, at) => {
        const shown = ofPart([...knobs, ...added], part.prefixes);
        const detectors = part.prefixes.includes("model.detectors.");
        if (shown.length === 0 && !detectors) return null;
        const changed = shown.filter((knob) => (tried[knob.key] ?? knob.value) !== knob.value).length;
        return (
          <details key={part.title} className="panel" open={at < 2 || changed > 0}>
            <summary>
              <b>{part.title}</b> <span className="muted small">{part.means}</span>{" "}
              {changed > 0 && <span className="tag">{changed} changed</span>}
            </summary>
            <div className="stack" style={{ marginTop: "var(--s3)" }}>
              {shown.map((knob) => (
                <One key={knob.key} knob={knob} value={tried[knob.key]} change={change} />
              ))}
              {detectors && <AddDetector add={(name) => change(`model.detectors.${name}`, 0.5)} />}
            </div>
          </details>
        );
      })}
    </div>
  );
}

function One({
  knob,
  value,
  change,
}: {
  knob: Knob;
  value: number | undefined;
  change: (key: string, value: number | undefined) => void;
}) {
  const id = useId();
  const shown = value ?? knob.value;
  const typed = (text: string) => change(knob.key, text === "" ? undefined : Number(text));
  return (
    <div className="row" data-knob={knob.key}>
      <label htmlFor={id} style={{ flex: "1 1 220px" }}>
        {knob.words}
      </label>
      <input
        type="range"
        aria-label={`${knob.words}, slider`}
        min={knob.least}
        max={Math.min(knob.most, Math.max(knob.value, knob.start) * 3 || knob.most)}
        step={knob.step}
        value={shown}
        onChange={(event) => typed(event.target.value)}
        style={{ flex: "1 1 140px" }}
      />
      <input
        id={id}
        type="number"
        min={knob.least}
        max={knob.most}
        step="any"
        value={Number.isFinite(shown) ? shown : ""}
        onChange={(event) => typed(event.target.value)}
        style={{ width: 90 }}
      />
      <span className="muted small" style={{ width: 44 }}>
        {knob.unit}
      </span>
      {shown !== knob.value && (
        <button type="button" className="link" onClick={() => change(knob.key, undefined)}>
          Back to {valued(knob.value, knob.unit)}
        </button>
      )}
    </div>
  );
}

function AddDetector({ add }: { add: (name: string) => void }) {
  const [name, setName] = useState("");
  return (
    <form
      className="row end"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === "") return;
        add(name.trim());
        setName("");
      }}
    >
      <label className="field" style={{ flex: 1 }}>
        a detector, such as behaviour or rule: and the rule's id
        <input value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
      </label>
      <button type="submit" disabled={name.trim() === ""}>
        Add
      </button>
    </form>
  );
}

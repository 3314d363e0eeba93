import type { Answers, Datum, Field } from "../../api/runs";
import { Choice } from "../../ui/bits";

/** What is typed so far, by field. */
export type Typed = Record<string, string>;

/** What was typed as the values that the fields take; fields left open are left out. */
export function answersOf(fields: Field[], typed: Typed): Answers {
  const given: Answers = {};
  for (const field of fields) {
    const text = (typed[field.id] ?? "").trim();
    if (text === "") continue;
    given[field.id] = value(field, text);
  }
  return given;
}

function value(field: Field, text: string): Datum {
  if (field.type === "bool") return text === "yes";
  if (field.type === "number") return Number(text);
  return text;
}

/** Labels of the fields that must be answered and are not. */
export function missing(fields: Field[], typed: Typed): string[] {
  return fields
    .filter((field) => !field.optional && (typed[field.id] ?? "").trim() === "")
    .map((field) => field.label);
}

/** The fields of a form. */
export function FormFields({
  fields,
  typed,
  change,
}: {
  fields: Field[];
  typed: Typed;
  change: (typed: Typed) => void;
}) {
  return (
    <div className="stack">
      {fields.map((field) => (
        <One
          key={field.id}
          field={field}
          text={typed[field.id] ?? ""}
          set={(text) => change({ ...typed, [field.id]: text })}
        />
      ))}
    </div>
  );
}

function One({ field, text, set }: { field: Field; text: string; set: (text: string) => void }) {
  const label = field.optional ? `${field.label} (may be left open)` : field.label;
  if (field.type === "bool" || field.type === "choice") {
    const options = field.type === "bool" ? ["yes", "no"] : (field.options ?? []);
    return (
      <Choice
        label={label}
        value={text}
        pick={set}
        options={[
          { id: "", text: "choose" },
          ...options.map((id) => ({ id, text: id.replaceAll("_", " ") })),
        ]}
      />
    );
  }
  if (field.type === "long_text") {
    return (
      <label className="field">
        {label}
        <textarea rows={3} maxLength={20_000} value={text} onChange={(event) => set(event.target.value)} />
      </label>
    );
  }
  const type = field.type === "number" || field.type === "date" ? field.type : "text";
  return (
    <label className="field">
      {label}
      <input
        type={type}
        min={field.min}
        max={field.max}
        maxLength={2000}
        value={text}
        onChange={(event) => set(event.target.value)}
      />
    </label>
  );
}

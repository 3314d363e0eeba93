import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type MadeRule, type SavedSearch, useMakeRule, useSaveSearch } from "../../api/hunt";
import { Choice } from "../../ui/bits";
import { Drawer } from "../../ui/Drawer";
import { download } from "../../ui/download";
import { Question } from "../../ui/Question";
import {
  EMPTY_RULE,
  missingIn,
  RULE_LEVELS,
  type RuleForm,
  type Said,
  STAGES,
  THREATS,
  wordingOfRule,
} from "./ruling";
import { NAME_MOST } from "./SaveDialog";

const PICK = { id: "", text: "pick one" };

/** Makes a rule of a search, which is saved under the rule's title if it is not yet. */
export function RuleDialog({
  query,
  saved,
  close,
}: {
  query: string;
  saved: SavedSearch | null;
  close: () => void;
}) {
  const [form, setForm] = useState<RuleForm>({ ...EMPTY_RULE, title: saved?.name ?? "" });
  const [kept, setKept] = useState(saved);
  const save = useSaveSearch();
  const make = useMakeRule();
  const set = (patch: Partial<RuleForm>) => setForm((old) => ({ ...old, ...patch }));
  const of = (id: string) => make.mutate({ id, ...wordingOfRule(form) });
  const submit = () => {
    if (kept) return of(kept.id);
    save.mutate(
      { name: form.title.trim(), query },
      {
        onSuccess: (now) => {
          setKept(now);
          of(now.id);
        },
      },
    );
  };
  if (make.data) return <Made made={make.data} close={close} />;
  return (
    <Question
      title="Make a rule of the search"
      action="Make the rule"
      missing={missingIn(form)}
      sending={{ error: save.error ?? make.error, isPending: save.isPending || make.isPending }}
      submit={submit}
      close={close}
    >
      <pre tabIndex={0}>{saved?.query ?? query}</pre>
      <p className="muted small">
        Every event that comes from now on is compared with it, as a Sigma rule.
        {saved === null && " The search is saved under the title."}
      </p>
      <Saying said={form} set={set} />
      <When form={form} set={set} />
    </Question>
  );
}

/** What is said of whatever is found: title, level, threat, stage. */
export function Saying({ said, set }: { said: Said; set: (patch: Partial<Said>) => void }) {
  return (
    <>
      <Text label="title" value={said.title} change={(title) => set({ title })} />
      <div className="row end">
        <Choice
          label="level"
          value={said.level}
          pick={(level) => set({ level })}
          options={[...RULE_LEVELS]}
        />
        <Choice
          label="points to"
          value={said.threat}
          pick={(threat) => set({ threat })}
          options={[...(said.threat === "" ? [PICK] : []), ...THREATS]}
        />
        <Choice
          label="stage"
          value={said.stage}
          pick={(stage) => set({ stage })}
          options={[...(said.stage === "" ? [PICK] : []), ...STAGES]}
        />
      </div>
    </>
  );
}

/** Whether each event counts, or many within a time. */
function When({ form, set }: { form: RuleForm; set: (patch: Partial<RuleForm>) => void }) {
  return (
    <fieldset className="stack" style={{ border: 0, padding: 0, margin: 0, gap: 6 }}>
      <legend className="muted small">it holds</legend>
      {[
        { many: false, words: "for each event that the search finds" },
        { many: true, words: "when it finds many within a time" },
      ].map(({ many, words }) => (
        <label key={words} className="row" style={{ gap: 8 }}>
          <input type="radio" name="when" checked={form.many === many} onChange={() => set({ many })} />
          {words}
        </label>
      ))}
      {form.many && (
        <div className="row end">
          <Text
            label="events, at least"
            value={form.threshold}
            change={(threshold) => set({ threshold })}
            numeric
          />
          <Text label="within minutes" value={form.minutes} change={(minutes) => set({ minutes })} numeric />
          <Text
            label="with the same (fields, with commas)"
            value={form.groupBy}
            change={(groupBy) => set({ groupBy })}
          />
        </div>
      )}
    </fieldset>
  );
}

export function Text({
  label,
  value,
  change,
  numeric = false,
}: {
  label: string;
  value: string;
  change: (value: string) => void;
  numeric?: boolean;
}) {
  return (
    <label className={numeric ? "field" : "field grow"}>
      {label}
      <input
        type="text"
        maxLength={NAME_MOST}
        size={numeric ? 8 : undefined}
        inputMode={numeric ? "numeric" : undefined}
        value={value}
        onChange={(event) => change(event.target.value)}
      />
    </label>
  );
}

/** The rule that came of it, and where it went. */
function Made({ made, close }: { made: MadeRule; close: () => void }) {
  return (
    <Drawer middle title="The rule is made" close={close}>
      <div className="stack" data-rule-made>
        <p>
          It is loaded with the others, and stands in <code className="break">{made.path}</code>.
        </p>
        {made.notes?.map((note) => (
          <p key={note} className="small">
            {note}
          </p>
        ))}
        <pre tabIndex={0}>{made.yaml}</pre>
        <div className="row">
          <button
            type="button"
            onClick={() =>
              download(made.path.split(/[\\/]/).at(-1) ?? "rule.yml", "application/yaml", made.yaml)
            }
          >
            Save the file
          </button>
          <Link to="/rules">All rules</Link>
        </div>
      </div>
    </Drawer>
  );
}

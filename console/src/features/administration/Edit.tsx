import { useState } from "react";
import { type Colleague, type ColleagueList, useChangeColleague } from "../../api/colleagues";
import { Choice } from "../../ui/bits";
import { Question } from "../../ui/Question";
import { said } from "../../words/labels";
import styles from "./Administration.module.css";
import { changeOf, type Draft, deputyChoices, draftOf, lacks, replaced } from "./editing";

const ROLES = [
  "it_analyst",
  "corporate_investigator",
  "approver",
  "auditor",
  "works_council",
  "administrator",
  "staff",
];

interface Part {
  draft: Draft;
  set: (patch: Partial<Draft["settings"]>) => void;
}

/** Changes a colleague, or adds one. */
export function Edit({
  list,
  one,
  close,
}: {
  list: ColleagueList;
  one?: Colleague | undefined;
  close: () => void;
}) {
  const [draft, setDraft] = useState(() => draftOf(one));
  const run = useChangeColleague();
  const taken = !one && list.colleagues.some((c) => c.account.toLowerCase() === draft.account.toLowerCase());
  const missing = taken ? "There is a colleague with this account already." : lacks(draft);
  const set: Part["set"] = (patch) =>
    setDraft((old) => ({ ...old, settings: { ...old.settings, ...patch } }));
  return (
    <Question
      title={one ? `Change ${one.account}` : "Add a colleague"}
      action={one ? "Save" : "Add"}
      missing={missing}
      sending={run}
      submit={() =>
        run.mutate({ account: draft.account.trim(), change: changeOf(draft) }, { onSuccess: close })
      }
      close={close}
      middle={false}
    >
      {!one && (
        <label className="field">
          account
          <input
            type="text"
            autoComplete="off"
            spellCheck={false}
            maxLength={256}
            value={draft.account}
            onChange={(event) => setDraft({ ...draft, account: event.target.value })}
          />
        </label>
      )}
      <div className="row end">
        <Choice
          label="role"
          value={draft.role}
          pick={(role) => setDraft({ ...draft, role })}
          options={ROLES}
        />
        {draft.role === "approver" && (
          <Choice
            label="approves for"
            value={draft.department ?? ""}
            pick={(department) => setDraft({ ...draft, department: department || null })}
            options={[{ id: "", text: "pick one" }, "it", "corporate"]}
          />
        )}
      </div>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={draft.disabled}
          onChange={(event) => setDraft({ ...draft, disabled: event.target.checked })}
        />
        disabled: may not sign in, and their duties go to others
      </label>
      <Functions draft={draft} set={set} known={list.functions} />
      <Deputies draft={draft} set={set} list={list.colleagues} />
      <Absences draft={draft} set={set} />
      <Conflicts draft={draft} set={set} />
      <Chat draft={draft} set={set} />
      <label className="field">
        mail address
        <input
          type="email"
          maxLength={254}
          value={draft.settings.mail ?? ""}
          onChange={(event) => set({ mail: event.target.value })}
        />
      </label>
    </Question>
  );
}

function Functions({ draft, set, known }: Part & { known: string[] }) {
  const { functions } = draft.settings;
  const toggle = (name: string) =>
    set({
      functions: functions.includes(name) ? functions.filter((f) => f !== name) : [...functions, name],
    });
  return (
    <fieldset className={styles.group}>
      <legend>functions in the responsibility matrix; none for the usual ones of the role</legend>
      <div className={styles.columns}>
        {known.map((name) => (
          <label key={name} className={styles.check}>
            <input type="checkbox" checked={functions.includes(name)} onChange={() => toggle(name)} />
            {said(name)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Deputies({ draft, set, list }: Part & { list: Colleague[] }) {
  const { deputies } = draft.settings;
  const choices = deputyChoices(list, draft);
  return (
    <fieldset className={styles.group}>
      <legend>who stands in, first choice first</legend>
      <ol className="bullets">
        {deputies.map((account, at) => (
          <li key={account}>
            {account}{" "}
            <button
              type="button"
              className="link"
              aria-label={`${account} stands in no longer`}
              onClick={() => set({ deputies: replaced(deputies, at) })}
            >
              Remove
            </button>
          </li>
        ))}
      </ol>
      <Choice
        label="add a deputy of the same department"
        value=""
        pick={(account) => account && set({ deputies: [...deputies, account] })}
        options={[
          { id: "", text: choices.length > 0 ? "pick one" : "there is nobody else" },
          ...choices.map((one) => ({ id: one.account, text: one.account })),
        ]}
      />
    </fieldset>
  );
}

const start = (day: string) => (day ? `${day}T00:00:00Z` : "");

function Absences({ draft, set }: Part) {
  const { absences } = draft.settings;
  return (
    <fieldset className={styles.group}>
      <legend>when they are away; no reason is kept</legend>
      {absences.map(([from, until], at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an entry is known by its place alone
        <div key={at} className="row end">
          <label className="field">
            first day away
            <input
              type="date"
              value={from.slice(0, 10)}
              onChange={(event) =>
                set({ absences: replaced(absences, at, [start(event.target.value), until]) })
              }
            />
          </label>
          <label className="field">
            first day back
            <input
              type="date"
              value={until.slice(0, 10)}
              onChange={(event) =>
                set({ absences: replaced(absences, at, [from, start(event.target.value)]) })
              }
            />
          </label>
          <button
            type="button"
            aria-label={`remove absence ${at + 1}`}
            onClick={() => set({ absences: replaced(absences, at) })}
          >
            Remove
          </button>
        </div>
      ))}
      <button type="button" onClick={() => set({ absences: [...absences, ["", ""]] })}>
        Add an absence
      </button>
    </fieldset>
  );
}

function Conflicts({ draft, set }: Part) {
  const { conflicts } = draft.settings;
  return (
    <fieldset className={styles.group}>
      <legend>departments they keep away from; no reason is kept, and a look there is asked about</legend>
      {conflicts.map((name, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an entry is known by its place alone
        <div key={at} className="row end">
          <label className="field">
            department
            <input
              type="text"
              maxLength={200}
              value={name}
              onChange={(event) => set({ conflicts: replaced(conflicts, at, event.target.value) })}
            />
          </label>
          <button
            type="button"
            aria-label={`remove department ${at + 1}`}
            onClick={() => set({ conflicts: replaced(conflicts, at) })}
          >
            Remove
          </button>
        </div>
      ))}
      <button type="button" onClick={() => set({ conflicts: [...conflicts, ""] })}>
        Add a department
      </button>
    </fieldset>
  );
}

function Chat({ draft, set }: Part) {
  const { chat } = draft.settings;
  return (
    <fieldset className={styles.group}>
      <legend>chat accounts; only from these an answer in chat counts as theirs</legend>
      {chat.map(([system, id], at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an entry is known by its place alone
        <div key={at} className="row end">
          <label className="field">
            system
            <input
              type="text"
              maxLength={64}
              placeholder="matrix"
              value={system}
              onChange={(event) => set({ chat: replaced(chat, at, [event.target.value, id]) })}
            />
          </label>
          <label className="field">
            id there
            <input
              type="text"
              maxLength={200}
              value={id}
              onChange={(event) => set({ chat: replaced(chat, at, [system, event.target.value]) })}
            />
          </label>
          <button
            type="button"
            aria-label={`remove chat account ${at + 1}`}
            onClick={() => set({ chat: replaced(chat, at) })}
          >
            Remove
          </button>
        </div>
      ))}
      <button type="button" onClick={() => set({ chat: [...chat, ["", ""]] })}>
        Add a chat account
      </button>
    </fieldset>
  );
}

import { useState } from "react";
import {
  type SavedSearch,
  type SavedWording,
  type SearchLanguage,
  useChangeSaved,
  useSaveSearch,
} from "../../api/hunt";
import { Question, Words } from "../../ui/Question";

/** Longest name of a saved search, characters. */
export const NAME_MOST = 120;
const NOTE_MOST = 1000;
const QUERY_MOST = 4096;
const SQL_MOST = 20_000;

/** Gives a search a name, so that it can be run again. */
export function SaveDialog({
  query,
  language = "fields",
  days,
  close,
}: {
  query: string;
  language?: SearchLanguage;
  /** Length of the stretch that it looks at, if that ends now. */
  days?: number | undefined;
  close: (saved?: SavedSearch) => void;
}) {
  const [name, setName] = useState("");
  const [note, setNote] = useState("");
  const save = useSaveSearch();
  const wording = {
    name: name.trim(),
    query,
    language,
    ...(days !== undefined && { from_days: days }),
    ...(note.trim() && { note: note.trim() }),
  };
  return (
    <Question
      title="Save the search"
      action="Save"
      missing={name.trim() === "" ? "Give it a name first." : ""}
      sending={save}
      submit={() => save.mutate(wording, { onSuccess: (saved) => close(saved) })}
      close={() => close()}
    >
      <pre tabIndex={0}>{query}</pre>
      <p className="muted small">
        {language === "fields" &&
          (days === undefined
            ? "Whoever runs it picks the time. "
            : `It looks at ${days === 1 ? "the last 24 hours" : `the last ${days} days`} whenever it is run. `)}
        It is yours until you share it with your role.
      </p>
      <Name name={name} change={setName} />
      <Words label="note, if it needs one" value={note} change={setNote} most={NOTE_MOST} />
    </Question>
  );
}

function Name({ name, change }: { name: string; change: (name: string) => void }) {
  return (
    <label className="field">
      name
      <input
        type="text"
        maxLength={NAME_MOST}
        value={name}
        onChange={(event) => change(event.target.value)}
      />
    </label>
  );
}

/** A saved search as it is written anew: everything that is not changed stays. */
export function wordingOf(saved: SavedSearch, change: Partial<SavedWording>): SavedWording {
  const { name, query, shared } = saved;
  return {
    name,
    query,
    shared,
    ...(saved.from_days && { from_days: saved.from_days }),
    ...(saved.note && { note: saved.note }),
    ...change,
  };
}

/** Changes the name, the note and the words of a saved search. */
export function ChangeDialog({ saved, close }: { saved: SavedSearch; close: () => void }) {
  const [name, setName] = useState(saved.name);
  const [query, setQuery] = useState(saved.query);
  const [note, setNote] = useState(saved.note ?? "");
  const change = useChangeSaved(saved.id);
  const missing =
    name.trim() === "" ? "Give it a name first." : query.trim() === "" ? "Say what it looks for first." : "";
  return (
    <Question
      title="Change the saved search"
      action="Save"
      missing={missing}
      sending={change}
      submit={() =>
        change.mutate(
          wordingOf(saved, { name: name.trim(), query: query.trim(), note: note.trim() || undefined }),
          { onSuccess: close },
        )
      }
      close={close}
    >
      <Name name={name} change={setName} />
      <Words
        label="search"
        value={query}
        change={setQuery}
        most={saved.language === "sql" ? SQL_MOST : QUERY_MOST}
      />
      {saved.rule && <p className="muted small">The rule made of it is written anew.</p>}
      {saved.schedule && <p className="muted small">It is asked as it is written from the next time on.</p>}
      <Words label="note, if it needs one" value={note} change={setNote} most={NOTE_MOST} />
    </Question>
  );
}

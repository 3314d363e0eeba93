import { useState } from "react";
import {
  type SavedSearch,
  type SearchLanguage,
  useChangeSaved,
  useDeleteSaved,
  useDropRule,
  useSaved,
} from "../../api/hunt";
import { useSession } from "../../session/session";
import { Tag } from "../../ui/bits";
import { Question, type Sending } from "../../ui/Question";
import { Failure, Loaded } from "../../ui/states";
import { ChangeDialog, wordingOf } from "./SaveDialog";
import { DropSchedule, ScheduleDialog, ScheduleState } from "./ScheduleDialog";

type What = "change" | "delete" | "rule" | "schedule" | "unschedule";
type Asking = { what: What; of: SavedSearch } | null;

/** Searches that were given a name: one's own, and those that colleagues of the role share. */
export function Saved({
  language,
  open,
  makeRule,
}: {
  /** Only those in this language. */
  language?: SearchLanguage;
  open: (saved: SavedSearch) => void;
  makeRule: (saved: SavedSearch) => void;
}) {
  const query = useSaved();
  const [asking, setAsking] = useState<Asking>(null);
  const close = () => setAsking(null);
  return (
    <>
      <Loaded query={query}>
        {({ saved }) => {
          const all = saved.filter((one) => !language || one.language === language);
          return all.length === 0 ? (
            <p className="muted" data-saved-none>
              None yet. Run a search and press “Save…”: it stands here, can be shared, and a rule can be made
              of it, or it is asked again and again if it is SQL.
            </p>
          ) : (
            <ul className="plain stack">
              {all.map((saved) => (
                <Entry
                  key={saved.id}
                  saved={saved}
                  open={() => open(saved)}
                  makeRule={() => makeRule(saved)}
                  ask={(what) => setAsking({ what, of: saved })}
                />
              ))}
            </ul>
          );
        }}
      </Loaded>
      {asking?.what === "change" && <ChangeDialog saved={asking.of} close={close} />}
      {asking?.what === "delete" && <Delete saved={asking.of} close={close} />}
      {asking?.what === "rule" && <DropRule saved={asking.of} close={close} />}
      {asking?.what === "schedule" && <ScheduleDialog saved={asking.of} close={close} />}
      {asking?.what === "unschedule" && <DropSchedule saved={asking.of} close={close} />}
    </>
  );
}

function Entry({
  saved,
  open,
  makeRule,
  ask,
}: {
  saved: SavedSearch;
  open: () => void;
  makeRule: () => void;
  ask: (what: What) => void;
}) {
  const { user } = useSession();
  const change = useChangeSaved(saved.id);
  const mine = saved.owner === user;
  const { name } = saved;
  return (
    <li className="stack" style={{ gap: 4 }} data-saved={saved.name}>
      <div className="row">
        <button type="button" className="link" onClick={open}>
          {name}
        </button>
        {saved.shared && <Tag>{mine ? "shared" : `shared by ${saved.owner}`}</Tag>}
        {saved.language === "sql" && <Tag>SQL</Tag>}
        {saved.rule && <Tag>a rule is made of it</Tag>}
        {saved.from_days && <span className="muted small">last {saved.from_days} d</span>}
      </div>
      <code className="small break">{saved.query}</code>
      {saved.note && <p className="small">{saved.note}</p>}
      {saved.schedule && <ScheduleState schedule={saved.schedule} />}
      {mine && (
        <div className="row small">
          <button type="button" className="link" aria-label={`change ${name}`} onClick={() => ask("change")}>
            Rename or change…
          </button>
          <button
            type="button"
            className="link"
            aria-label={`${saved.shared ? "stop sharing" : "share"} ${name}`}
            disabled={change.isPending}
            onClick={() => change.mutate(wordingOf(saved, { shared: !saved.shared }))}
          >
            {saved.shared ? "Stop sharing" : "Share"}
          </button>
          {saved.language === "sql" ? (
            <Scheduling saved={saved} ask={ask} />
          ) : saved.rule ? (
            <button
              type="button"
              className="link"
              aria-label={`take away the rule of ${name}`}
              onClick={() => ask("rule")}
            >
              Take the rule away…
            </button>
          ) : (
            <button type="button" className="link" aria-label={`make a rule of ${name}`} onClick={makeRule}>
              Make a rule…
            </button>
          )}
          <button type="button" className="link" aria-label={`delete ${name}`} onClick={() => ask("delete")}>
            Delete…
          </button>
        </div>
      )}
      {change.error && <Failure error={change.error} />}
    </li>
  );
}

/** Has SQL asked again and again, or no more. */
function Scheduling({ saved, ask }: { saved: SavedSearch; ask: (what: What) => void }) {
  const { name, schedule } = saved;
  return (
    <>
      <button
        type="button"
        className="link"
        aria-label={schedule ? `change how ${name} is asked` : `make ${name} a scheduled query`}
        onClick={() => ask("schedule")}
      >
        {schedule ? "Change how it is asked…" : "Make it a scheduled query…"}
      </button>
      {schedule && (
        <button
          type="button"
          className="link"
          aria-label={`have ${name} asked no more`}
          onClick={() => ask("unschedule")}
        >
          Have it asked no more…
        </button>
      )}
    </>
  );
}

function Sure({
  title,
  action,
  words,
  sending,
  submit,
  close,
}: {
  title: string;
  action: string;
  words: string;
  sending: Sending;
  submit: () => void;
  close: () => void;
}) {
  return (
    <Question title={title} action={action} missing="" sending={sending} submit={submit} close={close}>
      <p>{words}</p>
    </Question>
  );
}

function Delete({ saved, close }: { saved: SavedSearch; close: () => void }) {
  const remove = useDeleteSaved(saved.id);
  return (
    <Sure
      title="Delete the saved search"
      action="Delete"
      words={`“${saved.name}” is gone then${saved.rule ? ", and so is the rule made of it" : ""}${saved.schedule ? ", and it is asked no more" : ""}.`}
      sending={remove}
      submit={() => remove.mutate(undefined, { onSuccess: close })}
      close={close}
    />
  );
}

function DropRule({ saved, close }: { saved: SavedSearch; close: () => void }) {
  const drop = useDropRule(saved.id);
  return (
    <Sure
      title="Take the rule away"
      action="Take away"
      words={`Events are no more compared with “${saved.name}”. The saved search stays, and so do matches.`}
      sending={drop}
      submit={() => drop.mutate(undefined, { onSuccess: close })}
      close={close}
    />
  );
}

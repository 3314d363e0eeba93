import { useState } from "react";
import type { SavedSearch } from "../../api/hunt";
import { type Schedule, useDropSchedule, useSchedule } from "../../api/scheduled";
import { Choice, Tag } from "../../ui/bits";
import { Question } from "../../ui/Question";
import { Saying, Text } from "./RuleDialog";
import {
  choicesOf,
  everyWords,
  formOf,
  missingInSchedule,
  runWords,
  type ScheduleForm,
  troublesOf,
  wordingOfSchedule,
} from "./scheduling";

/** Has a saved search in SQL asked again and again. */
export function ScheduleDialog({ saved, close }: { saved: SavedSearch; close: () => void }) {
  const [form, setForm] = useState<ScheduleForm>(() => formOf(saved));
  const schedule = useSchedule(saved.id);
  const set = (patch: Partial<ScheduleForm>) => setForm((old) => ({ ...old, ...patch }));
  return (
    <Question
      title={saved.schedule ? "Change the scheduled query" : "Make it a scheduled query"}
      action={saved.schedule ? "Save" : "Have it asked"}
      missing={missingInSchedule(form)}
      sending={schedule}
      submit={() => schedule.mutate(wordingOfSchedule(form), { onSuccess: close })}
      close={close}
    >
      <pre tabIndex={0}>{saved.query}</pre>
      <p className="muted small">
        It is asked about each day (UTC) of which events came since the last time, over the whole of that day.
        Each row counts as a match of a rule does, once: it is known again by its <code>event_id</code>, or
        else by account, <code>object</code> and day.
      </p>
      <Saying said={form} set={set} />
      <div className="row end">
        <Choice
          label="asked every"
          value={form.every}
          pick={(every) => set({ every })}
          options={choicesOf(form.every)}
        />
        <Text
          label="column that says the account"
          value={form.account}
          change={(account) => set({ account })}
        />
        <Text label="column that says when" value={form.time} change={(time) => set({ time })} />
      </div>
    </Question>
  );
}

/** Has a saved search asked no more. */
export function DropSchedule({ saved, close }: { saved: SavedSearch; close: () => void }) {
  const drop = useDropSchedule(saved.id);
  return (
    <Question
      title="Have it asked no more"
      action="Have it asked no more"
      missing=""
      sending={drop}
      submit={() => drop.mutate(undefined, { onSuccess: close })}
      close={close}
    >
      <p>{`“${saved.name}” is asked no more. The saved search stays, and so does what it found.`}</p>
    </Question>
  );
}

/** How it is asked, and what came of it last. */
export function ScheduleState({ schedule }: { schedule: Schedule }) {
  const { last } = schedule;
  return (
    <div className="stack small" style={{ gap: 2 }} data-schedule>
      <p className="row">
        <Tag>{everyWords(schedule.every_minutes)}</Tag>
        <span>{runWords(last)}</span>
      </p>
      {troublesOf(last).map((trouble) => (
        <p key={trouble} className="break">
          {trouble}
        </p>
      ))}
    </div>
  );
}

import { useState } from "react";
import type { Meeting } from "../../api/cases";
import { useCommand } from "../../api/cases";
import { Choice, Tag } from "../../ui/bits";
import { Words } from "../../ui/Question";
import { Failure } from "../../ui/states";
import { CASE_TEXT } from "../../words/casework";
import { instant, lasting, time } from "../../words/format";
import { Ask } from "./Ask";
import { dueWords } from "./clocks";
import { meeting } from "./commands";
import { type Appointed, appointment, LENGTHS, opened, sorted, wanting } from "./meetings";
import { flip } from "./picking";
import styles from "./Room.module.css";
import { useNow, useRoom } from "./room";

type Asking = { what: "move" | "cancel" | "hold"; one: Meeting };

/** When the members sit together: the next meeting first, then those that are over. */
export function Meetings() {
  const { of, mine } = useRoom();
  const [asking, setAsking] = useState<Asking | null>(null);
  const meetings = sorted(Object.values(of.meetings));
  const close = () => setAsking(null);
  return (
    <section className="panel stack" aria-label="meetings">
      <h2>Meetings</h2>
      {mine.works && <Plan />}
      {meetings.length === 0 && <p className="muted">{CASE_TEXT.noMeetings}</p>}
      <ul className="plain">
        {meetings.map((one) => (
          <Row key={one.id} one={one} ask={(what) => setAsking({ what, one })} />
        ))}
      </ul>
      {asking?.what === "move" && <Move one={asking.one} close={close} />}
      {asking?.what === "hold" && <Hold one={asking.one} close={close} />}
      {asking?.what === "cancel" && (
        <Ask
          title="Call the meeting off"
          action="Call off"
          close={close}
          command={(reason) => meeting.cancel(asking.one.id, reason)}
        >
          <p>{asking.one.title}</p>
        </Ask>
      )}
    </section>
  );
}

function Row({ one, ask }: { one: Meeting; ask: (what: Asking["what"]) => void }) {
  const { mine } = useRoom();
  const now = useNow();
  const begun = one.from <= now;
  const acts = mine.works && one.state === "planned";
  const came = one.state === "held" ? one.attended : one.invited;
  return (
    <li className={styles.note} data-meeting={one.id} data-state={one.state}>
      <div className="head">
        <h3>{one.title}</h3>
        {acts && (
          <span className="row">
            {begun && (
              <button type="button" onClick={() => ask("hold")} aria-label={`was held: ${one.title}`}>
                Was held…
              </button>
            )}
            <button type="button" onClick={() => ask("move")} aria-label={`move: ${one.title}`}>
              Move…
            </button>
            <button type="button" onClick={() => ask("cancel")} aria-label={`call off: ${one.title}`}>
              Call off…
            </button>
          </span>
        )}
      </div>
      <div className="row small muted">
        <Tag>{one.state}</Tag>
        <span className="nowrap">
          {time(instant(one.from)).slice(0, 16)} UTC, {lasting(one.until - one.from)}
          {one.state === "planned" && !begun && `, ${dueWords(one.from, now)}`}
        </span>
        {one.place && <span>{one.place}</span>}
        <span>
          {one.state === "held" ? "came" : "asked to come"}: {came.join(", ")}
        </span>
        <span>planned by {one.by}</span>
      </div>
      {one.agenda && <p className={styles.prose}>{one.agenda}</p>}
      {one.text && <p className={styles.prose}>{one.text}</p>}
    </li>
  );
}

/** Fields of when, where and with whom. */
function Appointment({ value, change }: { value: Appointed; change: (value: Appointed) => void }) {
  const set = (part: Partial<Appointed>) => change({ ...value, ...part });
  return (
    <>
      <div className="row end">
        <label className="field">
          begins (UTC)
          <input
            type="datetime-local"
            value={value.from}
            onChange={(event) => set({ from: event.target.value })}
          />
        </label>
        <Choice
          label="lasts"
          value={`${value.minutes}`}
          pick={(minutes) => set({ minutes: Number(minutes) })}
          options={LENGTHS.map((minutes) => ({ id: `${minutes}`, text: lasting(minutes * 60_000_000) }))}
        />
        <label className="field grow">
          where, or how
          <input
            type="text"
            maxLength={200}
            value={value.place}
            onChange={(event) => set({ place: event.target.value })}
          />
        </label>
      </div>
      <People label="asked to come" value={value.invited} change={(invited) => set({ invited })} />
    </>
  );
}

/** Members of the case, each to be ticked. */
function People({
  label,
  value,
  change,
}: {
  label: string;
  value: string[];
  change: (value: string[]) => void;
}) {
  const { of } = useRoom();
  return (
    <fieldset className={styles.checks}>
      <legend>{label}</legend>
      {Object.keys(of.members).map((name) => (
        <label key={name}>
          <input type="checkbox" checked={value.includes(name)} onChange={() => change(flip(value, name))} />{" "}
          {name}
        </label>
      ))}
    </fieldset>
  );
}

/** The meeting is at another time or place, or with others. */
function Move({ one, close }: { one: Meeting; close: () => void }) {
  const [value, setValue] = useState(() => opened(one));
  const same = JSON.stringify(value) === JSON.stringify(opened(one));
  return (
    <Ask
      title="Move the meeting"
      action="Move"
      close={close}
      missing={same ? "Pick another time, place or people first." : wanting(value)}
      command={(reason) => meeting.move(one.id, appointment(value, one), reason)}
    >
      <p>{one.title}</p>
      <Appointment value={value} change={setValue} />
    </Ask>
  );
}

function Hold({ one, close }: { one: Meeting; close: () => void }) {
  const [came, setCame] = useState(one.invited);
  return (
    <Ask
      title="The meeting was held"
      action="Keep"
      label="what came of it"
      most={20_000}
      close={close}
      missing={came.length === 0 ? "Say who came first." : ""}
      command={(minutes) => meeting.hold(one.id, came, minutes)}
    >
      <p>{one.title}</p>
      <People label="who came" value={came} change={setCame} />
    </Ask>
  );
}

function Plan() {
  const { id, of } = useRoom();
  const fresh = (): Appointed => ({ from: "", minutes: 30, place: "", invited: Object.keys(of.members) });
  const [title, setTitle] = useState("");
  const [agenda, setAgenda] = useState("");
  const [value, setValue] = useState(fresh);
  const run = useCommand(id);
  const missing = title.trim() === "" ? "Say what it is about." : wanting(value);
  return (
    <form
      className="stack"
      aria-label="plan a meeting"
      onSubmit={(event) => {
        event.preventDefault();
        run.mutate(meeting.plan(title.trim(), appointment(value), agenda.trim()), {
          onSuccess: () => {
            setTitle("");
            setAgenda("");
            setValue(fresh());
          },
        });
      }}
    >
      <label className="field">
        what it is about
        <input
          type="text"
          maxLength={200}
          value={title}
          data-search
          onChange={(event) => setTitle(event.target.value)}
        />
      </label>
      <Appointment value={value} change={setValue} />
      <Words label="what is to be talked about" value={agenda} change={setAgenda} most={20_000} />
      <div className="row">
        <button type="submit" className="primary" disabled={missing !== "" || run.isPending}>
          Plan the meeting
        </button>
        {title !== "" && missing && <span className="muted small">{missing}</span>}
      </div>
      {run.error && <Failure error={run.error} />}
    </form>
  );
}

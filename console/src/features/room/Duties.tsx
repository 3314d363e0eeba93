import { useState } from "react";
import { type Duty, useCommand } from "../../api/cases";
import { Tag } from "../../ui/bits";
import { Drawer } from "../../ui/Drawer";
import { Failure } from "../../ui/states";
import { useUrl } from "../../url";
import { LETTERS, PHASES } from "../../words/casework";
import { counted, instant, time } from "../../words/format";
import { said } from "../../words/labels";
import { Ask } from "./Ask";
import { dueWords } from "./clocks";
import { duty } from "./commands";
import { PickColleague } from "./Picking";
import styles from "./Room.module.css";
import { useNow, useRoom } from "./room";

type Asking = { what: "decline" | "done" | "handOver"; one: Duty };

const half = (id: string) => {
  const [phase = "", role = ""] = id.split("/");
  return { phase, role };
};

const words = (one: Duty) => `${half(one.id).phase}, ${said(half(one.id).role)}`;

/** The responsibility matrix at work: who is responsible, accountable, consulted and informed in each phase. */
export function Duties() {
  const { of, account } = useRoom();
  const [url, change] = useUrl();
  const [asking, setAsking] = useState<Asking | null>(null);
  const all = Object.values(of.duties);
  const vacant = all.filter((one) => one.state === "vacant");
  const mine = all.filter((one) => one.holder === account && one.state !== "done");
  const shown = url.duty ? of.duties[url.duty] : undefined;
  const ask = (what: Asking["what"], one: Duty) => {
    change({ duty: undefined }, { replace: true });
    setAsking({ what, one });
  };
  return (
    <>
      {mine.length > 0 && (
        <section className="panel stack" aria-label="your duties">
          <h2>Your duties</h2>
          <ul className="plain">
            {mine.map((one) => (
              <li key={one.id} className={styles.note} data-own-duty={one.id}>
                <div className="head">
                  <h3>
                    {words(one)}: {one.letter}
                  </h3>
                  <Commands one={one} ask={ask} />
                </div>
                <Standing one={one} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className="panel stack" aria-label="duties">
        <h2>Who does what</h2>
        <p className="muted small">
          {Object.values(LETTERS)
            .map(({ letter, means }) => `${letter} ${means}`)
            .join(", ")}
          . One answers for each phase.
        </p>
        {vacant.length > 0 && (
          <p role="status">
            <b>{counted(vacant.length, "vacancy", "vacancies")}</b>: {vacant.map(words).join("; ")}. Name
            deputies or holders of these functions.
          </p>
        )}
        {all.length === 0 ? <p className="muted">No duties were drawn.</p> : <Board />}
      </section>
      {shown && (
        <Drawer middle title={words(shown)} close={() => change({ duty: undefined }, { replace: true })}>
          <p>
            <b>{shown.letter}</b>: {LETTERS[shown.letter]?.means}
          </p>
          <Standing one={shown} />
          {shown.result && <p className={styles.prose}>{shown.result}</p>}
          {shown.past.length > 0 && (
            <ul className="bullets">
              {shown.past.map((past) => (
                <li key={`${past.account} ${past.until}`}>
                  {past.account}: {said(past.how)} {time(instant(past.until))}
                </li>
              ))}
            </ul>
          )}
          <Commands one={shown} ask={ask} />
        </Drawer>
      )}
      {asking && asking.what !== "handOver" && (
        <Ask
          title={asking.what === "done" ? "The duty is fulfilled" : "Decline the duty"}
          action={asking.what === "done" ? "Fulfilled" : "Decline"}
          label={asking.what === "done" ? "what came of it" : "why"}
          most={asking.what === "done" ? 20_000 : 4000}
          close={() => setAsking(null)}
          command={(text) => duty[asking.what === "done" ? "done" : "decline"](asking.one.id, text)}
        >
          <p>{words(asking.one)}</p>
        </Ask>
      )}
      {asking?.what === "handOver" && <HandOver one={asking.one} close={() => setAsking(null)} />}
    </>
  );
}

function Standing({ one }: { one: Duty }) {
  const now = useNow();
  return (
    <div className="row small muted">
      <Tag>{said(one.state)}</Tag>
      <span className="break">{one.holder ?? "nobody can be found: an alarm"}</span>
      {one.deputy_of && <span>stands in for {one.deputy_of}</span>}
      {one.escalated && <span>came to whoever is accountable</span>}
      <span>
        {one.due === null
          ? `due ${one.within} after its phase begins`
          : `due ${time(instant(one.due)).slice(0, 16)}${one.state === "done" ? "" : `, ${dueWords(one.due, now)}`}`}
      </span>
    </div>
  );
}

function Commands({ one, ask }: { one: Duty; ask: (what: Asking["what"], one: Duty) => void }) {
  const { id, mine, account } = useRoom();
  const run = useCommand(id);
  const own = one.holder === account;
  if (!mine.goesOn || one.state === "done") return null;
  return (
    <div className="stack">
      <span className="row">
        {own && one.state === "offered" && (
          <button
            type="button"
            className="primary"
            disabled={run.isPending}
            aria-label={`accept: ${words(one)}`}
            onClick={() => run.mutate(duty.accept(one.id))}
          >
            Accept
          </button>
        )}
        {own && one.state === "accepted" && (
          <button type="button" aria-label={`fulfilled: ${words(one)}`} onClick={() => ask("done", one)}>
            Fulfilled…
          </button>
        )}
        {own && (
          <button type="button" aria-label={`decline: ${words(one)}`} onClick={() => ask("decline", one)}>
            Decline…
          </button>
        )}
        {(own || mine.manages) && (
          <button type="button" aria-label={`hand over: ${words(one)}`} onClick={() => ask("handOver", one)}>
            Hand over…
          </button>
        )}
      </span>
      {run.error && <Failure error={run.error} />}
    </div>
  );
}

function HandOver({ one, close }: { one: Duty; close: () => void }) {
  const { of } = useRoom();
  const [to, setTo] = useState("");
  return (
    <Ask
      title="Hand the duty over"
      action="Hand over"
      close={close}
      command={(reason) => duty.handOver(one.id, to, reason)}
      missing={to.trim() === "" ? "Pick a colleague first." : ""}
    >
      <p>{words(one)}. It goes to somebody who holds that function or stands in for who does.</p>
      <PickColleague
        label="account"
        value={to}
        pick={setTo}
        likely={Object.keys(of.members)}
        without={one.holder ? [one.holder] : []}
      />
    </Ask>
  );
}

const cellWords = (one: Duty) =>
  [
    `${words(one)}: ${one.letter}`,
    one.holder ?? "nobody",
    ...(one.deputy_of ? [`stands in for ${one.deputy_of}`] : []),
    said(one.state),
  ].join(", ");

function Board() {
  const { of, account } = useRoom();
  const [, change] = useUrl();
  const all = Object.values(of.duties);
  const phases = PHASES.filter((phase) => all.some((one) => half(one.id).phase === phase));
  const roles = [...new Set(all.map((one) => half(one.id).role))];
  return (
    <section className="scroll" aria-label="duties by phase and function" tabIndex={0}>
      <table className={styles.board}>
        <caption className="sr">duties by function (rows) and phase (columns)</caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="sr">function</span>
            </th>
            {phases.map((phase) => (
              <th key={phase} scope="col" data-now={phase === of.phase}>
                {phase}
                {phase === of.phase && " (now)"}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {roles.map((role) => (
            <tr key={role}>
              <th scope="row">{said(role)}</th>
              {phases.map((phase) => {
                const one = of.duties[`${phase}/${role}`];
                return (
                  <td key={phase} data-now={phase === of.phase}>
                    {one && (
                      <button
                        type="button"
                        className={styles.duty}
                        data-duty={one.id}
                        data-state={one.state}
                        data-own={one.holder === account}
                        aria-label={cellWords(one)}
                        onClick={() => change({ duty: one.id }, { replace: true })}
                      >
                        <b>{LETTERS[one.letter]?.letter}</b>
                        <span>
                          {one.holder ?? "nobody"}
                          {one.deputy_of && <i>for {one.deputy_of}</i>}
                          <i>{one.state === "vacant" ? "vacant: an alarm" : said(one.state)}</i>
                        </span>
                      </button>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

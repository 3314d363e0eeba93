import { type ReactNode, useState } from "react";
import { type AskContest, type Own, useOwn } from "../../api/own";
import { useSession } from "../../session/session";
import { Tag } from "../../ui/bits";
import { Empty, Loaded } from "../../ui/states";
import { count, time } from "../../words/format";
import { said } from "../../words/labels";
import { AskContestDialog } from "./Ask";
import styles from "./Own.module.css";
import { byMonth, keptWords, lookWords, matter, standing } from "./own";

/** What Tandem knows about the one who is signed in, in plain words, and how to object. */
export function OwnPage() {
  const { has_own_data } = useSession().capabilities;
  const query = useOwn(has_own_data);
  return (
    <div className="page">
      <h1>What Tandem knows about me</h1>
      {has_own_data ? (
        <Loaded query={query}>{(own) => <Whole own={own} />}</Loaded>
      ) : (
        <Empty title="Your account is not tied to your data">Ask who runs Tandem to tie it.</Empty>
      )}
    </div>
  );
}

function Whole({ own }: { own: Own }) {
  const [asking, setAsking] = useState<{ title: string; asked: Omit<AskContest, "text"> } | null>(null);
  const contest = (title: string, asked: Omit<AskContest, "text">) => setAsking({ title, asked });
  return (
    <>
      <Part title="Why it is collected">
        {own.why.map((text) => (
          <p key={text}>{text}</p>
        ))}
      </Part>
      <div className="grid">
        <Part title="What people files say">
          <Facts own={own} contest={contest} />
        </Part>
        <Part title="Who looked">
          <Looks own={own} />
        </Part>
      </div>
      <Part title="What is recorded of my accounts">
        <Sources own={own} />
      </Part>
      <Part title="What was noticed">
        <Noticed own={own} contest={contest} />
      </Part>
      <div className="grid">
        <Part title="How long it is kept">
          <ul className="plain">
            {own.kept.map(({ what, days }) => (
              <li key={what} className={styles.kept}>
                <span>{what}</span>
                <b>{keptWords(days)}</b>
              </li>
            ))}
          </ul>
        </Part>
        <Part title="What I can do">
          {own.rights.map((text) => (
            <p key={text}>{text}</p>
          ))}
          <Contests own={own} />
        </Part>
      </div>
      {asking && <AskContestDialog {...asking} close={() => setAsking(null)} />}
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="panel stack" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

type Contesting = (title: string, asked: Omit<AskContest, "text">) => void;

function Facts({ own, contest }: { own: Own; contest: Contesting }) {
  return (
    <>
      <ul className="plain">
        {own.facts.map(({ name, value }) => (
          <li key={name} className={styles.fact} data-fact={name}>
            <span className="muted">{name}</span>
            <span className="break">{value}</span>
            <button
              type="button"
              className="link"
              aria-label={`correct: ${name}`}
              onClick={() =>
                contest(`Correct: ${name}`, { want: "correction", fact: `${name}: ${value}`.slice(0, 200) })
              }
            >
              Correct…
            </button>
          </li>
        ))}
      </ul>
      {own.facts.length === 0 && <p className="muted">Nothing.</p>}
      <div className="row">
        <button type="button" onClick={() => contest("Correct something else", { want: "correction" })}>
          Something else is wrong…
        </button>
      </div>
    </>
  );
}

function Looks({ own }: { own: Own }) {
  return (
    <>
      <p>{lookWords(own.looks)}</p>
      {own.looks.length > 0 && (
        <section className="scroll" aria-label="looks by month and purpose" tabIndex={0}>
          <table>
            <caption className="sr">looks by month and purpose</caption>
            <thead>
              <tr>
                <th scope="col">month</th>
                <th scope="col">what for</th>
                <th scope="col" className="num">
                  looks
                </th>
                <th scope="col" className="num">
                  name shown
                </th>
              </tr>
            </thead>
            <tbody>
              {own.looks.map((row) => (
                <tr key={`${row.month} ${row.purpose}`}>
                  <td className="nowrap">{row.month}</td>
                  <td>{said(row.purpose)}</td>
                  <td className="num">{count(row.looks)}</td>
                  <td className="num">{count(row.names)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <p className="muted small" data-delay>
        {own.delay.sentence} Rule: {own.delay.rule}.
      </p>
    </>
  );
}

function Sources({ own }: { own: Own }) {
  const { months, rows } = byMonth(own.sources);
  if (rows.length === 0) return <p className="muted">Nothing is recorded of them.</p>;
  return (
    <section className="scroll" aria-label="records by source and month" tabIndex={0}>
      <table>
        <caption>how many records there are, by source and month</caption>
        <thead>
          <tr>
            <th scope="col">source</th>
            {months.map((month) => (
              <th key={month} scope="col" className="num">
                {month}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ source, counts }) => (
            <tr key={source}>
              <th scope="row">{said(source)}</th>
              {counts.map((records, at) => (
                <td key={months[at]} className="num">
                  {count(records)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Noticed({ own, contest }: { own: Own; contest: Contesting }) {
  if (own.indicators.length === 0)
    return <p className="muted">Nothing was noticed, as far as it can be told now.</p>;
  return (
    <ul className="plain">
      {own.indicators.map((one) => (
        <li key={one.id} className={styles.noticed} data-indicator={one.id}>
          <div className="head">
            <h3>{one.title}</h3>
            <button
              type="button"
              aria-label={`contest: ${one.title}`}
              onClick={() => contest(`Contest: ${one.title}`, { want: "contest", indicator: one.id })}
            >
              Contest…
            </button>
          </div>
          <div className="row muted small">
            <span>{time(one.time).slice(0, 16)} UTC</span>
            {one.lowers && <Tag>speaks for you</Tag>}
          </div>
          <p className={styles.prose}>{one.explanation}</p>
        </li>
      ))}
    </ul>
  );
}

function Contests({ own }: { own: Own }) {
  const titles = new Map(own.indicators.map((one) => [one.id, one.title]));
  if (own.contests.length === 0) return null;
  return (
    <>
      <h3>What I asked for</h3>
      <ul className="plain">
        {own.contests.map((one) => (
          <li key={one.id} className={styles.noticed} data-contest={one.id}>
            <b className="break">
              {said(one.want)}: {matter(one, titles)}
            </b>
            <p className={styles.prose}>{one.text}</p>
            <p className="muted small">{standing(one)}</p>
            {one.answer && <p className={styles.prose}>{one.answer.reason}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}

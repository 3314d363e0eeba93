import { Link } from "@tanstack/react-router";
import { ApiError } from "../../api/errors";
import { type LiveSource, type LiveSources, useLiveSources } from "../../api/live";
import { Tag } from "../../ui/bits";
import { Loaded } from "../../ui/states";
import { bytes, count, counted, time } from "../../words/format";
import { said } from "../../words/labels";
import { ALARMS, alarmsOf, fullness, inOrder, intakeWords, kindWords } from "./living";

const EXAMPLE = `[[sources]]
name = "firewalls"
silent_after_minutes = 120
[sources.from.syslog]
listen = "0.0.0.0:6514"
transport = "tls"`;

/** From this share of its room on, what waits is worth a word. */
const NEARLY_FULL = 0.8;

/** What sends by itself, and whether it does. */
export function Live() {
  const query = useLiveSources();
  // A server that has none of this says nothing about it.
  if (query.error instanceof ApiError && query.error.status === 404) return null;
  return (
    <section className="panel stack" aria-label="live sources">
      <h2>Live sources</h2>
      <Loaded query={query}>{(live) => (live.sources.length === 0 ? <None /> : <All live={live} />)}</Loaded>
    </section>
  );
}

function None() {
  return (
    <div className="stack" data-live-none>
      <p>
        None yet. Name one in the settings and start the server anew; then records arrive by themselves, by
        syslog, from files that grow, the systemd journal, NATS, Kafka, a bucket or a service’s audit API:
      </p>
      <pre tabIndex={0}>{EXAMPLE}</pre>
    </div>
  );
}

function All({ live: { sources, intake } }: { live: LiveSources }) {
  const running = sources.filter(({ phase }) => phase === "running").length;
  const alarms = alarmsOf(sources);
  return (
    <>
      {alarms.length > 0 && (
        <ul className="plain stack" style={{ gap: 6 }} aria-label="alarms">
          {alarms.map((alarm) => (
            <li key={`${alarm.source} ${alarm.kind} ${alarm.since}`} data-alarm={alarm.kind}>
              <span className="badge review">{ALARMS[alarm.kind] ?? said(alarm.kind)}</span>{" "}
              <b>{alarm.source}</b>: {alarm.sentence}{" "}
              <span className="muted small nowrap">since {time(alarm.since)}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="muted small" role="status">
        {count(running)} of {counted(sources.length, "source")} running
        {alarms.length === 0 ? ", nothing to look at" : `, ${counted(alarms.length, "alarm")}`}.{" "}
        {intakeWords(intake)}
        {intake.last_commit && ` The last was at ${time(intake.last_commit)} UTC.`}
      </p>
      {fullness(intake) >= NEARLY_FULL && (
        <p>
          <b>The room for what waits is nearly full:</b> sources are slowed down until it is written.
        </p>
      )}
      <Table sources={inOrder(sources)} />
    </>
  );
}

function Table({ sources }: { sources: LiveSource[] }) {
  return (
    <section className="scroll" aria-label="live sources and their state" tabIndex={0}>
      <table>
        <caption className="sr">live sources and their state</caption>
        <thead>
          <tr>
            <th scope="col">source</th>
            <th scope="col">from</th>
            <th scope="col">state</th>
            <th scope="col">last record</th>
            <th scope="col" className="num">
              records
            </th>
            <th scope="col" className="num">
              received
            </th>
            <th scope="col" className="num">
              refused
            </th>
            <th scope="col" className="num">
              connections
            </th>
            <th scope="col" className="num">
              waiting there
            </th>
          </tr>
        </thead>
        <tbody>
          {sources.map((source) => (
            <Row key={source.name} source={source} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ source }: { source: LiveSource }) {
  const { name, phase, trouble, refused } = source;
  return (
    <tr data-live={name} data-phase={phase}>
      <th scope="row">
        <span style={{ color: "var(--ink)" }}>{name}</span>
      </th>
      <td>
        {kindWords(source.kind)} <span className="mono break muted">{source.from}</span>
      </td>
      <td>
        <Tag>{phase}</Tag>
        {trouble && (
          <span className="small break">
            {" "}
            {trouble.what} <span className="muted nowrap">({time(trouble.at)})</span>
          </span>
        )}
      </td>
      <td className="nowrap">
        {source.last ? time(source.last) : "none yet"}
        {source.silent_after_minutes > 0 && (
          <span className="muted small"> (due within {count(source.silent_after_minutes)} min)</span>
        )}
      </td>
      <td className="num">{count(source.records)}</td>
      <td className="num">{bytes(source.bytes)}</td>
      <td className="num">
        {refused === 0 ? (
          "0"
        ) : (
          <Link to="/rejects" search={{ source: name }}>
            {count(refused)}
          </Link>
        )}
      </td>
      <td className="num">
        {count(source.open)} of {count(source.connections)}
      </td>
      <td className="num">{source.behind === null ? "–" : count(source.behind)}</td>
    </tr>
  );
}

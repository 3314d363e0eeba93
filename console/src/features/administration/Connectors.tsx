import { type ConnectorState, useConnectors, useTest } from "../../api/connectors";
import { useSession } from "../../session/session";
import { Tag } from "../../ui/bits";
import { Empty, Failure, Loaded } from "../../ui/states";
import { count, counted, time } from "../../words/format";
import styles from "./Administration.module.css";
import { kindWords, plainFailure, standing } from "./connecting";
import { DeadLetters } from "./DeadLetters";
import { Parts } from "./Parts";

/** Where messages go, whether they arrive, and what could not be sent. */
export function ConnectorsPage() {
  const { sees_connectors } = useSession().capabilities;
  if (!sees_connectors)
    return (
      <div className="page">
        <Empty title="Not for this role">Administrators and auditors see where messages go.</Empty>
      </div>
    );
  return <Connectors />;
}

function Connectors() {
  const query = useConnectors();
  return (
    <div className="page">
      <div className="head">
        <h1>Connectors</h1>
        <Parts />
      </div>
      <p className="muted small">
        Chat, mail and webhooks. What leaves is by pseudonym and passes a gate that knows every name. Each
        test and each sending again is a row of the ledger. Times are UTC.
      </p>
      <Loaded query={query}>
        {({ connectors }) =>
          connectors.length === 0 ? (
            <Empty title="No connectors yet">
              <p>
                Nothing leaves Tandem. Put a table <code>[[connectors]]</code> with a name, a kind and the
                file of its secret into the settings, then restart. <code>docs/connectors.md</code> says what
                each kind needs and what to create at the far side.
              </p>
            </Empty>
          ) : (
            <Table connectors={connectors} />
          )
        }
      </Loaded>
      <DeadLetters />
    </div>
  );
}

function Table({ connectors }: { connectors: ConnectorState[] }) {
  return (
    <section className="panel scroll" aria-label="connectors" tabIndex={0}>
      <table>
        <caption>{counted(connectors.length, "connector")}</caption>
        <thead>
          <tr>
            <th scope="col">connector</th>
            <th scope="col">what goes there</th>
            <th scope="col" className="num">
              waiting
            </th>
            <th scope="col" className="num">
              arrived
            </th>
            <th scope="col" className="num">
              given up
            </th>
            <th scope="col">last arrived</th>
            <th scope="col">last failure</th>
            <th scope="col">
              <span className="sr">try it</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {connectors.map((one) => (
            <One key={one.name} one={one} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function One({ one }: { one: ConnectorState }) {
  return (
    <tr data-connector={one.name}>
      <th scope="row" className="break">
        {one.name} <Tag>{standing(one)}</Tag>
        <div className="muted small">
          {kindWords(one.kind)}
          {one.host && `, ${one.host}`}
        </div>
      </th>
      <td className={styles.goes}>
        <ul className="bullets">
          {one.goes.map((line) => (
            <li key={line}>{line}</li>
          ))}
          {one.hears && <li>What colleagues with a linked account say there comes back.</li>}
        </ul>
      </td>
      <td className="num">{count(one.waiting)}</td>
      <td className="num">{count(one.sent)}</td>
      <td className="num">{count(one.dead)}</td>
      <td>{one.arrived ? <span className="nowrap">{time(one.arrived)}</span> : "never"}</td>
      <td className="break">
        {one.failed ? (
          <>
            <span className="nowrap">{time(one.failed.at)}</span>
            <div className="small">{plainFailure(one.failed.said)}</div>
          </>
        ) : (
          "none"
        )}
      </td>
      <td>{one.kind !== null && <Test name={one.name} />}</td>
    </tr>
  );
}

function Test({ name }: { name: string }) {
  const { manages_connectors } = useSession().capabilities;
  const test = useTest(name);
  if (!manages_connectors) return null;
  return (
    <>
      <button
        type="button"
        aria-label={`test ${name}`}
        disabled={test.isPending}
        onClick={() => test.mutate()}
      >
        Test
      </button>
      <p className="small" role="status">
        {test.isPending && "Waiting for an answer…"}
        {test.data && `${test.data.arrived ? "Reached" : "Not reached"}: ${plainFailure(test.data.said)}.`}
      </p>
      {test.error && <Failure error={test.error} />}
    </>
  );
}

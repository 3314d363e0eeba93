import { LEDGER_EXPORT, type LedgerRow, type LedgerView, useLedger } from "../../api/ledger";
import { useSession } from "../../session/session";
import { SearchField } from "../../ui/SearchField";
import { Empty, Loaded } from "../../ui/states";
import { useUrl } from "../../url";
import { count, counted, time } from "../../words/format";
import { said } from "../../words/labels";
import { Check, Keys } from "./Check";
import { asked, isFiltered } from "./filters";
import { Watch } from "./Watch";

/** Every look at a subject and every act, and the proof that none was changed. */
export function LedgerPage() {
  const { sees_ledger, verifies_ledger, sees_watch } = useSession().capabilities;
  return (
    <div className="page">
      <div className="head">
        <h1>Ledger</h1>
        {sees_ledger && (
          <a className="button" href={LEDGER_EXPORT} download="ledger.ndjson">
            Download the whole ledger
          </a>
        )}
      </div>
      <p className="muted">
        Every look at a subject and every act is a row. Rows are chained and signed, so that a row that was
        changed, removed or put in later shows.
      </p>
      {verifies_ledger && <Check />}
      {sees_watch && <Watch />}
      {sees_ledger || !verifies_ledger ? (
        <Rows />
      ) : (
        <Empty title="The rows are for the auditor">You can check that the ledger holds without them.</Empty>
      )}
    </div>
  );
}

function Rows() {
  const [url] = useUrl();
  const query = useLedger(asked(url), true);
  return (
    <>
      <Filters />
      <Loaded query={query}>
        {(view) => (
          <>
            {view.rows.length === 0 ? (
              <Empty title="No rows here">
                {isFiltered(url) || url.before
                  ? "No row fits these filters. Clear one to see more."
                  : "Nobody has looked at anything yet."}
              </Empty>
            ) : (
              <Table view={view} />
            )}
            <Keys view={view} />
          </>
        )}
      </Loaded>
    </>
  );
}

const FIELDS = [
  { name: "subject", label: "subject (pseudonym)" },
  { name: "who", label: "who" },
  { name: "case", label: "case" },
  { name: "act", label: "act begins with" },
] as const;

function Filters() {
  const [url, change] = useUrl();
  return (
    <section className="panel row end" aria-label="which rows">
      {FIELDS.map(({ name, label }, at) => (
        <SearchField
          key={name}
          label={label}
          value={url[name] ?? ""}
          second={at > 0}
          search={(text) => change({ [name]: text || undefined, before: undefined })}
        />
      ))}
      <label className="field">
        from
        <input
          type="date"
          value={url.from ?? ""}
          onChange={(event) => change({ from: event.target.value || undefined, before: undefined })}
        />
      </label>
      {isFiltered(url) && (
        <button
          type="button"
          onClick={() =>
            change({
              subject: undefined,
              who: undefined,
              case: undefined,
              act: undefined,
              from: undefined,
              before: undefined,
            })
          }
        >
          Clear
        </button>
      )}
    </section>
  );
}

function Table({ view }: { view: LedgerView }) {
  const [url, change] = useUrl();
  return (
    <section className="panel stack">
      <section className="scroll" aria-label="rows of the ledger" tabIndex={0}>
        <table>
          <caption>
            {counted(view.rows.length, "row")} of {count(view.size)}, newest first; times are UTC
          </caption>
          <thead>
            <tr>
              <th scope="col" className="num">
                no.
              </th>
              <th scope="col">when</th>
              <th scope="col">who</th>
              <th scope="col">act</th>
              <th scope="col">subject</th>
              <th scope="col">case</th>
              <th scope="col">purpose</th>
              <th scope="col">what</th>
              <th scope="col">hash</th>
            </tr>
          </thead>
          <tbody>
            {view.rows.map((row) => (
              <Row key={row.seq} row={row} />
            ))}
          </tbody>
        </table>
      </section>
      <nav className="row" aria-label="pages of the ledger">
        <button type="button" disabled={!url.before} onClick={() => change({ before: undefined })}>
          ◀ Newest
        </button>
        <button
          type="button"
          disabled={view.next === null}
          onClick={() => view.next !== null && change({ before: String(view.next) })}
        >
          Older ▶
        </button>
      </nav>
    </section>
  );
}

function Row({ row }: { row: LedgerRow }) {
  return (
    <tr data-row={row.seq}>
      <td className="num">{count(row.seq)}</td>
      <td className="nowrap">{time(row.at)}</td>
      <td>
        {row.who}
        {row.role !== row.who && <div className="muted small">{said(row.role)}</div>}
      </td>
      <td className="mono nowrap">{row.act}</td>
      <td className="mono nowrap">{row.subject ?? "–"}</td>
      <td className="nowrap">{row.case ?? "–"}</td>
      <td className="nowrap">{row.purpose ? said(row.purpose) : "–"}</td>
      <td className="break">{row.object ?? "–"}</td>
      <td className="mono" title={row.hash}>
        {row.hash.slice(0, 12)}
      </td>
    </tr>
  );
}

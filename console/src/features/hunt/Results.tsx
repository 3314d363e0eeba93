import type { ColumnDef } from "@tanstack/react-table";
import { useMemo, useState } from "react";
import type { QueryAnswer } from "../../api/types";
import { DataTable } from "../../ui/DataTable";
import { download, toCsv, toJson } from "../../ui/download";
import { useUrl } from "../../url";
import { count, counted } from "../../words/format";

const SHOWN = 200;
const NUMERIC = /^(u?int|float|decimal)/i;

type Cells = unknown[];

function text(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return Number.isInteger(value) ? count(value) : value.toPrecision(6);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A query's rows; an event id opens the event. */
export function Results({ answer }: { answer: QueryAnswer }) {
  const [, change] = useUrl();
  const [shown, setShown] = useState(SHOWN);
  const rows = answer.rows as unknown as Cells[];
  const names = answer.columns.map((column) => column.name);
  // biome-ignore lint/correctness/useExhaustiveDependencies: columns change only with the answer
  const columns = useMemo<ColumnDef<Cells>[]>(
    () =>
      answer.columns.map((column, at) => ({
        id: `${at}-${column.name}`,
        header: column.name,
        accessorFn: (row) => row[at],
        meta: { num: NUMERIC.test(column.type) },
        cell: ({ getValue }) => {
          const value = getValue();
          if (column.name !== "event_id" || typeof value !== "string")
            return <span className="break">{text(value)}</span>;
          return (
            <button type="button" className="link mono" onClick={() => change({ event: value })}>
              {value.slice(0, 12)}…
            </button>
          );
        },
      })),
    [answer],
  );
  return (
    <section className="panel stack" aria-label="rows" data-rows={answer.row_count}>
      <div className="row spread">
        <p className="muted small">
          {counted(answer.row_count, "row")} in {count(answer.elapsed_ms)} ms
          {answer.truncated ? "; cut at 1,000 rows, so add a limit or a condition" : ""}
        </p>
        <div className="row">
          <button
            type="button"
            disabled={rows.length === 0}
            onClick={() => download("tandem-query.csv", "text/csv", toCsv(names, rows))}
          >
            Download CSV
          </button>
          <button
            type="button"
            disabled={rows.length === 0}
            onClick={() => download("tandem-query.json", "application/json", toJson(names, rows))}
          >
            Download JSON
          </button>
        </div>
      </div>
      {rows.length === 0 ? (
        <p>No rows: the statement is fine, nothing matches.</p>
      ) : (
        <DataTable rows={rows.slice(0, shown)} columns={columns} caption="rows of the answer" />
      )}
      {rows.length > shown && (
        <button type="button" className="link" onClick={() => setShown(rows.length)}>
          Show all {rows.length} rows
        </button>
      )}
    </section>
  );
}

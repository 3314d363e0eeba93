import { Link } from "@tanstack/react-router";
import type { ColumnDef } from "@tanstack/react-table";
import { useSources } from "../../api/queries";
import type { SourceView } from "../../api/types";
import { SparkBars } from "../../charts/Spark";
import { DataTable } from "../../ui/DataTable";
import { Empty, Loaded } from "../../ui/states";
import { bytes, count, counted, time } from "../../words/format";
import { TEXT } from "../../words/text";
import { Live } from "./Live";

const COLUMNS: ColumnDef<SourceView>[] = [
  { header: "source", accessorKey: "source", cell: ({ row }) => <b>{row.original.source}</b> },
  { header: "mapping", accessorKey: "mapping", cell: ({ row }) => row.original.mapping ?? "–" },
  {
    header: "events",
    accessorKey: "events",
    meta: { num: true },
    cell: ({ row }) => count(row.original.events),
  },
  {
    header: "rejects",
    accessorKey: "rejects",
    meta: { num: true },
    cell: ({ row: { original } }) =>
      original.rejects === 0 ? (
        "0"
      ) : (
        <Link to="/rejects" search={{ source: original.source }}>
          {count(original.rejects)}
        </Link>
      ),
  },
  { header: "read", accessorKey: "bytes", meta: { num: true }, cell: ({ row }) => bytes(row.original.bytes) },
  {
    header: "events a day",
    enableSorting: false,
    cell: ({ row: { original } }) => (
      <SparkBars
        values={original.by_day.map((d) => d.events)}
        over={original.by_day.map((d) => d.rejects)}
        label={`events a day, the last ${original.by_day.length} days; most ${count(Math.max(0, ...original.by_day.map((d) => d.events)))}, days with rejects: ${original.by_day.filter((d) => d.rejects > 0).length}`}
      />
    ),
  },
  {
    header: "first event",
    accessorKey: "first",
    cell: ({ row }) => <span className="nowrap">{time(row.original.first)}</span>,
  },
  {
    header: "last event",
    accessorKey: "last",
    cell: ({ row }) => <span className="nowrap">{time(row.original.last)}</span>,
  },
  {
    header: "last received",
    accessorKey: "last_received",
    cell: ({ row }) => <span className="nowrap">{time(row.original.last_received)}</span>,
  },
];

/** What arrives from where. */
export function SourcesPage() {
  const query = useSources();
  return (
    <div className="page">
      <h1>Sources</h1>
      <Live />
      <Loaded query={query}>
        {({ sources }) =>
          sources.length === 0 ? (
            <Empty title="No sources yet">{TEXT.noSources}</Empty>
          ) : (
            <section className="panel stack" aria-label="what has arrived">
              <h2>What has arrived</h2>
              <p className="muted small">
                {counted(sources.length, "source")},{" "}
                {counted(
                  sources.reduce((n, s) => n + s.events, 0),
                  "event",
                )}
                . Bars are events a day; a red tick above a bar is a day with rejected records. Times are UTC.
              </p>
              <DataTable
                rows={sources}
                columns={COLUMNS}
                caption="sources"
                sort={[{ id: "events", desc: true }]}
              />
            </section>
          )
        }
      </Loaded>
    </div>
  );
}

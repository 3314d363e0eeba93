import type { ColumnDef } from "@tanstack/react-table";
import { useMemo, useState } from "react";
import type { HuntEvent } from "../../api/hunt";
import { Chips } from "../../evidence/Chips";
import { Pivot } from "../../evidence/Pivot";
import { DataTable } from "../../ui/DataTable";
import { useUrl } from "../../url";
import { count, time } from "../../words/format";
import { said } from "../../words/labels";

/** Rows drawn at first, and with each press for more. */
const SHOWN = 200;

function columns(open: (id: string) => void): ColumnDef<HuntEvent>[] {
  const pivot = (field: "account" | "device" | "source" | "class"): ColumnDef<HuntEvent> => ({
    header: field,
    accessorFn: (event) => event[field] ?? "",
    cell: ({ row: { original } }) => {
      const value = original[field];
      if (!value) return "–";
      return (
        <Pivot field={field} value={value} subject={original.enrichment?.subject}>
          <span className={field === "account" ? "mono" : undefined}>
            {field === "class" ? said(value) : value}
          </span>
        </Pivot>
      );
    },
  });
  return [
    {
      header: "time (UTC)",
      accessorKey: "time",
      cell: ({ row }) => <span className="nowrap">{time(row.original.time)}</span>,
    },
    {
      header: "what",
      accessorKey: "what",
      cell: ({ row: { original } }) => (
        <span className="stack" style={{ gap: 3, minWidth: 240 }}>
          <button
            type="button"
            className="link break"
            data-event={original.id}
            onClick={() => open(original.id)}
          >
            {original.what}
          </button>
          <Chips of={original.enrichment} />
        </span>
      ),
    },
    pivot("account"),
    pivot("device"),
    pivot("source"),
    pivot("class"),
  ];
}

/** Events found so far. */
export function Found({ events }: { events: HuntEvent[] }) {
  const [, change] = useUrl();
  const [most, setMost] = useState(SHOWN);
  // biome-ignore lint/correctness/useExhaustiveDependencies: opening an event does not depend on the render
  const heads = useMemo(() => columns((event) => change({ event })), []);
  const shown = useMemo(() => events.slice(0, most), [events, most]);
  return (
    <>
      <DataTable rows={shown} columns={heads} caption="events found" />
      {events.length > most && (
        <button type="button" className="link" onClick={() => setMost((old) => old + SHOWN)}>
          Show {count(Math.min(SHOWN, events.length - most))} more of {count(events.length)}
        </button>
      )}
    </>
  );
}

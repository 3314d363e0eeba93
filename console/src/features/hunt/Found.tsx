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

const USUAL = ["account", "device", "source", "class"] as const;

/** What stands in a column: of the event itself, or of a field that was asked for. */
function valueIn(event: HuntEvent, field: string): string {
  const usual = USUAL.find((name) => name === field);
  return (usual ? event[usual] : event.fields?.[field]) ?? "";
}

function heads(open: (id: string) => void, more: string[]): ColumnDef<HuntEvent>[] {
  const pivot = (field: string): ColumnDef<HuntEvent> => ({
    id: `field ${field}`,
    header: field,
    accessorFn: (event) => valueIn(event, field),
    cell: ({ row: { original } }) => {
      const value = valueIn(original, field);
      if (value === "") return "–";
      return (
        <Pivot field={field} value={value} subject={original.enrichment?.subject}>
          <span className={look(field, value)}>{field === "class" ? said(value) : value}</span>
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
    ...USUAL.map(pivot),
    ...more.filter((name) => USUAL.every((usual) => usual !== name)).map(pivot),
  ];
}

/** Longest value that is kept on one line, characters. */
const SHORT = 32;

function look(field: string, value: string): string {
  const line = value.length <= SHORT ? "nowrap" : "break";
  return field === "account" ? `mono ${line}` : line;
}

/** Events found so far. */
export function Found({ events, columns }: { events: HuntEvent[]; columns: string[] }) {
  const [, change] = useUrl();
  const [most, setMost] = useState(SHOWN);
  // biome-ignore lint/correctness/useExhaustiveDependencies: opening an event does not depend on the render
  const head = useMemo(() => heads((event) => change({ event }), columns), [columns.join(",")]);
  const shown = useMemo(() => events.slice(0, most), [events, most]);
  return (
    <>
      <DataTable rows={shown} columns={head} caption="events found" />
      {events.length > most && (
        <button type="button" className="link" onClick={() => setMost((old) => old + SHOWN)}>
          Show {count(Math.min(SHOWN, events.length - most))} more of {count(events.length)}
        </button>
      )}
    </>
  );
}

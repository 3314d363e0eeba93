import {
  type ColumnDef,
  flexRender,
  getCoreRowModel,
  getSortedRowModel,
  type SortingState,
  useReactTable,
} from "@tanstack/react-table";
import { useState } from "react";

/** Says how a column is aligned. */
export interface ColumnMeta {
  num?: boolean;
}

const SIGNS = { asc: " ▲", desc: " ▼" } as const;
const ARIA = { asc: "ascending", desc: "descending" } as const;

/** A table that sorts by its heads. */
export function DataTable<T>({
  rows,
  columns,
  caption,
  sort = [],
}: {
  rows: T[];
  columns: ColumnDef<T>[];
  caption: string;
  sort?: SortingState;
}) {
  const [sorting, setSorting] = useState<SortingState>(sort);
  const table = useReactTable({
    data: rows,
    columns,
    state: { sorting },
    onSortingChange: setSorting,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  const side = (meta: unknown) => ((meta as ColumnMeta | undefined)?.num ? "num" : undefined);
  return (
    <section className="scroll" aria-label={caption} tabIndex={0}>
      <table>
        <caption className="sr">{caption}</caption>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map(({ id, column, getContext }) => {
                const sorted = column.getIsSorted();
                const words = flexRender(column.columnDef.header, getContext());
                return (
                  <th
                    key={id}
                    scope="col"
                    className={side(column.columnDef.meta)}
                    aria-sort={sorted ? ARIA[sorted] : undefined}
                  >
                    {column.getCanSort() ? (
                      <button type="button" className="sort" onClick={column.getToggleSortingHandler()}>
                        {words}
                        <span aria-hidden="true">{sorted ? SIGNS[sorted] : ""}</span>
                      </button>
                    ) : (
                      words
                    )}
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id}>
              {row.getVisibleCells().map((cell) => (
                <td key={cell.id} className={side(cell.column.columnDef.meta)}>
                  {flexRender(cell.column.columnDef.cell, cell.getContext())}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

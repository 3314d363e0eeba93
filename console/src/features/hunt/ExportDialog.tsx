import { useState } from "react";
import { type ExportFormat, type HuntAsk, LIMIT_MOST, useHuntExport } from "../../api/hunt";
import { Drawer } from "../../ui/Drawer";
import { save } from "../../ui/download";
import { Failure } from "../../ui/states";
import { count } from "../../words/format";

const FORMATS: { id: ExportFormat; name: string }[] = [
  { id: "ndjson", name: "NDJSON" },
  { id: "csv", name: "CSV" },
];

/** Saves what a search finds as a file. */
export function ExportDialog({ ask, hits, close }: { ask: HuntAsk; hits: number; close: () => void }) {
  const [saved, setSaved] = useState<{ hash: string | null } | null>(null);
  const make = useHuntExport();
  const start = (format: ExportFormat) =>
    make.mutate(
      { ask: { ...ask, limit: LIMIT_MOST }, format },
      {
        onSuccess: ({ file, hash }) => {
          save(`tandem-events.${format}`, file);
          setSaved({ hash });
        },
      },
    );
  return (
    <Drawer middle title="Export what was found" close={close}>
      <div className="stack">
        <p>
          {hits > LIMIT_MOST
            ? `The newest ${count(LIMIT_MOST)} of ${count(hits)} events: narrow the search for the others.`
            : "All events that the search finds."}{" "}
          The ledger notes that you exported them.
        </p>
        <div className="row">
          {FORMATS.map(({ id, name }) => (
            <button key={id} type="button" disabled={make.isPending} onClick={() => start(id)}>
              Save as {name}
            </button>
          ))}
        </div>
        {saved && (
          <p role="status">
            Saved.
            {saved.hash && (
              <>
                {" "}
                Hash over the events: <code className="break">{saved.hash}</code>
              </>
            )}
          </p>
        )}
        {make.error && <Failure error={make.error} />}
      </div>
    </Drawer>
  );
}

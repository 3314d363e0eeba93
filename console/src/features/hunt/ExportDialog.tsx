import { useState } from "react";
import type { CaseSummary } from "../../api/cases";
import { type ExportFormat, type HuntAsk, LIMIT_MOST, useHuntExport } from "../../api/hunt";
import { Drawer } from "../../ui/Drawer";
import { save } from "../../ui/download";
import { Failure } from "../../ui/states";
import { count } from "../../words/format";
import { CaseChoice, ForOpenCase } from "./CaseChoice";

const TITLE = "Export what was found";
const FORMATS: { id: ExportFormat; name: string }[] = [
  { id: "ndjson", name: "NDJSON" },
  { id: "csv", name: "CSV" },
];

interface Exported {
  ask: HuntAsk;
  hits: number;
  close: () => void;
}

/** Saves what a search finds as a file, for a case. */
export function ExportDialog(exported: Exported) {
  return (
    <ForOpenCase title={TITLE} close={exported.close}>
      {(cases, first) => <Exporting {...exported} cases={cases} first={first} />}
    </ForOpenCase>
  );
}

function Exporting({ ask, hits, cases, first, close }: Exported & { cases: CaseSummary[]; first: string }) {
  const [id, setId] = useState(first);
  const make = useHuntExport(id);
  const start = (format: ExportFormat) =>
    make.mutate(
      { ask: { ...ask, limit: LIMIT_MOST }, format },
      { onSuccess: ({ file }) => save(`tandem-events.${format}`, file) },
    );
  return (
    <Drawer middle title={TITLE} close={close}>
      <div className="stack">
        <p>
          {hits > LIMIT_MOST
            ? `The newest ${count(LIMIT_MOST)} of ${count(hits)} events: narrow the search for the others.`
            : "All events that the search finds."}{" "}
          Raw events leave only for an open case, and the ledger notes that you exported them.
        </p>
        <CaseChoice cases={cases} id={id} pick={setId} />
        <div className="row">
          {FORMATS.map(({ id: format, name }) => (
            <button
              key={format}
              type="button"
              disabled={id === "" || make.isPending}
              onClick={() => start(format)}
            >
              Save as {name}
            </button>
          ))}
        </div>
        {make.data && (
          <p role="status">
            Saved.
            {make.data.hash && (
              <>
                {" "}
                Hash over the events: <code className="break">{make.data.hash}</code>
              </>
            )}
          </p>
        )}
        {make.error && <Failure error={make.error} />}
      </div>
    </Drawer>
  );
}

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type Exportable, exportName, FORMATS, type Format, fetchExport } from "../../api/exports";
import { Drawer } from "../../ui/Drawer";
import { save } from "../../ui/download";
import { Failure } from "../../ui/states";

/** Hands findings to other systems: of the day that is shown, or all. */
export function Export({ day }: { day?: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Export…
      </button>
      {open && <Exporting close={() => setOpen(false)} {...(day && { day })} />}
    </>
  );
}

const WHAT: { id: Exportable; name: string }[] = [
  { id: "alerts", name: "alerts" },
  { id: "indicators", name: "indicators that they rest on" },
  { id: "cases", name: "my cases" },
];

function Exporting({ day, close }: { day?: string; close: () => void }) {
  const [what, setWhat] = useState<Exportable>("alerts");
  const make = useMutation({
    mutationFn: (format: Format) => fetchExport(what, format, day),
    onSuccess: (file, format) => save(exportName(what, format, day), file),
  });
  return (
    <Drawer middle title={day ? `Export the findings of ${day}` : "Export findings"} close={close}>
      <div className="stack">
        <p>
          The file names subjects by pseudonym only. The ledger notes that you exported it, what and when.
        </p>
        <label className="field">
          what
          <select value={what} onChange={(event) => setWhat(event.target.value as Exportable)}>
            {WHAT.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <div className="row">
          {FORMATS.map((format) => (
            <button
              key={format.id}
              type="button"
              disabled={make.isPending}
              onClick={() => make.mutate(format)}
            >
              Save as {format.name}
            </button>
          ))}
        </div>
        {make.isSuccess && <p role="status">Saved.</p>}
        {make.error && <Failure error={make.error} />}
      </div>
    </Drawer>
  );
}

import { useState } from "react";
import { type LedgerView, useLedgerCheck } from "../../api/ledger";
import { Failure } from "../../ui/states";
import { useUrl } from "../../url";

/** Checks the whole ledger when asked, and says in one sentence whether it holds. */
export function Check() {
  const check = useLedgerCheck();
  const [, change] = useUrl();
  const broken = check.data?.broken_row ?? null;
  return (
    <section className="panel stack" aria-label="check of the ledger">
      <div className="row">
        <button type="button" className="primary" disabled={check.isPending} onClick={() => check.mutate()}>
          Check the whole ledger
        </button>
        <p role="status" data-holds={check.data?.holds}>
          {check.isPending && "Checking every row and every signature…"}
          {check.data?.holds && (
            <>
              <b>The ledger holds:</b> {check.data.sentence}.
            </>
          )}
        </p>
      </div>
      {check.error && <Failure error={check.error} />}
      {check.data && !check.data.holds && (
        <div className="failure stack" role="alert" style={{ paddingLeft: 12 }}>
          <p>
            <b>The ledger does not hold:</b> {check.data.sentence}.
          </p>
          {broken !== null && (
            <button
              type="button"
              onClick={() =>
                change({
                  before: String(broken + 1),
                  subject: undefined,
                  who: undefined,
                  case: undefined,
                  act: undefined,
                  from: undefined,
                })
              }
            >
              Show row {broken}
            </button>
          )}
        </div>
      )}
    </section>
  );
}

/** What an outsider needs to check an export: the last signed checkpoint and the key. */
export function Keys({ view }: { view: LedgerView }) {
  return (
    <section className="panel stack">
      <h2>For checking it elsewhere</h2>
      <p className="muted small">
        Keep the checkpoint and the key on paper or on another machine. With them anybody can check a
        downloaded ledger with <code>tandem ledger verify</code>, and see if the past was signed anew.
      </p>
      <Kept label="last signed checkpoint" text={view.checkpoint} none="None is signed yet." />
      <Kept label="public key" text={view.public_key} none="" />
    </section>
  );
}

function Kept({ label, text, none }: { label: string; text: string | null; none: string }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text ?? "");
      setSaid("Copied.");
    } catch {
      setSaid("Select the text and copy it by hand: the browser does not allow it from here.");
    }
  };
  return (
    <div className="stack" style={{ gap: 6 }}>
      <div className="row">
        <h3>{label}</h3>
        {text && (
          <button type="button" aria-label={`copy the ${label}`} onClick={() => void copy()}>
            Copy
          </button>
        )}
        <span role="status" className="muted small">
          {said}
        </span>
      </div>
      {text ? (
        <pre tabIndex={0} data-kept={label}>
          {text}
        </pre>
      ) : (
        <p className="muted">{none}</p>
      )}
    </div>
  );
}

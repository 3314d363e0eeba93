import { useEffect, useRef, useState } from "react";
import { type SignInLink as Made, makeLink } from "../../api/colleagues";
import { Drawer } from "../../ui/Drawer";
import { Failure } from "../../ui/states";
import { time } from "../../words/format";

/** A one-time link, made when asked and shown once: it is kept nowhere else. */
export function SignInLink({ account, close }: { account: string; close: () => void }) {
  const [made, setMade] = useState<Made | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [asking, setAsking] = useState(false);
  const [copied, setCopied] = useState("");
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const url = made ? `${location.origin}${made.path}` : "";
  const make = async () => {
    setAsking(true);
    setError(null);
    try {
      const answer = await makeLink(account);
      if (here.current) setMade(answer);
    } catch (cause) {
      if (here.current) setError(cause);
    } finally {
      if (here.current) setAsking(false);
    }
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
      setCopied("Copied.");
    } catch {
      setCopied("Select the text and copy it by hand: the browser does not allow it from here.");
    }
  };
  return (
    <Drawer middle title={`Sign-in link for ${account}`} close={close}>
      <p>
        It works once and for a day. Whoever opens it is signed in as {account}: hand it to that person and to
        nobody else. That you made it is a row of the ledger.
      </p>
      {made ? (
        <>
          <pre data-link>{url}</pre>
          <div className="row">
            <button type="button" className="primary" onClick={() => void copy()}>
              Copy
            </button>
            <span className="muted small" role="status">
              {copied || `It works until ${time(made.expires).slice(0, 16)} UTC and is not shown again.`}
            </span>
          </div>
        </>
      ) : (
        <div className="row">
          <button type="button" className="primary" disabled={asking} onClick={() => void make()}>
            Make the link
          </button>
        </div>
      )}
      {error !== null && <Failure error={error} />}
    </Drawer>
  );
}

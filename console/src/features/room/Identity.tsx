import { useEffect, useRef, useState } from "react";
import { type Disclosure, type Revealed, reveal } from "../../api/disclosures";
import { Pairs } from "../../ui/bits";
import { Failure } from "../../ui/states";
import { CASE_TEXT } from "../../words/casework";
import { instant, time } from "../../words/format";
import { revealedPairs } from "./disclosing";
import { useNow } from "./room";

/**
 * Who it is, once somebody asks to see it. It lives in this component alone: no cache, no address, no storage. It is gone
 * when they go to another part or page, when the disclosure ends, and when the browser puts the page away.
 */
export function Identity({ one }: { one: Disclosure }) {
  const [found, setFound] = useState<Revealed | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [asking, setAsking] = useState(false);
  const here = useRef(true);
  const now = useNow();
  useEffect(() => {
    here.current = true;
    const forget = () => setFound(null);
    // A page that is kept for "back" would come back with the name on it.
    window.addEventListener("pagehide", forget);
    return () => {
      here.current = false;
      window.removeEventListener("pagehide", forget);
    };
  }, []);
  const over = found !== null && found.until <= now;
  useEffect(() => {
    if (over) setFound(null);
  }, [over]);
  const show = async () => {
    setAsking(true);
    setError(null);
    try {
      const answer = await reveal(one.id);
      if (here.current) setFound(answer);
    } catch (cause) {
      if (here.current) setError(cause);
    } finally {
      if (here.current) setAsking(false);
    }
  };
  return (
    <section className="stack" aria-label={`who ${one.subject} is`}>
      {found && !over ? (
        <>
          <div data-identity={one.id}>
            <Pairs caption={`who ${one.subject} is`} pairs={revealedPairs(found)} />
          </div>
          <p className="muted small">
            This look is in the ledger. The name goes when you leave this page, at the latest{" "}
            {time(instant(found.until))}.
          </p>
          <div className="row">
            <button type="button" onClick={() => setFound(null)}>
              Hide
            </button>
          </div>
        </>
      ) : (
        <div className="row">
          <button
            type="button"
            className="primary"
            disabled={asking}
            aria-describedby={`look-${one.id}`}
            onClick={() => void show()}
          >
            Show
          </button>
          <span className="muted small" id={`look-${one.id}`}>
            {CASE_TEXT.beforeLook}
          </span>
        </div>
      )}
      {error !== null && <Failure error={error} />}
    </section>
  );
}

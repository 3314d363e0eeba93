import type { Chain, ChainStep } from "../../api/types";
import { Tag } from "../../ui/bits";
import { counted, time } from "../../words/format";
import { said } from "../../words/labels";
import styles from "./Chains.module.css";

/** What is said of how far a chain has come. */
export function standing(chain: Chain): string {
  const reached = chain.steps.filter((step) => step.reached).length;
  const of = `${reached} of ${counted(chain.steps.length, "step")}`;
  if (chain.complete) return `complete: ${of}`;
  return chain.evidence ? `far enough to count: ${of}` : `may still go on: ${of}, adds nothing to the score`;
}

function Step({ step, open }: { step: ChainStep; open: (event: string) => void }) {
  const { event } = step;
  if (!step.reached)
    return (
      <li className={styles.missing}>
        <div className="row">
          <b>{step.name}</b>
          <Tag>stage: {said(step.stage)}</Tag>
        </div>
        <p className="muted small">{step.optional ? "not seen; not needed" : "not seen"}</p>
      </li>
    );
  return (
    <li className={styles.reached}>
      <div className="row">
        <b>{step.name}</b>
        <Tag>stage: {said(step.stage)}</Tag>
      </div>
      {event ? (
        <button type="button" className="link break" data-event={event} onClick={() => open(event)}>
          {step.sentence}
        </button>
      ) : (
        <p className="break">{step.sentence}</p>
      )}
      <div className="row small muted">
        {step.time && <time dateTime={step.time}>{time(step.time)}</time>}
        {step.object && <span className="mono break">{step.object}</span>}
      </div>
    </li>
  );
}

/** Acts that mean little one by one and much in order, each chain as its steps; an event of a step can be opened. */
export function Chains({ chains, open }: { chains: Chain[]; open: (event: string) => void }) {
  if (chains.length === 0) return null;
  return (
    <section className="panel" data-chains>
      <h2>Chains of acts</h2>
      <ul className={styles.chains}>
        {chains.map((chain) => (
          <li key={`${chain.sequence} ${chain.key} ${chain.steps.map((step) => step.time).join()}`}>
            <div className="head">
              <h3>{chain.title}</h3>
              <span className="small">{standing(chain)}</span>
            </div>
            {chain.key && (
              <p className="small muted">
                joined by <span className="mono break">{chain.key}</span>
              </p>
            )}
            <ol className={styles.steps} aria-label={`steps of: ${chain.title}`}>
              {chain.steps.map((step, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a sequence keep their places
                <Step key={at} step={step} open={open} />
              ))}
            </ol>
          </li>
        ))}
      </ul>
      <p className="muted small">Times are in UTC. Steps in order weigh more than the same acts scattered.</p>
    </section>
  );
}

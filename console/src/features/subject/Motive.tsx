import type { CauseView, MotiveView } from "../../api/risk";
import { CAUSES, motiveSentences, reasonWords } from "./why";

/** Why it may have happened, what speaks for and against each motive, and what would be a fitting answer. */
export function Motive({
  motive,
  pick,
}: {
  motive: MotiveView;
  /** Opens the indicator a clue rests on. */
  pick?: (indicator: string) => void;
}) {
  return (
    <section className="panel stack" data-motive={motive.named ?? "unknown"}>
      <h2>Why it may have happened</h2>
      <p>
        <b>{motiveSentences(motive).join(" ")}</b>
      </p>
      {motive.suggests.length > 0 && (
        <div>
          <h3>A fitting answer</h3>
          <ul className="bullets">
            {motive.suggests.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      )}
      <dl className="stack" style={{ margin: 0, gap: 6 }}>
        {motive.causes.map((cause) => (
          <Share key={cause.cause} name={CAUSES[cause.cause].name} share={cause.share} />
        ))}
        <Share name="Not known" share={motive.unknown} muted />
      </dl>
      {motive.causes
        .filter((cause) => cause.for.length + cause.against.length > 0)
        .map((cause) => (
          <Clues key={cause.cause} cause={cause} pick={pick} />
        ))}
      {motive.reasons.some((reason) => reason.share > 0) && (
        <p className="small">
          If it was meant, the reason may be{" "}
          {motive.reasons
            .filter((reason) => reason.share > 0)
            .map((reason) => `${reasonWords(reason.reason)} (${Math.round(reason.share * 100)} %)`)
            .join(", ")}
          ; not known {Math.round(motive.reason_unknown * 100)} %.
        </p>
      )}
      <p className="muted small">
        A motive is named only when it is four times likelier than not, and four times likelier than any
        other. It is no part of the score, and nothing follows from it by itself.
        {motive.partial && " Human-side facts are not weighed here: ask corporate security what they add."}
      </p>
    </section>
  );
}

function Share({ name, share, muted = false }: { name: string; share: number; muted?: boolean }) {
  return (
    <div className="row" style={{ flexWrap: "nowrap" }}>
      <dt style={{ width: 150 }}>{name}</dt>
      <dd className="row" style={{ margin: 0, flex: 1, flexWrap: "nowrap" }}>
        <svg viewBox="0 0 100 8" preserveAspectRatio="none" style={{ flex: 1, height: 8 }} aria-hidden="true">
          <rect width={100} height={8} fill="var(--panel-2)" />
          <rect width={share * 100} height={8} fill={muted ? "var(--ink-2)" : "var(--accent)"} />
        </svg>
        <span className="num">{Math.round(share * 100)} %</span>
      </dd>
    </div>
  );
}

function Clues({ cause, pick }: { cause: CauseView; pick: ((indicator: string) => void) | undefined }) {
  const { name, means } = CAUSES[cause.cause];
  const lists = [
    { title: "speaks for it", clues: cause.for },
    { title: "speaks against it", clues: cause.against },
  ].filter((list) => list.clues.length > 0);
  return (
    <details>
      <summary>
        {name} <span className="muted small">({means})</span>
      </summary>
      {lists.map((list) => (
        <div key={list.title}>
          <p className="muted small">{list.title}, strongest first</p>
          <ul className="bullets">
            {list.clues.map((clue) => {
              const first = clue.indicators[0];
              return (
                <li key={clue.words}>
                  {clue.words}{" "}
                  {pick && first && (
                    <button type="button" className="link" onClick={() => pick(first)}>
                      see it
                    </button>
                  )}
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </details>
  );
}

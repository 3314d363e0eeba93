import { type SupportEntry, type SupportList, useSupport } from "../../api/risk";
import { Pseudonym } from "../../privacy/Pseudonym";
import { useSession } from "../../session/session";
import { Empty, Loaded } from "../../ui/states";

/** Whom to offer help first: a concern of the human side, without technical evidence and without a number. */
export function SupportPage() {
  const { offers_support } = useSession().capabilities;
  const query = useSupport(offers_support);
  return (
    <div className="page">
      <div className="head">
        <h1>Help first</h1>
      </div>
      <p className="muted">
        People of whom the human side knows a concern while nothing technical points to harm. There is no
        score here and no order of risk: the latest concern stands first, and what is suggested is help.
      </p>
      {offers_support ? (
        <Loaded query={query}>{(list) => <List list={list} />}</Loaded>
      ) : (
        <Empty title="Not for this role">Corporate investigators read here.</Empty>
      )}
    </div>
  );
}

function List({ list }: { list: SupportList }) {
  if (list.entries.length === 0)
    return (
      <Empty title="Nobody waits for an offer of help">
        {list.day
          ? `As of ${list.day}, nobody has a concern that stands alone. Concerns come with facts files.`
          : "Nothing has been analysed yet. Concerns come with facts files, read in with `tandem ingest`."}
      </Empty>
    );
  return (
    <>
      <div className="grid">
        {list.entries.map((entry) => (
          <One key={entry.subject} entry={entry} />
        ))}
      </div>
      {list.truncated && <p className="muted small">There are more; the latest are shown.</p>}
    </>
  );
}

function One({ entry }: { entry: SupportEntry }) {
  const parts = [
    { title: "What is known", lines: entry.concerns },
    { title: "Help given", lines: entry.given },
    { title: "What would fit", lines: entry.suggests },
  ].filter((part) => part.lines.length > 0);
  return (
    <section className="panel stack" data-support={entry.subject}>
      <div className="row">
        <h2>
          <Pseudonym id={entry.subject} />
        </h2>
        <span className="muted small">
          {[entry.role, entry.department].filter(Boolean).join(", ")}
          {entry.leaving_on && `; last day ${entry.leaving_on}`}; known since {entry.since}
        </span>
      </div>
      {parts.map((part) => (
        <div key={part.title}>
          <h3>{part.title}</h3>
          <ul className="bullets">
            {part.lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

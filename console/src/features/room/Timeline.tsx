import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { TimelineItem } from "../../api/cases";
import { Pseudonym } from "../../privacy/Pseudonym";
import { Segments, Tag } from "../../ui/bits";
import { useUrl } from "../../url";
import { VISIBILITIES } from "../../words/casework";
import { time } from "../../words/format";
import { chosen, counts, itemKey, ORIGINS, pieces } from "./history";
import styles from "./Room.module.css";
import { useRoom } from "./room";

const FIRST = 60;

/** Technical and human evidence and what was done, in three lanes, newest first. */
export function Timeline() {
  const { view } = useRoom();
  const [{ origin }, change] = useUrl();
  const [all, setAll] = useState(false);
  const picked = ORIGINS.some(({ id }) => id === origin) ? origin : undefined;
  const items = chosen(view.timeline, picked);
  const many = counts(view.timeline);
  const shown = all ? items : items.slice(0, FIRST);
  return (
    <section className="panel stack" aria-label="timeline">
      <div className="head">
        <h2>Timeline</h2>
        <Segments
          label="origin"
          value={picked ?? ""}
          pick={(id) => change({ origin: id || undefined })}
          options={[
            { id: "", text: `All ${view.timeline.length}` },
            ...ORIGINS.map(({ id, text }) => ({ id, text: `${text} ${many[id]}` })),
          ]}
        />
      </div>
      {items.length === 0 && <p className="muted">Nothing of this origin that you may see.</p>}
      {!picked && (
        <div className={styles.heads} aria-hidden="true">
          {ORIGINS.map(({ id, text }) => (
            <span key={id}>{text}</span>
          ))}
        </div>
      )}
      <ol className={picked ? styles.lane : styles.lanes}>
        {shown.map((item) => (
          <Item key={itemKey(item)} item={item} />
        ))}
      </ol>
      {items.length > shown.length && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          Show all {items.length}
        </button>
      )}
    </section>
  );
}

function Item({ item }: { item: TimelineItem }) {
  const { of, id } = useRoom();
  const limited = VISIBILITIES.find((v) => v.id === item.visibility && v.id !== "both");
  // An indicator stands in its subject's story; with several subjects it is not said whose it is.
  const subject = of.subjects.length === 1 ? of.subjects[0] : undefined;
  const indicator = "indicator" in item.reference ? item.reference.indicator : undefined;
  const run = "run" in item.reference ? item.reference.run : undefined;
  return (
    <li className={`${styles.item} ${styles[item.origin]}`} data-origin={item.origin}>
      <div className="row small muted">
        <span className="nowrap">{time(item.at)}</span>
        <Tag human={item.origin === "human"}>{item.origin}</Tag>
        {item.who && <span className="break">{item.who}</span>}
        {limited && <Tag>{limited.text}</Tag>}
      </div>
      <p>
        {indicator && subject ? (
          <Link to="/subjects/$id" params={{ id: subject }} search={{ indicator, case: id }}>
            {item.sentence}
          </Link>
        ) : run ? (
          <Link to="/runs/$id" params={{ id: run }}>
            {item.sentence}
          </Link>
        ) : (
          <Sentence text={item.sentence} />
        )}
      </p>
    </li>
  );
}

/** A sentence whose subjects, alerts and cases are links. */
function Sentence({ text }: { text: string }) {
  const { of, id } = useRoom();
  return pieces(text, of).map((piece, at) => {
    const key = `${at.toString()} ${piece.text}`;
    if (piece.subject) return <Pseudonym key={key} id={piece.subject} forCase={id} />;
    if (piece.alert)
      return (
        <Link key={key} to="/alerts/$id" params={{ id: piece.alert }} search={{ case: id }}>
          {piece.text}…
        </Link>
      );
    if (piece.case)
      return (
        <Link key={key} to="/cases/$id" params={{ id: piece.case }}>
          {piece.text}
        </Link>
      );
    return <span key={key}>{piece.text}</span>;
  });
}

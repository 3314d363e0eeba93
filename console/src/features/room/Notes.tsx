import { useCallback, useState } from "react";
import { type Note, useCommand, type Visibility } from "../../api/cases";
import { Segments, Tag } from "../../ui/bits";
import { Failure } from "../../ui/states";
import { useUrl } from "../../url";
import { CASE_TEXT, VISIBILITIES } from "../../words/casework";
import { instant, time } from "../../words/format";
import { said } from "../../words/labels";
import { note } from "./commands";
import { MentionChoice } from "./MentionChoice";
import { mentionPieces, readersOf } from "./mentions";
import styles from "./Room.module.css";
import { useRoom } from "./room";

const MOST = 20_000;

/** What people wrote and may read, newest first. */
export function Notes() {
  const { of, mine, account } = useRoom();
  const [corrected, setCorrected] = useState<Note | null>(null);
  const [url] = useUrl();
  // Who comes from a mention sees the note that it is about.
  const meant = useCallback((item: HTMLLIElement | null) => item?.scrollIntoView({ block: "center" }), []);
  const notes = Object.values(of.notes).sort((a, b) => b.at - a.at);
  const correction = new Map(notes.flatMap((n) => (n.corrects ? [[n.corrects, n] as const] : [])));
  return (
    <section className="panel stack" aria-label="notes">
      <h2>Notes</h2>
      {mine.writes && (
        <Write key={corrected?.id ?? "new"} corrects={corrected} done={() => setCorrected(null)} />
      )}
      {notes.length === 0 && <p className="muted">{CASE_TEXT.noNotes}</p>}
      <ol className="plain">
        {notes.map((one) => {
          const later = correction.get(one.id);
          return (
            <li
              key={one.id}
              className={styles.note}
              data-note={one.id}
              data-meant={one.id === url.note}
              ref={one.id === url.note ? meant : undefined}
            >
              <div className="row small muted">
                <b>{one.author}</b>
                {one.department && <span>{said(one.department)}</span>}
                <span className="nowrap">{time(instant(one.at))}</span>
                <Tag>{VISIBILITIES.find((v) => v.id === one.visibility)?.text ?? one.visibility}</Tag>
                {one.corrects && <Tag>a correction</Tag>}
                {later && <Tag>corrected {time(instant(later.at))}</Tag>}
              </div>
              <p className={styles.prose}>
                <Mentioning text={one.text} told={one.mentions} own={account} />
              </p>
              {mine.writes && one.author === account && !later && (
                <button type="button" className="link small" onClick={() => setCorrected(one)}>
                  Correct…
                </button>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** A text whose mentions stand out; who may not read the note was not told. */
function Mentioning({ text, told, own }: { text: string; told: string[]; own: string }) {
  return mentionPieces(text, told).map(({ text: piece, account }, at) =>
    account ? (
      <mark key={`${at.toString()} ${piece}`} data-own={account === own}>
        {piece}
      </mark>
    ) : (
      <span key={`${at.toString()} ${piece.slice(0, 8)}`}>{piece}</span>
    ),
  );
}

function Write({ corrects, done }: { corrects: Note | null; done: () => void }) {
  const { id, of, mine, account } = useRoom();
  const [text, setText] = useState(corrects?.text ?? "");
  const [visibility, setVisibility] = useState<Visibility>(corrects?.visibility ?? "both");
  const run = useCommand(id);
  // Who stands beside both departments has no own one to write for.
  const readers = VISIBILITIES.filter((v) => v.id !== "own_department" || mine.department !== null);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        run.mutate(note.write(visibility, text.trim(), corrects?.id), {
          onSuccess: () => {
            setText("");
            done();
          },
        });
      }}
    >
      <label className="field">
        {corrects ? "the note as it should be; the first one stays" : "note; @account tells a member"}
        <textarea
          rows={4}
          maxLength={MOST}
          value={text}
          data-search
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <MentionChoice
        names={readersOf(of, account, visibility)}
        pick={(name) => setText((old) => `${old}${old === "" || /\s$/.test(old) ? "" : " "}@${name} `)}
      />
      {run.error && <Failure error={run.error} />}
      <div className="row">
        {corrects ? (
          <span className="muted small">
            readers as before: {VISIBILITIES.find((v) => v.id === visibility)?.text}
          </span>
        ) : (
          <Segments
            label="who may read it"
            value={visibility}
            pick={(to) => setVisibility(to as Visibility)}
            options={[...readers]}
          />
        )}
        <button type="submit" className="primary" disabled={text.trim() === "" || run.isPending}>
          {corrects ? "Correct the note" : "Write the note"}
        </button>
        {corrects && (
          <button type="button" onClick={done}>
            Leave it
          </button>
        )}
      </div>
    </form>
  );
}

import { useState } from "react";
import type { EvidenceItem } from "../../api/cases";
import { ITEM_MOST, useEvidence, useUpload } from "../../api/evidence";
import { Tag } from "../../ui/bits";
import { Drawer } from "../../ui/Drawer";
import { save } from "../../ui/download";
import { Failure } from "../../ui/states";
import { CASE_TEXT } from "../../words/casework";
import { bytes, counted, instant, time } from "../../words/format";
import { said } from "../../words/labels";
import styles from "./Room.module.css";
import { useRoom } from "./room";

const IMAGES = ["image/png", "image/jpeg", "image/gif"];
const TEXTS = ["text/plain", "application/json"];
/** Longest text shown at once, characters. */
const TEXT_MOST = 200_000;

type Opened = { name: string; text: string } | { name: string; image: string };

/** An image as an address that the page may show. */
function asImage(file: Blob): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });
}

/** Files that were taken in, each with its hash and who did what with it. */
export function Evidence() {
  const { of, id, mine } = useRoom();
  const read = useEvidence(id);
  const [opened, setOpened] = useState<Opened | null>(null);
  const items = Object.values(of.evidence).sort((a, b) => (b.custody[0]?.at ?? 0) - (a.custody[0]?.at ?? 0));
  const view = async (item: EvidenceItem) => {
    const file = await read.mutateAsync(item.id).catch(() => null);
    if (!file) return;
    const { name, media_type } = item;
    if (IMAGES.includes(media_type)) setOpened({ name, image: await asImage(file) });
    else if (TEXTS.includes(media_type)) setOpened({ name, text: (await file.text()).slice(0, TEXT_MOST) });
    else save(name, file);
  };
  return (
    <section className="panel stack" aria-label="evidence">
      <h2>Evidence</h2>
      {mine.works && <Upload />}
      {read.error && <Failure error={read.error} />}
      {items.length === 0 && <p className="muted">{CASE_TEXT.noEvidence}</p>}
      <ul className="plain">
        {items.map((item) => (
          <Row key={item.id} item={item} busy={read.isPending} view={() => void view(item)} />
        ))}
      </ul>
      {opened && (
        <Drawer title={opened.name} close={() => setOpened(null)}>
          {"text" in opened ? (
            <pre tabIndex={0}>{opened.text}</pre>
          ) : (
            <img className={styles.image} src={opened.image} alt={`evidence ${opened.name}`} />
          )}
        </Drawer>
      )}
    </section>
  );
}

function Row({ item, busy, view }: { item: EvidenceItem; busy: boolean; view: () => void }) {
  const shown = [...IMAGES, ...TEXTS].includes(item.media_type);
  return (
    <li className={styles.note} data-evidence={item.id}>
      <div className="head">
        <h3 className="break">{item.name}</h3>
        <button
          type="button"
          disabled={busy}
          aria-label={`${shown ? "view" : "save"} ${item.name}`}
          onClick={view}
        >
          {shown ? "View" : "Save"}
        </button>
      </div>
      <div className="row small muted">
        <span>{bytes(item.size)}</span>
        <span>{item.media_type}</span>
        <span className="break">from {item.source}</span>
        <span className="mono" title={`SHA-256 ${item.sha256}`}>
          {item.sha256.slice(0, 16)}…
        </span>
        {item.sealed && <Tag>sealed</Tag>}
        {item.damaged && <b role="alert">changed since it was taken in</b>}
      </div>
      <details>
        <summary>chain of custody: {counted(item.custody.length, "link")}</summary>
        <p className="small muted break">
          SHA-256 <span className="mono">{item.sha256}</span>
        </p>
        <ol className="bullets small">
          {item.custody.map((link) => (
            <li key={link.seq}>
              {time(instant(link.at))} {link.who}: {said(link.act)}
              {link.note && `: ${link.note}`}
              {link.sha256 !== item.sha256 && " (another SHA-256)"}
            </li>
          ))}
        </ol>
      </details>
    </li>
  );
}

function Upload() {
  const { id } = useRoom();
  const [file, setFile] = useState<File | null>(null);
  const [source, setSource] = useState("");
  const [round, setRound] = useState(0);
  const run = useUpload(id);
  const wrong =
    file === null
      ? "Pick a file first."
      : file.size === 0
        ? "The file is empty."
        : file.size > ITEM_MOST
          ? "The file is larger than 25 MiB: split it or pack it first."
          : source.trim() === ""
            ? "Say where it comes from first."
            : "";
  return (
    <form
      className="stack"
      aria-label="add evidence"
      onSubmit={(event) => {
        event.preventDefault();
        if (file && wrong === "")
          run.mutate(
            { file, source: source.trim() },
            {
              onSuccess: () => {
                setFile(null);
                setSource("");
                setRound((n) => n + 1);
              },
            },
          );
      }}
    >
      <div className="row end">
        <label className="field">
          file, at most 25 MiB
          <input key={round} type="file" onChange={(event) => setFile(event.target.files?.[0] ?? null)} />
        </label>
        <label className="field grow">
          where it comes from
          <input
            type="text"
            maxLength={200}
            value={source}
            onChange={(event) => setSource(event.target.value)}
          />
        </label>
        <button type="submit" className="primary" disabled={wrong !== "" || run.isPending}>
          Add the evidence
        </button>
      </div>
      <span className="muted small" role="status">
        {run.isPending ? "Sending…" : file ? wrong : ""}
      </span>
      {run.error && <Failure error={run.error} />}
    </form>
  );
}

import { useEffect, useId, useState } from "react";
import { Segments } from "../../ui/bits";
import { ANY, fromField, LASTS, type Range, rangeWords, toField, wrong } from "./range";

const OWN = "own";
const OPTIONS = [
  ...LASTS.map(({ id, text }) => ({ id: id as string, text })),
  { id: ANY, text: "Any time" },
  { id: OWN, text: "Own…" },
];

/** Picks the time that is searched: a stretch that ends now, all of it, or bounds of one's own. */
export function TimePicker({
  last,
  own,
  range,
  pick,
}: {
  last: string;
  /** Bounds in the address. */
  own: Range;
  /** What is searched, whatever it was picked by. */
  range: Range;
  pick: (picked: { last: string } | Range) => void;
}) {
  const set = Boolean(own.from || own.to);
  const [open, setOpen] = useState(set);
  useEffect(() => setOpen(set), [set]);
  return (
    <div className="row end">
      <Segments
        label="time"
        value={open ? OWN : last}
        options={OPTIONS}
        pick={(id) => {
          setOpen(id === OWN);
          if (id !== OWN) pick({ last: id });
        }}
      />
      {open && <Own key={JSON.stringify(range)} range={range} pick={pick} />}
      <span className="muted small">{rangeWords(range)}, UTC</span>
    </div>
  );
}

function Own({ range, pick }: { range: Range; pick: (range: Range) => void }) {
  const [from, setFrom] = useState(toField(range.from, false));
  const [to, setTo] = useState(toField(range.to, true));
  const hint = useId();
  const chosen = { from: fromField(from, false), to: fromField(to, true) };
  const missing = chosen.from || chosen.to ? wrong(chosen) : "Give a beginning or an end.";
  return (
    <>
      <label className="field">
        from (UTC)
        <input type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} />
      </label>
      <label className="field">
        to (UTC)
        <input type="datetime-local" value={to} onChange={(event) => setTo(event.target.value)} />
      </label>
      <button type="button" disabled={missing !== ""} aria-describedby={hint} onClick={() => pick(chosen)}>
        Set the time
      </button>
      <span className="muted small" role="status" id={hint}>
        {missing}
      </span>
    </>
  );
}

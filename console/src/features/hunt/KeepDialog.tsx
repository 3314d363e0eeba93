import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { CaseSummary } from "../../api/cases";
import { type HuntAsk, useKeepHunt } from "../../api/hunt";
import { Drawer } from "../../ui/Drawer";
import { Question, Words } from "../../ui/Question";
import { counted } from "../../words/format";
import { CaseChoice, ForOpenCase } from "./CaseChoice";
import { rangeWords } from "./range";

const TITLE = "Keep in a case";

interface Kept {
  ask: HuntAsk;
  /** Events that become the evidence. */
  shown: number;
  close: () => void;
}

/** Keeps what a search finds in a case, as evidence. */
export function KeepDialog(kept: Kept) {
  return (
    <ForOpenCase title={TITLE} close={kept.close}>
      {(cases, first) => <Keep {...kept} cases={cases} first={first} />}
    </ForOpenCase>
  );
}

function Keep({ ask, shown, cases, first, close }: Kept & { cases: CaseSummary[]; first: string }) {
  const [id, setId] = useState(first);
  const [why, setWhy] = useState("");
  const keep = useKeepHunt(id);
  if (keep.isSuccess)
    return (
      <Drawer middle title="Kept in the case" close={close}>
        <p role="status" data-kept={id}>
          What was found is evidence of{" "}
          <Link to="/cases/$id" params={{ id }} search={{ tab: "evidence" }}>
            {id}
          </Link>{" "}
          now, with the search, its time and the hash over it.
        </p>
      </Drawer>
    );
  const missing = id === "" ? "Pick a case first." : why.trim() === "" ? "Say why first." : "";
  return (
    <Question
      title={TITLE}
      action="Keep it"
      missing={missing}
      sending={keep}
      submit={() => keep.mutate({ ...ask, why: why.trim() })}
      close={close}
    >
      <pre tabIndex={0}>{ask.query || "everything"}</pre>
      <p className="muted small">
        The search runs once more, for the case. {counted(shown, "event")} of {rangeWords(ask)} become an item
        of evidence that nobody can change.
      </p>
      <CaseChoice cases={cases} id={id} pick={setId} />
      <Words label="why" value={why} change={setWhy} />
    </Question>
  );
}

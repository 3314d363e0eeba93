import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type CaseSummary, useCases } from "../../api/cases";
import { type HuntAsk, useKeepHunt } from "../../api/hunt";
import { Choice } from "../../ui/bits";
import { Drawer } from "../../ui/Drawer";
import { Question, Words } from "../../ui/Question";
import { Empty, Loaded } from "../../ui/states";
import { useCase } from "../../url";
import { counted } from "../../words/format";
import { rangeWords } from "./range";

/** Keeps what a search finds in a case, as evidence. */
export function KeepDialog({ ask, shown, close }: { ask: HuntAsk; shown: number; close: () => void }) {
  const query = useCases({});
  const open = query.data?.cases.filter(({ state }) => state !== "closed") ?? [];
  if (query.data && open.length > 0) return <Keep ask={ask} shown={shown} cases={open} close={close} />;
  return (
    <Drawer middle title="Keep in a case" close={close}>
      <Loaded query={query}>
        {() => (
          <Empty title="You are in no open case">
            Open one on the page of <Link to="/cases">cases</Link>, or from an alert; then the search can be
            kept in it.
          </Empty>
        )}
      </Loaded>
    </Drawer>
  );
}

function Keep({
  ask,
  shown,
  cases,
  close,
}: {
  ask: HuntAsk;
  shown: number;
  cases: CaseSummary[];
  close: () => void;
}) {
  const here = useCase();
  const first = cases.find(({ id }) => id === here) ?? (cases.length === 1 ? cases[0] : undefined);
  const [id, setId] = useState(first?.id ?? "");
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
      title="Keep in a case"
      action="Keep it"
      missing={missing}
      sending={keep}
      submit={() => keep.mutate({ ...ask, why: why.trim() })}
      close={close}
    >
      <pre tabIndex={0}>{ask.query || "everything"}</pre>
      <p className="muted small">
        The search runs once more, for the case, and {counted(shown, "event")} of {rangeWords(ask)} become an
        item of evidence that nobody can change.
      </p>
      <Choice
        label="case"
        value={id}
        pick={setId}
        options={[
          ...(id === "" ? [{ id: "", text: "pick one" }] : []),
          ...cases.map((one) => ({ id: one.id, text: `${one.id} ${one.title}` })),
        ]}
      />
      <Words label="why" value={why} change={setWhy} />
    </Question>
  );
}

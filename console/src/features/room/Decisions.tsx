import { useState } from "react";
import type { Proposal } from "../../api/cases";
import { CASE_TEXT } from "../../words/casework";
import { ProposalPanel } from "./Proposal";
import { Propose } from "./Propose";
import { canProposeClosing, isPending } from "./rights";
import { useRoom } from "./room";

/** What both departments decide together. */
export function Decisions() {
  const { of, mine } = useRoom();
  const [asking, setAsking] = useState<"close" | "respond" | null>(null);
  const order = (a: Proposal, b: Proposal) => Number(isPending(b)) - Number(isPending(a)) || b.at - a.at;
  const proposals = Object.values(of.proposals).sort(order);
  const closing = mine.works && canProposeClosing(of);
  const responding = mine.works && of.subjects.length > 0;
  return (
    <section className="panel stack" aria-label="decisions">
      <div className="head">
        <h2>Joint decisions</h2>
        <span className="row">
          {closing && (
            <button type="button" onClick={() => setAsking("close")}>
              Propose to close…
            </button>
          )}
          {responding && (
            <button type="button" onClick={() => setAsking("respond")}>
              Propose a response…
            </button>
          )}
        </span>
      </div>
      {mine.works && of.state === "open" && (
        <p className="muted small">
          How the case ends can be proposed once somebody looks into it: “Investigate…” above.
        </p>
      )}
      {proposals.length === 0 && <p className="muted">{CASE_TEXT.noProposals}</p>}
      {proposals.map((proposal) => (
        <ProposalPanel key={proposal.id} proposal={proposal} />
      ))}
      {asking && <Propose what={asking} close={() => setAsking(null)} />}
    </section>
  );
}

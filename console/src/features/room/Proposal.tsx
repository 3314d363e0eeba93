import { useState } from "react";
import type { Answer, Department, Proposal, Vote } from "../../api/cases";
import { Pairs, Segments, Tag } from "../../ui/bits";
import { CASE_TEXT, DEPARTMENTS } from "../../words/casework";
import { instant, time } from "../../words/format";
import { said } from "../../words/labels";
import { Ask } from "./Ask";
import { dueWords } from "./clocks";
import { decision } from "./commands";
import styles from "./Room.module.css";
import { canVote, questionWords, voteOf, voters } from "./rights";
import { useNow, useRoom } from "./room";

type Asking = "vote" | "rule" | "withdraw" | "withdrawVote" | "recuse";

/** One proposal with its exact wording, both votes side by side, and what can be done with it. */
export function ProposalPanel({ proposal }: { proposal: Proposal }) {
  const { of, mine, account } = useRoom();
  const now = useNow();
  const [asking, setAsking] = useState<Asking | null>(null);
  const { question, reason } = proposal.wording;
  const open = proposal.standing === "open";
  const waits = open || proposal.standing === "escalated";
  const voted = voters(proposal).includes(account);
  const close = () => setAsking(null);
  return (
    <article className={styles.proposal} aria-label={questionWords(question)} data-proposal={proposal.id}>
      <div className="head">
        <h3>{questionWords(question)}</h3>
        <Tag>{said(proposal.standing)}</Tag>
      </div>
      <p className={styles.prose}>{reason}</p>
      {"respond" in question && <Details question={question} />}
      <p className="muted small break">
        proposed by {proposal.by}, {time(instant(proposal.at))}
        {open && `; votes count until ${time(instant(proposal.expires))}, ${dueWords(proposal.expires, now)}`}
        ; wording{" "}
        <span className="mono" title={proposal.hash}>
          {proposal.hash.slice(0, 12)}
        </span>
      </p>
      <Votes proposal={proposal} />
      {proposal.standing === "escalated" && (
        <p role="status">
          The departments disagree. <b>{proposal.decider ?? "Nobody can be found who"}</b> has to rule.
        </p>
      )}
      {proposal.ruling && <OneVote title="The ruling" vote={proposal.ruling} />}
      <div className="row">
        {canVote(of, proposal, account, mine) && (
          <button type="button" className="primary" onClick={() => setAsking("vote")}>
            Vote…
          </button>
        )}
        {proposal.standing === "escalated" && proposal.decider === account && (
          <button type="button" className="primary" onClick={() => setAsking("rule")}>
            Rule…
          </button>
        )}
        {open && voted && (
          <button type="button" onClick={() => setAsking("withdrawVote")}>
            Take your vote back…
          </button>
        )}
        {waits && !proposal.recused.includes(account) && (mine.works || proposal.decider === account) && (
          <button type="button" onClick={() => setAsking("recuse")}>
            Stay out of it…
          </button>
        )}
        {waits && mine.works && proposal.by === account && (
          <button type="button" onClick={() => setAsking("withdraw")}>
            Take the proposal back…
          </button>
        )}
      </div>
      {(asking === "vote" || asking === "rule") && (
        <Answering what={asking} proposal={proposal} close={close} />
      )}
      {asking === "recuse" && (
        <Ask
          title="Stay out of this decision"
          action="Stay out"
          close={close}
          command={(why) => decision.recuse(proposal.id, why)}
        >
          <p>Somebody else of your department votes, or somebody else rules. You remain in the case.</p>
        </Ask>
      )}
      {asking === "withdraw" && (
        <Ask
          title="Take the proposal back"
          action="Take back"
          close={close}
          command={(why) => decision.withdraw(proposal.id, why)}
        />
      )}
      {asking === "withdrawVote" && (
        <Ask
          title="Take your vote back"
          action="Take back"
          close={close}
          command={(why) => decision.withdrawVote(proposal.id, why)}
        />
      )}
    </article>
  );
}

function Details({ question }: { question: Extract<Proposal["wording"]["question"], { respond: unknown }> }) {
  const { until, without_support, heard } = question.respond;
  const pairs: [string, string][] = [];
  if (until) pairs.push(["until", time(instant(until))]);
  if (without_support) pairs.push(["why help was not offered before", without_support]);
  if (heard) pairs.push(["how they were heard", heard]);
  return pairs.length > 0 ? <Pairs caption="what else is asked" pairs={pairs} /> : null;
}

function Votes({ proposal }: { proposal: Proposal }) {
  const { of } = useRoom();
  const sealed = proposal.voted !== undefined;
  const column = (department: Department) => {
    const vote = voteOf(proposal, department);
    const title = DEPARTMENTS[department] ?? department;
    if (vote) return <OneVote title={title} vote={vote} />;
    const who = proposal.voted?.find((name) => of.members[name]?.department === department);
    return (
      <section aria-label={`vote of ${title}`}>
        <h4>{title}</h4>
        <p className="muted small">{who ? `${who} has voted; sealed` : "has not voted"}</p>
      </section>
    );
  };
  return (
    <>
      <div className={styles.sides}>
        {column("it")}
        {column("corporate")}
      </div>
      {sealed && <p className="muted small">{CASE_TEXT.sealed}</p>}
    </>
  );
}

function OneVote({ title, vote }: { title: string; vote: Vote }) {
  return (
    <section aria-label={`vote of ${title}`}>
      <h4>{title}</h4>
      <p>
        <b>{vote.answer === "for" ? "✓ for" : "✗ against"}</b>{" "}
        <span className="muted small">
          {vote.who}, {time(instant(vote.at))}
        </span>
      </p>
      <p className={styles.prose}>{vote.reason}</p>
    </section>
  );
}

/** A vote or a ruling on the very wording that is shown here. */
function Answering({
  what,
  proposal,
  close,
}: {
  what: "vote" | "rule";
  proposal: Proposal;
  close: () => void;
}) {
  const [answer, setAnswer] = useState<Answer | "">("");
  // As it was read when the dialog opened: if the wording changes meanwhile, the server refuses the old hash.
  const [read] = useState(proposal);
  const { question, reason } = read.wording;
  return (
    <Ask
      title={what === "vote" ? "Vote for your department" : "Rule on the disagreement"}
      action={what === "vote" ? "Vote" : "Rule"}
      close={close}
      command={(why) => decision[what](read.id, read.hash, answer || "against", why)}
      missing={answer === "" ? "Say for or against first." : ""}
    >
      <blockquote className={styles.wording}>
        <p>
          <b>{questionWords(question)}</b>
        </p>
        <p className={styles.prose}>{reason}</p>
        {"respond" in question && <Details question={question} />}
        <p className="muted small mono break">{read.hash}</p>
      </blockquote>
      {what === "rule" && <Votes proposal={read} />}
      <Segments
        label="answer"
        value={answer}
        pick={(id) => setAnswer(id as Answer)}
        options={[
          { id: "for", text: "For" },
          { id: "against", text: "Against" },
        ]}
      />
    </Ask>
  );
}

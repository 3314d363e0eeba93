import { useState } from "react";
import { type AskContest, useContest } from "../../api/own";
import { Question, Words } from "../../ui/Question";

/** Corrects a fact or contests what was noticed. */
export function AskContestDialog({
  title,
  asked,
  close,
}: {
  title: string;
  asked: Omit<AskContest, "text">;
  close: () => void;
}) {
  const [fact, setFact] = useState(asked.fact ?? "");
  const [text, setText] = useState("");
  const run = useContest();
  const names = asked.want === "correction";
  const missing =
    names && fact.trim() === ""
      ? "Say what is wrong first."
      : text.trim() === ""
        ? "Say how it is first."
        : "";
  return (
    <Question
      title={title}
      action="Send"
      missing={missing}
      sending={run}
      submit={() =>
        run.mutate({ ...asked, ...(names && { fact: fact.trim() }), text: text.trim() }, { onSuccess: close })
      }
      close={close}
    >
      <p className="muted small">
        Both departments see it under your pseudonym, not under your name. You get an answer within one month.
      </p>
      {names && (
        <label className="field">
          what is wrong
          <input type="text" maxLength={200} value={fact} onChange={(event) => setFact(event.target.value)} />
        </label>
      )}
      <Words
        label={names ? "how it really is" : "why it is wrong, or what the reason was"}
        value={text}
        change={setText}
        most={20_000}
        rows={4}
      />
    </Question>
  );
}

import { useId, useState } from "react";
import { type AskContest, useContest } from "../../api/own";
import { Drawer } from "../../ui/Drawer";
import { Failure } from "../../ui/states";

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
  const hint = useId();
  const names = asked.want === "correction";
  const missing =
    names && fact.trim() === ""
      ? "Say what is wrong first."
      : text.trim() === ""
        ? "Say how it is first."
        : "";
  return (
    <Drawer middle title={title} close={close}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (missing === "")
            run.mutate(
              { ...asked, ...(names && { fact: fact.trim() }), text: text.trim() },
              { onSuccess: close },
            );
        }}
      >
        <p className="muted small">
          Both departments see it under your pseudonym, not under your name. You get an answer within one
          month.
        </p>
        {names && (
          <label className="field">
            what is wrong
            <input
              type="text"
              maxLength={200}
              value={fact}
              onChange={(event) => setFact(event.target.value)}
            />
          </label>
        )}
        <label className="field">
          {names ? "how it really is" : "why it is wrong, or what the reason was"}
          <textarea
            rows={4}
            maxLength={20_000}
            value={text}
            aria-describedby={hint}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        {run.error && <Failure error={run.error} />}
        <div className="row">
          <button type="submit" className="primary" disabled={missing !== "" || run.isPending}>
            Send
          </button>
          <span className="muted small" role="status" id={hint}>
            {missing}
          </span>
        </div>
      </form>
    </Drawer>
  );
}

import { Link } from "@tanstack/react-router";
import type { Act, StepView } from "../../api/runs";

/** Where what was asked of a connector is. */
const PLACE: Record<NonNullable<Act["state"]>, string> = {
  waiting: "It waits to be sent.",
  held: "It is kept back until a disclosure of the accounts is open.",
  sending: "It is being sent right now.",
  sent: "It was sent and answered.",
  dead: "It was given up.",
};

/** What is asked of a connector, and what it said. */
export function Call({ view: { step, state, act }, of }: { view: StepView; of: string }) {
  const call = state.action?.call ?? state.dry_run?.call;
  const values = call?.parameters ?? step.run?.parameters ?? {};
  const byHand = [state.undo, state.action, state.dry_run].some((asked) => asked?.by_hand);
  const over = state.status !== "offered" && state.status !== "running" && state.status !== "failed";
  return (
    <div className="small" data-act={act?.state ?? "none"}>
      <code>
        {step.run?.connector}: {step.run?.operation}
      </code>{" "}
      {Object.entries(values).map(([name, value]) => (
        <span key={name} className="nowrap">
          {name} = {String(value)}{" "}
        </span>
      ))}
      {state.dry_run?.answer && (
        <p>
          {state.dry_run.answer[0] ? "It would: " : "It could not be tried dry: "}
          {state.dry_run.answer[1]}
        </p>
      )}
      {state.action?.answer && <p>It said: {state.action.answer[1]}</p>}
      {act?.state && act.state !== "sent" && (
        <p role="status">
          {PLACE[act.state]}
          {act.attempts > 0 && ` ${act.attempts} attempts failed.`}
          {act.doubt && " One of them may have arrived: look there before you do it by hand."}
          {act.error && ` Last: ${act.error}.`}
        </p>
      )}
      {act?.needs_disclosure && !over && (
        <p>
          The connector {act.connector} needs the subject's accounts, and no disclosure of them is open in
          this case.{" "}
          <Link to="/cases/$id" params={{ id: of }} search={{ tab: "disclosures" }}>
            Ask for a disclosure
          </Link>{" "}
          or do it by hand.
        </p>
      )}
      {state.held && state.status === "failed" && (
        <p>The connector did not do it. Ask it once more, do it by hand, or give up.</p>
      )}
      {(!act || byHand) && !over && (
        <p className="muted">
          {byHand
            ? "Somebody does it by hand and says what came of it. The ledger keeps who did."
            : "No connector carries this out: somebody does it by hand and says what came of it. The ledger keeps who did."}
        </p>
      )}
    </div>
  );
}

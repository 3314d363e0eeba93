import { useCommand } from "../../api/cases";
import { people } from "./commands";
import { useRoom } from "./room";

/** Watches the case, or no longer: watched cases stand on the duty board. */
export function Watch() {
  const { of, id, account } = useRoom();
  const run = useCommand(id);
  if (!of.members[account] || of.merged_into !== null || of.state === "closed") return null;
  const watches = of.watchers.includes(account);
  return (
    <>
      <button
        type="button"
        aria-pressed={watches}
        disabled={run.isPending}
        onClick={() => run.mutate(watches ? people.unwatch() : people.watch())}
      >
        {watches ? "Watching" : "Watch"}
      </button>
      {run.error && <span role="alert">{run.error.message}</span>}
    </>
  );
}

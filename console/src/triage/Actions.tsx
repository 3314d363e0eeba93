import { useStatusChange } from "../api/queries";
import type { AlertSummary } from "../api/types";
import { useSession } from "../session/session";

/** What can be done with an alert next. */
export function Actions({
  alert,
  close,
  openCase,
}: {
  alert: AlertSummary;
  close: () => void;
  /** Asks for a new case; left out where the alert is in one already. */
  openCase?: (() => void) | undefined;
}) {
  const change = useStatusChange();
  const { opens_cases } = useSession().capabilities;
  const take = () => change.mutate({ id: alert.id, status: "in_progress", note: "" });
  return (
    <span className="row">
      {alert.status === "new" && (
        <button type="button" onClick={take} disabled={change.isPending}>
          Take
        </button>
      )}
      {openCase && opens_cases && alert.status !== "closed" && (
        <button type="button" onClick={openCase}>
          Open a case…
        </button>
      )}
      {alert.status === "closed" ? (
        <button type="button" onClick={take} disabled={change.isPending}>
          Open again
        </button>
      ) : (
        <button type="button" onClick={close}>
          Close…
        </button>
      )}
      {change.error && <span role="alert">{change.error.message}</span>}
    </span>
  );
}

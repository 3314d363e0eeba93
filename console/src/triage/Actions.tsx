import { useStatusChange } from "../api/queries";
import type { AlertSummary } from "../api/types";

/** What can be done with an alert next. */
export function Actions({ alert, close }: { alert: AlertSummary; close: () => void }) {
  const change = useStatusChange();
  const take = () => change.mutate({ id: alert.id, status: "in_progress", note: "" });
  return (
    <span className="row">
      {alert.status === "new" && (
        <button type="button" onClick={take} disabled={change.isPending}>
          Take
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

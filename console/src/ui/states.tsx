import type { ReactNode } from "react";
import { ApiError } from "../api/errors";

/** Nothing here, and what to do next. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <section className="panel empty">
      <h2>{title}</h2>
      <div>{children}</div>
    </section>
  );
}

/** What went wrong and the way out. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const known = error instanceof ApiError ? error : null;
  if (known?.status === 403) {
    return (
      <Empty title="Not for this role">
        <p>{known.message}.</p>
        <p>{known.hint}.</p>
      </Empty>
    );
  }
  return (
    <div className="panel failure" role="alert">
      <h2>{known ? known.message : "Something went wrong"}</h2>
      <p>{known ? known.hint : String(error)}</p>
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Waiting. */
export function Loading() {
  return (
    <div className="skeleton" role="status">
      <span className="sr">Loading…</span>
      <i />
      <i />
      <i />
    </div>
  );
}

interface QueryLike<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/** A query's states; `children` gets the data. */
export function Loaded<T>({ query, children }: { query: QueryLike<T>; children: (data: T) => ReactNode }) {
  if (query.error) return <Failure error={query.error} retry={() => query.refetch()} />;
  if (query.isPending || query.data === undefined) return <Loading />;
  return <>{children(query.data)}</>;
}

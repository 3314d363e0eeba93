import { count } from "../words/format";

/** Steps through a long list. */
export function Pages({
  page,
  size,
  total,
  go,
}: {
  page: number;
  size: number;
  total: number;
  go: (page: number) => void;
}) {
  if (total <= size) return null;
  const last = Math.ceil(total / size) - 1;
  return (
    <nav className="row" aria-label="pages of the list">
      <button type="button" disabled={page <= 0} onClick={() => go(page - 1)}>
        ◀ Previous
      </button>
      <span className="muted small">
        {count(page * size + 1)} to {count(Math.min(total, (page + 1) * size))} of {count(total)}
      </span>
      <button type="button" disabled={page >= last} onClick={() => go(page + 1)}>
        Next ▶
      </button>
    </nav>
  );
}

import type { Story } from "../../api/types";

/** Findings that no longer stand, because what they rested on was erased; nothing where there are none. */
export function TakenBack({ gone }: { gone: Story["taken_back"] }) {
  if (gone.length === 0) return null;
  return (
    <section className="panel" aria-label="taken back">
      <h2>No longer stands</h2>
      <p className="muted small">
        These were found once. What they rested on has been erased since, so they count for nothing.
      </p>
      <ul className="plain stack">
        {gone.map((one) => (
          <li key={`${one.kind} ${one.day} ${one.title}`}>
            <span className="nowrap small">{one.day}</span> {one.title}{" "}
            <span className="muted small">{one.words}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the marks of a departure's picture stand for. */
export function DepartureLegend() {
  return (
    <p className="legend">
      <span>
        <svg viewBox="-8 -8 16 16" aria-hidden="true">
          <path d="M0 -7l6 7l-6 7l-6 -7z" fill="var(--act)" />
        </svg>
        the day itself
      </span>
      <span>
        <svg viewBox="-8 -8 16 16" aria-hidden="true">
          <circle r={4} fill="var(--accent)" fillOpacity={0.75} />
        </svg>
        an earlier day of this subject
      </span>
      <span>
        <svg viewBox="-8 -8 16 16" aria-hidden="true">
          <rect x={-8} y={-7} width={16} height={14} fill="var(--accent)" fillOpacity={0.16} />
          <path d="M-8 0h16" stroke="var(--accent)" strokeWidth={2} strokeDasharray="4 3" />
        </svg>
        where eight in ten of those days lie, and the middle one
      </span>
      <span>
        <svg viewBox="-8 -8 16 16" aria-hidden="true">
          <path d="M0 -8v16" stroke="var(--ink-2)" strokeWidth={1.5} />
          <rect x={-5} y={-4} width={10} height={8} fill="var(--panel-2)" stroke="var(--ink-2)" />
        </svg>
        where half of the peers' days lie (of hours: a line for each hour)
      </span>
    </p>
  );
}

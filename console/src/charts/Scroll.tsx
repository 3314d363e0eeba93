import { type ReactNode, useCallback } from "react";

/** A stretch of time that may be wider than its place: the newest end is shown first, the rest by scrolling. */
export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  const toEnd = useCallback((place: HTMLElement | null) => {
    if (place) place.scrollLeft = place.scrollWidth;
  }, []);
  return (
    <section className="scroll" aria-label={label} tabIndex={0} ref={toEnd}>
      {children}
    </section>
  );
}

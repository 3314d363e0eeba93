import { useCallback, useState } from "react";

/**
 * How wide a place on the page is, in CSS pixels: what is drawn to it keeps the size of its letters on every screen. At least
 * `least`, also until it is known.
 */
export function useWidth(
  least: number,
): [ref: (place: Element | null) => (() => void) | undefined, width: number] {
  const [width, setWidth] = useState(least);
  const ref = useCallback((place: Element | null) => {
    if (!place) return;
    const watch = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    watch.observe(place);
    return () => watch.disconnect();
  }, []);
  return [ref, Math.max(least, width)];
}

import { useEffect, useRef } from "react";

/** True while somebody types, or a dialog is open: then single keys mean letters. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("[role=dialog]")) return true;
  return target.matches("input, textarea, select, [contenteditable]");
}

/** Calls `handle` for keys pressed outside fields and dialogs. */
export function useKeys(handle: (key: string, event: KeyboardEvent) => void): void {
  const latest = useRef(handle);
  latest.current = handle;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (document.querySelector("[role=dialog]")) return;
      latest.current(event.key, event);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}

/** Which entry of a list the keyboard stands on after a key. */
export function moved(at: number, key: string, length: number): number {
  if (length === 0) return 0;
  if (key === "j") return Math.min(at + 1, length - 1);
  if (key === "k") return Math.max(at - 1, 0);
  return Math.min(at, length - 1);
}

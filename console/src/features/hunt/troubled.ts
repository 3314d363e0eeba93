import type { EnrichmentLists, ListState } from "../../api/hunt";

/** States of a list about which nothing is to be done. */
const FINE = new Set(["ok", "loaded", "off", "current", "none", "unset"]);

/** True if somebody should look at a list: it has ended, or cannot be read. */
export const isTroubled = ({ state, problem }: ListState): boolean => Boolean(problem) || !FINE.has(state);

/** How many lists somebody should look at. */
export function troubled({ lists, assets, geoip }: EnrichmentLists): number {
  return [...lists, assets, geoip].filter((list) => list && isTroubled(list)).length;
}

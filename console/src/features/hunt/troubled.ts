import type { EnrichmentLists, ListState } from "../../api/hunt";

/** True if somebody should look at a list: it has ended, or cannot be read. */
export const isTroubled = ({ state, problem }: Pick<ListState, "state" | "problem">): boolean =>
  Boolean(problem) || state !== "loaded";

/** How many lists somebody should look at. */
export function troubled({ lists, assets, geoip }: EnrichmentLists): number {
  return [...lists, assets, geoip].filter((list) => list && isTroubled(list)).length;
}

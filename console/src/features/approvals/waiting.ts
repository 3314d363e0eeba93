import type { Disclosure } from "../../api/disclosures";

/** What waits for this approver, and what they have answered and still waits for the other department. */
export function split(list: Disclosure[]): { mine: Disclosure[]; others: Disclosure[] } {
  const waiting = list
    .filter((one) => one.status === "waiting")
    // What lapses first comes first.
    .sort((a, b) => a.lapses.localeCompare(b.lapses));
  return {
    mine: waiting.filter((one) => one.may_answer),
    others: waiting.filter((one) => !one.may_answer),
  };
}

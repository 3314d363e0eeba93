import type { Colleague } from "../../api/colleagues";
import { said } from "../../words/labels";

/** A list with one more entry, or without it if it was there: what a box that is ticked does. */
export function flip<T>(list: T[], one: T): T[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}

/** Colleagues as choices: who is likely first, then by department and account; what matters for the choice is said. */
export function choices(
  list: Colleague[],
  likely: string[] = [],
  without: string[] = [],
): { id: string; text: string }[] {
  const rank = (one: Colleague) => (likely.includes(one.account) ? 0 : 1);
  return list
    .filter((one) => !without.includes(one.account))
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        Number(a.department === null) - Number(b.department === null) ||
        (a.department ?? "").localeCompare(b.department ?? "") ||
        a.account.localeCompare(b.account),
    )
    .map((one) => {
      const department = one.department ? `, ${said(one.department)}` : "";
      return {
        id: one.account,
        text: `${one.account}: ${said(one.role)}${department}${one.away ? ", away" : ""}`,
      };
    });
}

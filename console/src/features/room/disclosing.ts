/** What can be done with disclosures, so that only that is offered. The server decides; this only saves a refusal. */
import type { AskedDisclosure, Disclosure, Revealed } from "../../api/disclosures";
import { HOURS_MOST } from "../../api/disclosures";
import { IDENTITY_FIELDS } from "../../words/casework";
import { lasting } from "../../words/format";
import { said } from "../../words/labels";
import type { Rights } from "./rights";

/** Roles that work cases: they ask and look; approvers answer. */
const WORKERS = ["it_analyst", "corporate_investigator"];

/** True if somebody of a role, with these rights in the case, can ask for disclosures and look. */
export function discloses(mine: Rights, role: string): boolean {
  return mine.writes && WORKERS.includes(role);
}

const ORDER = { waiting: 0, granted: 1, denied: 2, lapsed: 3, ended: 3 } as const;

/** What waits or is open first, then what came last. */
export function ordered(list: Disclosure[]): Disclosure[] {
  return [...list].sort((a, b) => ORDER[a.status] - ORDER[b.status] || b.at.localeCompare(a.at));
}

/** `name, contact and site`. */
export function fieldWords(fields: string[]): string {
  const words = fields.map(said);
  const last = words.pop() ?? "nothing";
  return words.length === 0 ? last : `${words.join(", ")} and ${last}`;
}

/** How long it would last, from when it was asked. */
export function asksFor(one: Pick<Disclosure, "at" | "expires">): string {
  return lasting((Date.parse(one.expires) - Date.parse(one.at)) * 1000);
}

/** What a request still lacks, in words; nothing once it can be sent. */
export function lacks(asked: AskedDisclosure): string {
  if (asked.subject === "") return "Pick a subject first.";
  if (asked.fields.length === 0) return "Say what you need to know first.";
  if (!Number.isInteger(asked.hours) || asked.hours < 1 || asked.hours > HOURS_MOST)
    return `Ask for 1 to ${HOURS_MOST} hours.`;
  return asked.reason.trim() === "" ? "Say why, in a line, first." : "";
}

/** What the vault said, by name; parts that were not asked for are absent. */
export function revealedPairs(found: Revealed): [string, string][] {
  const texts: Record<string, (string | null | undefined)[]> = {
    name: [found.name],
    contact: [...(found.contact?.mail ?? []), found.contact?.phone],
    accounts: [...(found.accounts ?? []), found.person_key],
    position: [found.position],
    manager: [found.manager],
    site: [found.site],
  };
  return IDENTITY_FIELDS.flatMap(({ id }): [string, string][] => {
    const known = (texts[id] ?? []).filter((text) => typeof text === "string" && text !== "");
    return known.length > 0 ? [[said(id), known.join(", ")]] : [];
  });
}

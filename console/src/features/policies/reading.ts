/** Policies and their table in words; no React here. */
import type { Params } from "../../api/client";
import type { Grant, Matrix, Policy, PolicyFile, PolicySet, Word } from "../../api/policies";
import type { Search } from "../../url";

/** Rows of the table on one page. */
export const SIZE = 40;

/** What of the table the address asks for. */
export function asked(url: Search): Params {
  return { role: url.role, purpose: url.purpose, action: url.act, class: url.class };
}

/** True if the table is filtered. */
export function isFiltered(url: Search): boolean {
  return [url.role, url.purpose, url.act, url.class].some(Boolean);
}

/** The page of the address, within what there is. */
export function pageOf(url: Search, total: number): number {
  const page = Number(url.page ?? 0);
  const last = Math.max(0, Math.ceil(total / SIZE) - 1);
  return Number.isInteger(page) ? Math.min(Math.max(page, 0), last) : 0;
}

const meaning = (words: Word[], id: string) => words.find((word) => word.id === id)?.means ?? id;

function joined(parts: string[], last: string): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} ${last} ${parts.at(-1)}`;
}

/** For which purposes something is allowed. */
export function purposeWords(purposes: string[], all: Word[]): string {
  if (all.every(({ id }) => purposes.includes(id))) return "whatever the purpose";
  const named = purposes.filter((id) => id !== "none").map((id) => meaning(all, id));
  const words = named.length > 0 ? [`for ${joined(named, "or")}`] : [];
  if (purposes.includes("none")) words.unshift("without a purpose");
  return words.join(", or ");
}

/** In which situations something is allowed; the shorter of what is and what is not. */
export function situationWords(situations: string[], all: Word[]): string {
  const not = all.filter(({ id }) => !situations.includes(id));
  if (not.length === 0) return "in every situation";
  if (not.length < situations.length)
    return `in every situation but: ${not.map(({ means }) => means).join("; ")}`;
  return `only: ${situations.map((id) => meaning(all, id)).join("; ")}`;
}

/** When something is allowed. */
export function grantWords(grant: Grant, view: Pick<Matrix, "purposes" | "situations">): string {
  const purposes = purposeWords(grant.purposes, view.purposes);
  return `${purposes}, ${situationWords(grant.situations, view.situations)}`;
}

const STATES: Record<PolicyFile["state"], string> = {
  shipped: "as shipped",
  changed: "differs from the shipped one",
  own: "the site's own",
};

/** How a file stands to the shipped one. */
export function stateWords(state: PolicyFile["state"]): string {
  return STATES[state];
}

/** The file and policy that the address names. */
export function opened(
  set: PolicySet,
  url: Search,
): { file: PolicyFile; policy?: Policy | undefined } | null {
  for (const file of set.files) {
    const policy = file.policies.find(({ id }) => id === url.policy);
    if (policy) return { file, policy };
  }
  const file = url.policy ? undefined : set.files.find(({ name }) => name === url.file);
  return file ? { file } : null;
}

/** The lines of a text; a last empty one is none. */
export function lines(text: string): string[] {
  return text.replace(/\n$/, "").split("\n");
}

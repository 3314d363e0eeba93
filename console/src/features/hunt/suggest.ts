/** Names and values that are offered while somebody types a search. */
import { quote } from "../../evidence/query";
import { FIELDS, MODIFIERS } from "../../words/fields";
import { CLASSES } from "../../words/labels";

export interface Suggestion {
  /** What is offered. */
  text: string;
  means: string;
  /** What it puts in the place of what was typed. */
  insert: string;
}

export interface Suggestions {
  /** The stretch of the query that a suggestion replaces. */
  from: number;
  to: number;
  list: Suggestion[];
}

/** What is known besides the fields of every source: own fields, and values seen. */
export interface Known {
  fields: string[];
  values: Record<string, string[]>;
}

const MOST = 8;
const BREAK = /[\s()"]/;

/** True if a quoted text is open at the end of this. */
function inQuotes(text: string): boolean {
  return (text.split('"').length - 1) % 2 === 1;
}

/** Those that begin with what was typed, then those that have it anywhere. */
function fitting<T extends { text: string }>(all: T[], typed: string): T[] {
  const wanted = typed.toLowerCase();
  const at = (one: T) => one.text.toLowerCase().indexOf(wanted);
  const found = all.filter((one) => at(one) >= 0);
  return [...found.filter((one) => at(one) === 0), ...found.filter((one) => at(one) > 0)].slice(0, MOST);
}

function names(typed: string, known: Known): Suggestion[] {
  const own = known.fields.filter((name) => FIELDS.every((field) => field.name !== name));
  const all = [...FIELDS, ...own.map((name) => ({ name, means: "the source's own field" }))];
  return fitting(
    all.map(({ name, means }) => ({ text: name, means, insert: `${name}:` })),
    typed,
  );
}

function values(field: string, typed: string, known: Known): Suggestion[] {
  const all = field === "class" ? CLASSES : (known.values[field] ?? []);
  return fitting(
    all.map((value) => ({ text: value, means: "value", insert: `${quote(value)} ` })),
    typed,
  ).filter(({ text }) => text !== typed);
}

/** What can stand where the cursor is; with `asked` also where nothing was typed yet. */
export function suggested(query: string, at: number, known: Known, asked = false): Suggestions | null {
  if (inQuotes(query.slice(0, at))) return null;
  let from = at;
  while (from > 0 && !BREAK.test(query[from - 1] ?? "")) from -= 1;
  let to = at;
  while (to < query.length && !BREAK.test(query[to] ?? "")) to += 1;
  const typed = query.slice(from, at);
  const colon = typed.indexOf(":");
  if (colon >= 0) {
    const field = typed.slice(0, colon).split("|")[0] ?? "";
    const list = values(field, typed.slice(colon + 1), known);
    return list.length > 0 ? { from: from + colon + 1, to, list } : null;
  }
  if (typed === "" && !asked) return null;
  const pipe = typed.lastIndexOf("|");
  const list =
    pipe >= 0
      ? fitting(
          MODIFIERS.map(({ name, means }) => ({ text: name, means, insert: `${name}:` })),
          typed.slice(pipe + 1),
        )
      : names(typed, known);
  if (list.length === 0) return null;
  // The rest of the word that the cursor stands in is replaced too, but not the value behind it.
  const rest = query.slice(at, to).indexOf(":");
  return { from: from + pipe + 1, to: rest >= 0 ? at + rest + 1 : to, list };
}

/** The query with a suggestion in its place, and where the cursor goes. */
export function accepted(
  query: string,
  { from, to }: Suggestions,
  one: Suggestion,
): { query: string; at: number } {
  const insert = one.insert.endsWith(" ") && query[to] === " " ? one.insert.trimEnd() : one.insert;
  return { query: query.slice(0, from) + insert + query.slice(to), at: from + insert.length };
}

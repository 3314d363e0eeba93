/** The language of searches as far as the console works with it: where its words begin and end, and how terms are added. */

import { COLUMNS } from "../words/fields";

export type TokenKind = "space" | "field" | "value" | "quoted" | "bracket" | "operator";

/** A stretch of a query. */
export interface Token {
  kind: TokenKind;
  text: string;
  /** Brackets that are open around it. */
  depth: number;
  /** False for a quoted text without its end. */
  whole: boolean;
}

const SPACE = /\s/;
const OPERATORS = new Set(["and", "or", "not"]);
const FIELD = /^[\p{L}_@$][^\s()":|]*(\|\w*)*:$/u;

/** Where a quoted text that begins at `from` ends; the text's end if it has none. Two quotes side by side are one inside. */
function quotedEnd(text: string, from: number): { at: number; whole: boolean } {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] !== '"') continue;
    if (text[at + 1] !== '"') return { at: at + 1, whole: true };
    at += 1;
  }
  return { at: text.length, whole: false };
}

/** Where a bare word that begins at `from` ends; behind its colon if it is the name of a field. */
function wordEnd(text: string, from: number, value: boolean): number {
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (SPACE.test(sign) || sign === "(" || sign === ")" || sign === '"') return at;
    if (sign === ":" && !value && FIELD.test(text.slice(from, at + 1))) return at + 1;
  }
  return text.length;
}

/** A query in stretches; joined they are the query again. */
export function tokens(query: string): Token[] {
  const found: Token[] = [];
  let depth = 0;
  const add = (kind: TokenKind, from: number, to: number, whole = true) =>
    found.push({ kind, text: query.slice(from, to), depth, whole });
  for (let at = 0; at < query.length; ) {
    const sign = query[at] ?? "";
    const from = at;
    const value = found.at(-1)?.kind === "field";
    if (SPACE.test(sign)) {
      while (at < query.length && SPACE.test(query[at] ?? "")) at += 1;
      add("space", from, at);
    } else if (sign === "(" || sign === ")") {
      at += 1;
      if (sign === ")") depth -= 1;
      add("bracket", from, at);
      if (sign === "(") depth += 1;
    } else if (sign === '"') {
      const end = quotedEnd(query, at);
      const name = /^(\|\w+)*:/.exec(query.slice(end.at))?.[0];
      at = end.at + (end.whole && !value && name ? name.length : 0);
      add(at > end.at ? "field" : "quoted", from, at, end.whole);
    } else {
      at = Math.max(at + 1, wordEnd(query, at, value));
      const word = query.slice(from, at);
      const field = !value && FIELD.test(word);
      const operator = !value && OPERATORS.has(word.toLowerCase());
      add(field ? "field" : operator ? "operator" : "value", from, at);
    }
  }
  return found;
}

/** True if every bracket and quote has its end. */
function balanced(found: Token[]): boolean {
  let depth = 0;
  for (const { kind, text, whole } of found) {
    if (!whole) return false;
    if (kind === "bracket") depth += text === "(" ? 1 : -1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** What all has to hold, a term each; nothing if it is not a plain row of terms: an `or` stands between them, or brackets or quotes are open. */
export function clauses(query: string): string[] | null {
  const found = tokens(query);
  if (!balanced(found)) return null;
  const parts: string[] = [];
  let part = "";
  const close = () => {
    if (part !== "") parts.push(part.trim());
    part = "";
  };
  for (const { kind, text, depth } of found) {
    const outside = depth === 0;
    if (!outside || (kind === "bracket" && text === ")")) part += text;
    else if (kind === "operator" && text.toLowerCase() === "or") return null;
    else if (kind === "operator" && text.toLowerCase() === "and") close();
    else if (kind === "operator") {
      if (!/(^|\s)not $/.test(part)) close();
      part += "not ";
    } else if (kind === "space") {
      if (!part.endsWith("not ")) close();
    } else part += text;
  }
  close();
  return parts;
}

const PLAIN_FIELD = /^[\p{L}_@$][\p{L}\p{N}_@$.#-]+$/u;
const PLAIN_VALUE = /^[\p{L}\p{N}_][\p{L}\p{N}_.@-]*$/u;
const CONTROL = /\p{Cc}/gu;

/** A text as a value that means just it: quoted where it must be, with what wildcards would mean taken away. What cannot be written in quotes may be any one character. */
export function quote(value: string): string {
  if (PLAIN_VALUE.test(value) && !OPERATORS.has(value.toLowerCase())) return value;
  return `"${value
    .replace(/[\\*?]/g, "\\$&")
    .replace(CONTROL, "?")
    .replaceAll('"', '""')}"`;
}

/** A field as searches write its name. */
function nameOf(field: string): string {
  return PLAIN_FIELD.test(field) && !OPERATORS.has(field.toLowerCase()) ? field : `"${field}"`;
}

/** One of a source's own fields as searches call it: marked as such where a column has the same name. */
export function ownField(name: string): string {
  return COLUMNS.has(name) || name.startsWith("fields.") ? `fields.${name}` : name;
}

/** True if a field can be searched for by its name. */
export const canBeAsked = (field: string): boolean =>
  field.trim() === field && field !== "" && !/[:|"\p{Cc}]/u.test(field);

/** `field:value`. */
export function termOf(field: string, value: string): string {
  return `${nameOf(field)}:${quote(value)}`;
}

export type How = "add" | "exclude";

/** The query with one more condition. What says the same already is not said twice, and what says the opposite is replaced. */
export function withTerm(query: string, term: string, how: How): string {
  const opposite = how === "add" ? `not ${term}` : term;
  const wanted = how === "add" ? term : `not ${term}`;
  const old = query.trim();
  if (old === "") return wanted;
  const parts = clauses(old);
  if (parts?.includes(wanted)) return old;
  if (parts?.includes(opposite)) return [...parts.filter((part) => part !== opposite), wanted].join(" ");
  if (parts) return `${old} ${wanted}`;
  // What has no end cannot be put in brackets; the server says what is missing.
  return balanced(tokens(old)) ? `(${old}) and ${wanted}` : `${old} ${wanted}`;
}

/** Where a search was refused, as its message says it; both count from 1. */
export function placeOf(message: string): { line: number; column: number } | null {
  const found = /\bline (\d+)\b.{0,12}?\bcolumn (\d+)\b/i.exec(message);
  return found ? { line: Number(found[1]), column: Number(found[2]) } : null;
}

/** How many units of the query stand before a place, whose column counts characters; null behind its end. */
export function offsetOf(query: string, { line, column }: { line: number; column: number }): number | null {
  const lines = query.split("\n");
  const text = lines[line - 1];
  if (text === undefined) return null;
  const characters = [...text];
  if (column < 1 || column > characters.length + 1) return null;
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return before + characters.slice(0, column - 1).join("").length;
}

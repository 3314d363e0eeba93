import type { Case, Visibility } from "../../api/cases";

/** A piece of a note, and the account that it mentions. */
export interface MentionPiece {
  text: string;
  account?: string;
}

/** Cuts a note at the mentions of those who were told of it. Who may not read the note was not told, and does not stand out. */
export function mentionPieces(text: string, told: string[]): MentionPiece[] {
  const found: MentionPiece[] = [];
  let plain = "";
  let rest = text;
  let before = " ";
  while (rest !== "") {
    const name =
      rest.startsWith("@") && !/[\p{L}\p{N}]/u.test(before) ? nameAt(rest.slice(1), told) : undefined;
    if (name === undefined) {
      const next = String.fromCodePoint(rest.codePointAt(0) ?? 0);
      plain += next;
      before = next;
      rest = rest.slice(next.length);
      continue;
    }
    if (plain !== "") found.push({ text: plain });
    found.push({ text: `@${name}`, account: name });
    plain = "";
    before = name.slice(-1);
    rest = rest.slice(name.length + 1);
  }
  if (plain !== "") found.push({ text: plain });
  return found;
}

function nameAt(rest: string, told: string[]): string | undefined {
  const word = /^[\p{L}\p{N}._-]*/u.exec(rest)?.[0].replace(/[.-]+$/, "");
  return word !== undefined && told.includes(word) ? word : undefined;
}

/** The members who would read what the account writes with that visibility: only they are told by a mention. */
export function readersOf(of: Case, account: string, visibility: Visibility): string[] {
  const own = of.members[account]?.department ?? null;
  return Object.entries(of.members)
    .filter(([name]) => name !== account)
    .filter(([, member]) => {
      if (visibility === "both") return true;
      if (visibility === "counsel") return member.role === "counsel";
      return own !== null && member.department === own;
    })
    .map(([name]) => name);
}

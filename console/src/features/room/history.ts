import type { Case, Origin, TimelineItem } from "../../api/cases";

export const ORIGINS: { id: Origin; text: string }[] = [
  { id: "technical", text: "Technical" },
  { id: "case", text: "Case" },
  { id: "human", text: "Human" },
];

/** The items of one origin, or all, newest first. */
export function chosen(items: TimelineItem[], origin: string | undefined): TimelineItem[] {
  const kept = origin ? items.filter((item) => item.origin === origin) : items;
  return [...kept].reverse();
}

/** How many items there are of each origin. */
export function counts(items: TimelineItem[]): Record<Origin, number> {
  const found: Record<Origin, number> = { technical: 0, case: 0, human: 0 };
  for (const item of items) found[item.origin] += 1;
  return found;
}

/** A piece of a sentence, and what it names. */
export interface Piece {
  text: string;
  subject?: string;
  alert?: string;
  case?: string;
}

/** Cuts a sentence at the subjects, alerts and cases that it names, so that each can be a link. */
export function pieces(sentence: string, of: Pick<Case, "subjects" | "alerts" | "cases">): Piece[] {
  const known = new Map<string, Piece>();
  for (const subject of of.subjects) known.set(subject, { text: subject, subject });
  for (const alert of Object.keys(of.alerts)) known.set(alert, { text: alert.slice(0, 8), alert });
  for (const other of of.cases) known.set(other, { text: other, case: other });
  // Words as they stand between blanks and punctuation; pseudonyms and case numbers hold hyphens.
  const found: Piece[] = [];
  for (const word of sentence.split(/([\w-]+)/)) {
    const piece = known.get(word) ?? { text: word };
    const last = found.at(-1);
    const plain = !piece.subject && !piece.alert && !piece.case;
    if (plain && last && !last.subject && !last.alert && !last.case) last.text += piece.text;
    else if (piece.text) found.push({ ...piece });
  }
  return found;
}

/** A key of an item that stays while others come. */
export function itemKey(item: TimelineItem): string {
  return `${item.at} ${JSON.stringify(item.reference)} ${item.sentence}`;
}

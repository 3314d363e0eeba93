import type { WorkItem } from "../../api/work";

/** Items that belong together, under a heading. */
export interface Group {
  name: string;
  items: WorkItem[];
}

/** Late things, what is due, and what has no time yet; the order of the server stays. Empty groups are left out. */
export function groups(items: WorkItem[]): Group[] {
  const open = items.filter((item) => !item.late);
  return [
    { name: "Late", items: items.filter((item) => item.late) },
    { name: "Due", items: open.filter((item) => item.due !== null) },
    { name: "Without a time yet", items: open.filter((item) => item.due === null) },
  ].filter((group) => group.items.length > 0);
}

/** What can be done with an item without going to its room. */
export type Move = "accept" | "decline" | "done";

/** The moves that are open, the usual one first. Votes and rulings need the exact wording, so they lead to the room. */
export function moves(item: WorkItem): Move[] {
  if (item.kind === "task") return ["done"];
  if (item.kind !== "duty") return [];
  return item.state === "offered" ? ["accept", "decline"] : ["done", "decline"];
}

/** The key of each move. */
export const MOVE_KEYS: Record<string, Move> = { y: "accept", n: "decline", f: "done" };

/** The part of the room where an item stands. */
export function tabOf(item: WorkItem): string {
  if (item.kind === "task") return "tasks";
  if (item.kind === "meeting") return "meetings";
  return item.kind === "duty" ? "duties" : "decisions";
}

/** A name for an item that stays while others come and go. */
export const keyOf = (item: WorkItem): string => `${item.case} ${item.kind} ${item.id}`;

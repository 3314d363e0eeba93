import { describe, expect, it } from "vitest";
import type { WorkItem } from "../../api/work";
import { groups, keyOf, MOVE_KEYS, moves, tabOf } from "./groups";

function item(over: Partial<WorkItem> = {}): WorkItem {
  return {
    kind: "duty",
    id: "analyse/it_lead",
    case: "C-2026-0001",
    case_title: "Copies to a stick",
    severity: "high",
    what: "analyse: it lead",
    letter: "responsible",
    state: "offered",
    due: "2026-05-04T08:00:00Z",
    late: false,
    deputy_of: null,
    escalated: false,
    member: true,
    ...over,
  };
}

describe("the duty board", () => {
  it("shows late things first and what has no time last, in the server's order", () => {
    const late = item({ id: "a", late: true });
    const due = item({ id: "b" });
    const later = item({ id: "c", due: null });
    const shown = groups([late, due, later]);
    expect(shown.map(({ name, items }) => `${name}: ${items.map(({ id }) => id).join()}`)).toEqual([
      "Late: a",
      "Due: b",
      "Without a time yet: c",
    ]);
    expect(groups([due]).map(({ name }) => name)).toEqual(["Due"]);
  });

  it("offers only what the item allows", () => {
    expect(moves(item())).toEqual(["accept", "decline"]);
    expect(moves(item({ state: "accepted" }))).toEqual(["done", "decline"]);
    expect(moves(item({ kind: "task", state: "open" }))).toEqual(["done"]);
    expect(moves(item({ kind: "vote", state: "open" }))).toEqual([]);
    expect(Object.values(MOVE_KEYS).sort()).toEqual(["accept", "decline", "done"]);
  });

  it("leads to the part of the room where the item stands", () => {
    const tabs = (["duty", "task", "meeting", "vote", "ruling"] as const).map((kind) =>
      tabOf(item({ kind })),
    );
    expect(tabs).toEqual(["duties", "tasks", "meetings", "decisions", "decisions"]);
  });

  it("tells the same duty of two cases apart", () => {
    expect(keyOf(item())).not.toBe(keyOf(item({ case: "C-2026-0002" })));
  });
});

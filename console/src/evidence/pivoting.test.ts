import { describe, expect, it } from "vitest";
import { pivoted } from "./pivoting";

const url = { q: "a or b", last: "7d", event: "e1", case: "C-2026-0001" };

describe("from a value to its search", () => {
  it("keeps the search and its time, and closes the event", () => {
    expect(pivoted(url, true, "device:x", "add")).toEqual({
      q: "(a or b) and device:x",
      last: "7d",
      case: "C-2026-0001",
      tab: undefined,
      event: undefined,
      all: undefined,
      run: undefined,
    });
  });

  it("alone drops the other conditions", () => {
    expect(pivoted(url, true, "device:x", "alone")).toMatchObject({ q: "device:x", last: "7d" });
  });

  it("from another page, and from SQL, begins anew", () => {
    expect(pivoted(url, false, "device:x", "exclude")).toEqual({
      q: "not device:x",
      last: "any",
      case: "C-2026-0001",
    });
    expect(pivoted({ ...url, tab: "sql" }, true, "device:x", "add").q).toBe("device:x");
  });
});

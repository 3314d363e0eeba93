import { describe, expect, it } from "vitest";
import type { HuntEvent, HuntLine } from "../../api/hunt";
import { BEGUN, ended, heard, hitsOf, progressWords } from "./hunting";

const event = (id: string) => ({ id }) as HuntEvent;
const day = (name: string, hits: number): HuntLine => ({ kind: "day", day: name, hits, hours: [] });
const LINES: HuntLine[] = [
  { kind: "plan", days: 2, sql: "select 1", hash_of: "the ids", notes: [] },
  day("2026-05-04", 3),
  { kind: "events", events: [event("a"), event("b")] },
  { kind: "progress", done: 1, of: 2 },
  day("2026-05-03", 1),
  { kind: "events", events: [event("c")] },
  { kind: "end", hits: 4, shown: 3, truncated: true, elapsed_ms: 12, result_hash: "00", sql: "select 1" },
];

describe("a search that runs", () => {
  it("knows the same in the end, however its lines were bundled", () => {
    const together = heard(BEGUN, LINES);
    const apart = LINES.reduce((hunt, line) => heard(hunt, [line]), BEGUN);
    expect(apart).toEqual(together);
    expect(together).toMatchObject({ state: "done", plan: { sql: "select 1" }, end: { truncated: true } });
    expect(together.events.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(hitsOf(together)).toBe(4);
  });

  it("counts what was found so far, beyond the events shown", () => {
    const hunt = heard(BEGUN, LINES.slice(0, 4));
    expect(hitsOf(hunt)).toBe(3);
    expect(progressWords(hunt)).toBe("Searching: 1 of 2 days looked through, 3 events found so far.");
  });

  it("fails with the server's words, and keeps what it had", () => {
    const error = { code: "timeout", message: "it took too long", hint: "narrow it" };
    const hunt = heard(BEGUN, [...LINES.slice(0, 3), { kind: "error", error }]);
    expect(hunt).toMatchObject({ state: "failed", error: { code: "timeout", hint: "narrow it" } });
    expect(hunt.events).toHaveLength(2);
    expect(ended(hunt)).toBe(hunt);
  });

  it("that breaks off without its end has failed", () => {
    expect(ended(heard(BEGUN, LINES.slice(0, 3)))).toMatchObject({
      state: "failed",
      error: { code: "broken" },
    });
    const whole = heard(BEGUN, LINES);
    expect(ended(whole)).toBe(whole);
  });

  it("passes over lines that a newer server may send", () => {
    expect(heard(BEGUN, [{ kind: "weather" } as unknown as HuntLine])).toEqual(BEGUN);
  });
});

import { describe, expect, it } from "vitest";
import type { Meeting } from "../../api/cases";
import { appointment, opened, sorted, wanting } from "./meetings";

const HOUR = 3_600_000_000;
const TEN = Date.UTC(2026, 4, 4, 10) * 1000;

const meeting = (over: Partial<Meeting> = {}): Meeting => ({
  id: "1",
  title: "What we know",
  by: "ida",
  from: TEN,
  until: TEN + HOUR,
  place: null,
  invited: ["ida", "cora"],
  agenda: null,
  state: "planned",
  attended: [],
  text: null,
  ...over,
});

describe("meetings", () => {
  it("come with the next one first and those that are over last", () => {
    const all = [
      meeting({ id: "old", state: "held", from: TEN - 9 * HOUR }),
      meeting({ id: "later", from: TEN + HOUR }),
      meeting({ id: "off", state: "cancelled", from: TEN - HOUR }),
      meeting({ id: "next" }),
    ];
    expect(sorted(all).map((one) => one.id)).toEqual(["next", "later", "off", "old"]);
  });

  it("keep a time that was not touched, and take one that was", () => {
    const odd = meeting({ from: TEN + 1, until: TEN + HOUR + 7 });
    const fields = opened(odd);
    expect(fields.from).toBe("2026-05-04T10:00");
    expect(appointment({ ...fields, place: " Room 5 " }, odd)).toEqual({
      from: TEN + 1,
      until: TEN + HOUR + 7,
      place: "Room 5",
      invited: ["ida", "cora"],
    });
    const moved = appointment({ ...fields, from: "2026-05-04T11:30", minutes: 15 }, odd);
    expect(moved.from).toBe(TEN + 1.5 * HOUR);
    expect(moved.until - moved.from).toBe(HOUR / 4);
    expect(moved).not.toHaveProperty("place");
  });

  it("say what is missing", () => {
    const fields = opened(meeting());
    expect(wanting(fields)).toBe("");
    expect(wanting({ ...fields, from: "" })).toContain("when");
    expect(wanting({ ...fields, invited: [] })).toContain("member");
  });
});

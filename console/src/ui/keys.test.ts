import { describe, expect, it } from "vitest";
import { moved } from "./keys";

describe("the keyboard in a queue", () => {
  it("moves down with j and up with k, and stops at the ends", () => {
    expect(moved(0, "j", 3)).toBe(1);
    expect(moved(2, "j", 3)).toBe(2);
    expect(moved(1, "k", 3)).toBe(0);
    expect(moved(0, "k", 3)).toBe(0);
  });

  it("stays where it is on any other key", () => {
    expect(moved(1, "x", 3)).toBe(1);
  });

  it("never stands outside the list, even when the list shrank", () => {
    expect(moved(9, "x", 3)).toBe(2);
    expect(moved(4, "j", 0)).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import type { Case } from "../../api/cases";
import { mentionPieces, readersOf } from "./mentions";

describe("mentions in a note", () => {
  const told = (text: string, names: string[]) =>
    mentionPieces(text, names).flatMap(({ account }) => account ?? []);

  it("stand out where somebody was told, and nowhere else", () => {
    expect(mentionPieces("@ana, ask ben", ["ana"])).toEqual([
      { text: "@ana", account: "ana" },
      { text: ", ask ben" },
    ]);
    expect(told("@ana and @carl", ["ana"])).toEqual(["ana"]);
    expect(told("mail bob@ana.example", ["ana.example"])).toEqual([]);
    expect(told("thanks @ana. (@b.c)", ["ana", "b.c"])).toEqual(["ana", "b.c"]);
  });

  it("keep every character of the text", () => {
    const text = "@é-1. 😀@ana\n@@ @";
    const joined = mentionPieces(text, ["é-1", "ana"])
      .map((piece) => piece.text)
      .join("");
    expect(joined).toBe(text);
  });
});

describe("who can be told", () => {
  const member = (department: "it" | "corporate" | null, role: "lead" | "contributor" | "counsel") => ({
    department,
    role,
    since: 0,
  });
  const of = {
    members: {
      ana: member("it", "lead"),
      bob: member("it", "contributor"),
      carl: member("corporate", "contributor"),
      lena: member(null, "counsel"),
    },
  } as unknown as Case;

  it("is who will be able to read the note", () => {
    expect(readersOf(of, "ana", "both")).toEqual(["bob", "carl", "lena"]);
    expect(readersOf(of, "ana", "own_department")).toEqual(["bob"]);
    expect(readersOf(of, "ana", "counsel")).toEqual(["lena"]);
    expect(readersOf(of, "lena", "own_department")).toEqual([]);
  });
});

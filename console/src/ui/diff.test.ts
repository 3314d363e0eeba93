import { expect, it } from "vitest";
import { diffLines } from "./diff";

it("tells what a diff adds and removes", () => {
  const kinds = diffLines("--- a\n+++ b\n@@ -1 +1 @@\n same\n-level: high\n+level: medium\n").map(
    (line) => line.kind,
  );
  expect(kinds).toEqual(["place", "place", "place", "same", "removed", "added"]);
});

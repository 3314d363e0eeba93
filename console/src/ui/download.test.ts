import { describe, expect, it } from "vitest";
import { toCsv, toJson } from "./download";

describe("a downloaded table", () => {
  it("quotes what CSV must quote", () => {
    expect(
      toCsv(
        ["a", "b"],
        [
          ['say "hi"', "x,y"],
          [null, 3],
        ],
      ),
    ).toBe('a,b\r\n"say ""hi""","x,y"\r\n,3');
  });

  it("does not let a logged text run as a formula in a spreadsheet", () => {
    expect(toCsv(["a"], [["=cmd()"], ["@x"], [-3]])).toBe("a\r\n'=cmd()\r\n'@x\r\n-3");
  });

  it("names every value in JSON", () => {
    expect(JSON.parse(toJson(["a", "b"], [[1, { c: 2 }]]))).toEqual([{ a: 1, b: { c: 2 } }]);
  });
});

import { describe, expect, it } from "vitest";
import { troubled } from "./troubled";

const list = (state: string, problem?: string) => ({
  ...{ name: state, kind: "ip", entries: 1, expired_entries: 0, expires: null, state },
  ...(problem && { problem }),
});

describe("lists", () => {
  it("are counted where somebody should look", () => {
    expect(troubled({ lists: [list("ok")], assets: null, geoip: null })).toBe(0);
    expect(
      troubled({
        lists: [list("ok"), list("expired"), list("ok", "line 3 is no address")],
        assets: { state: "missing", problem: "assets.csv is not there" },
      }),
    ).toBe(3);
  });
});

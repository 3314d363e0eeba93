import { describe, expect, it } from "vitest";
import type { ThreatList } from "../../api/hunt";
import { troubled } from "./troubled";

const list = (state: ThreatList["state"], problem?: string): ThreatList => ({
  ...{ name: state, kind: "ip", entries: 1, expired_entries: 0, expires: null, state },
  ...(problem && { problem }),
});

describe("lists", () => {
  it("are counted where somebody should look", () => {
    expect(troubled({ lists: [list("loaded")], assets: null, geoip: null })).toBe(0);
    expect(
      troubled({
        lists: [list("loaded"), list("expired"), list("loaded", "line 3 is no address")],
        assets: { state: "unreadable", entries: 0, problem: "assets.csv is not there" },
      }),
    ).toBe(3);
  });
});

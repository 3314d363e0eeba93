import { describe, expect, it } from "vitest";
import type { Disclosure, Revealed } from "../../api/disclosures";
import { split } from "../approvals/waiting";
import { asksFor, discloses, fieldWords, lacks, ordered, revealedPairs } from "./disclosing";
import type { Rights } from "./rights";

const make = (over: Partial<Disclosure> = {}): Disclosure => ({
  id: "D-000001",
  case: "C-2026-0001",
  subject: "S-1",
  fields: ["name"],
  purpose: "investigation",
  reason: "to talk to the person",
  requested_by: "ines",
  at: "2026-05-04T08:00:00Z",
  expires: "2026-05-06T08:00:00Z",
  lapses: "2026-05-07T08:00:00Z",
  status: "waiting",
  approvals: [],
  denied: null,
  may_answer: false,
  ...over,
});

describe("disclosures", () => {
  it("show what waits or is open before what is over", () => {
    const list = [
      make({ id: "1", status: "ended", at: "2026-05-09T00:00:00Z" }),
      make({ id: "2", status: "granted" }),
      make({ id: "3" }),
      make({ id: "4", at: "2026-05-05T00:00:00Z" }),
    ];
    expect(ordered(list).map((one) => one.id)).toEqual(["4", "3", "2", "1"]);
  });

  it("say in words what is asked for and for how long", () => {
    expect(fieldWords(["name"])).toBe("name");
    expect(fieldWords(["name", "contact", "site"])).toBe("name, contact and site");
    expect(asksFor(make())).toBe("2 days");
  });

  it("are asked for and looked at by who writes in the case, not by approvers or observers", () => {
    const mine: Rights = { goesOn: true, writes: true, works: true, manages: false, department: "it" };
    expect(discloses(mine, "it_analyst")).toBe(true);
    expect(discloses(mine, "approver")).toBe(false);
    expect(discloses({ ...mine, writes: false }, "it_analyst")).toBe(false);
  });

  it("cannot be asked for before everything is said", () => {
    const asked = { subject: "S-1", fields: ["name"], purpose: "support", reason: "to help", hours: 48 };
    expect(lacks(asked)).toBe("");
    expect(lacks({ ...asked, fields: [] })).not.toBe("");
    expect(lacks({ ...asked, hours: 0 })).not.toBe("");
    expect(lacks({ ...asked, hours: 337 })).not.toBe("");
    expect(lacks({ ...asked, hours: Number.NaN })).not.toBe("");
    expect(lacks({ ...asked, reason: "  " })).not.toBe("");
  });

  it("reveal only what the vault answered", () => {
    const nothing: Revealed = {
      subject: "S-1",
      until: 0,
      name: null,
      contact: null,
      accounts: null,
      person_key: null,
      position: null,
      manager: null,
      site: null,
    };
    expect(revealedPairs(nothing)).toEqual([]);
    expect(
      revealedPairs({ ...nothing, name: "A B", contact: { mail: ["a@home.example"], phone: null } }),
    ).toEqual([
      ["name", "A B"],
      ["contact", "a@home.example"],
    ]);
  });
});

describe("approvals", () => {
  it("are what waits for me, the most urgent first, apart from what waits for others", () => {
    const { mine, others } = split([
      make({ id: "1", may_answer: true }),
      make({ id: "2", may_answer: true, lapses: "2026-05-05T00:00:00Z" }),
      make({ id: "3" }),
      make({ id: "4", status: "granted" }),
    ]);
    expect(mine.map((one) => one.id)).toEqual(["2", "1"]);
    expect(others.map((one) => one.id)).toEqual(["3"]);
  });
});

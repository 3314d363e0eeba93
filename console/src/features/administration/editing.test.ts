import { describe, expect, it } from "vitest";
import type { Colleague } from "../../api/colleagues";
import { changeOf, departmentOf, deputyChoices, draftOf, lacks, replaced } from "./editing";

const settings = { functions: [], deputies: [], absences: [], conflicts: [], chat: [], mail: null };
const make = (account: string, role: string, department: string | null, disabled = false): Colleague => ({
  account,
  role,
  department,
  away: false,
  managed: { disabled, created: "2026-05-04T08:00:00Z", settings },
});

describe("the form of a colleague", () => {
  it("begins with what is kept, or empty", () => {
    expect(draftOf(make("abel", "approver", "it")).department).toBe("it");
    expect(draftOf(make("ines", "it_analyst", "it")).department).toBeNull();
    expect(lacks(draftOf())).not.toBe("");
  });

  it("needs a department for an approver only", () => {
    const draft = { ...draftOf(), account: "abel", role: "approver" };
    expect(lacks(draft)).not.toBe("");
    expect(lacks({ ...draft, department: "it" })).toBe("");
    expect(departmentOf({ role: "it_analyst", department: null })).toBe("it");
    expect(departmentOf({ role: "auditor", department: "it" })).toBeNull();
    expect(changeOf({ ...draft, role: "auditor", department: "it" }).department).toBeNull();
  });

  it("offers deputies of the same department who work here", () => {
    const list = [
      make("ines", "it_analyst", "it"),
      make("ivan", "it_analyst", "it"),
      make("gone", "it_analyst", "it", true),
      make("carl", "corporate_investigator", "corporate"),
      make("sara", "staff", null),
    ];
    const draft = draftOf(list[0]);
    expect(deputyChoices(list, draft).map((one) => one.account)).toEqual(["ivan"]);
    const auditor = draftOf(make("uma", "auditor", null));
    expect(deputyChoices(list, auditor)).toEqual([]);
  });

  it("refuses an absence that ends before it begins and half a chat account", () => {
    const draft = { ...draftOf(), account: "ines" };
    const away = (from: string, until: string) =>
      lacks({ ...draft, settings: { ...settings, absences: [[from, until]] } });
    expect(away("2026-05-04T00:00:00Z", "2026-05-08T00:00:00Z")).toBe("");
    expect(away("2026-05-08T00:00:00Z", "2026-05-04T00:00:00Z")).not.toBe("");
    expect(lacks({ ...draft, settings: { ...settings, chat: [["slack", " "]] } })).not.toBe("");
  });

  it("changes one entry of a list, or takes it out", () => {
    expect(replaced([1, 2, 3], 1, 5)).toEqual([1, 5, 3]);
    expect(replaced([1, 2, 3], 1)).toEqual([1, 3]);
  });
});

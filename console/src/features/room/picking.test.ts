import { describe, expect, it } from "vitest";
import type { Colleague } from "../../api/colleagues";
import { choices } from "./picking";

const make = (account: string, role: string, department: string | null, away = false): Colleague => ({
  account,
  role,
  department,
  away,
  managed: null,
});
const list = [
  make("uma", "auditor", null),
  make("ines", "it_analyst", "it"),
  make("carl", "corporate_investigator", "corporate", true),
  make("ivan", "it_analyst", "it"),
];

describe("picking a colleague", () => {
  it("offers who is likely first, then by department, and leaves out who is there already", () => {
    expect(choices(list).map((one) => one.id)).toEqual(["carl", "ines", "ivan", "uma"]);
    expect(choices(list, ["ivan"], ["ines"]).map((one) => one.id)).toEqual(["ivan", "carl", "uma"]);
  });

  it("says who is away", () => {
    expect(choices(list)[0]?.text).toBe("carl: corporate investigator, corporate security, away");
  });
});

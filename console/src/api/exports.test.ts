import { expect, test } from "vitest";
import { exportName, exportPath, FORMATS } from "./exports";

test("an export of a day asks for that day only and is named after it", () => {
  const [stix, , csv] = FORMATS;
  expect(exportPath("alerts", stix, "2026-05-20")).toBe(
    "/alerts/export?format=stix&from=2026-05-20&to=2026-05-20",
  );
  expect(exportPath("indicators", csv)).toBe("/indicators/export?format=csv");
  expect(exportName("alerts", stix, "2026-05-20")).toBe("tandem-alerts-2026-05-20.stix.json");
  expect(exportName("cases", csv)).toBe("tandem-cases.csv");
});

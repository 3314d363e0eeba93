import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { TakenBack } from "./TakenBack";

const shown = (gone: Parameters<typeof TakenBack>[0]["gone"]) =>
  renderToStaticMarkup(createElement(TakenBack, { gone }));

test("without anything taken back nothing is shown", () => {
  expect(shown([])).toBe("");
});

test("a finding that no longer stands is told with its day and the reason", () => {
  const words =
    "Taken back on 2026-06-02: events that it rested on were erased, because their erasure was asked for.";
  const html = shown([
    {
      kind: "indicator",
      title: "Security log cleared",
      day: "2026-05-12",
      at: "2026-06-02T08:00:00Z",
      words,
    },
  ]);
  expect(html).toContain("Security log cleared");
  expect(html).toContain("2026-05-12");
  expect(html).toContain(words);
});

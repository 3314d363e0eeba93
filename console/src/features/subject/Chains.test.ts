import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";
import type { Chain, ChainStep } from "../../api/types";
import { Chains, standing } from "./Chains";

const step = (name: string, over: Partial<ChainStep> = {}): ChainStep => ({
  name,
  stage: "preparation",
  time: "2026-05-04T09:10:00Z",
  object: "plans.docx",
  event: "0a",
  count: 1,
  sentence: `${name} happened.`,
  reached: true,
  optional: false,
  ...over,
});

const missing = (name: string, optional = false): ChainStep =>
  step(name, {
    time: null,
    object: null,
    event: null,
    count: 0,
    sentence: "",
    reached: false,
    optional,
  });

const chain = (over: Partial<Chain> = {}): Chain => ({
  sequence: "s",
  title: "Collected, then taken out",
  complete: true,
  evidence: true,
  key: "plans.docx",
  steps: [step("collected"), step("taken out", { stage: "anti_forensics", event: "0b" })],
  ...over,
});

const shown = (chains: Chain[]) =>
  renderToStaticMarkup(createElement(Chains, { chains, open: () => undefined }));

test("without chains nothing is shown", () => {
  expect(shown([])).toBe("");
});

test("each step stands in order with stage, time and object, and its event can be opened", () => {
  const html = shown([chain()]);
  expect(html.indexOf("collected happened.")).toBeLessThan(html.indexOf("taken out happened."));
  expect(html).toContain("stage: anti-forensics");
  expect(html).toContain('dateTime="2026-05-04T09:10:00Z"');
  expect(html).toMatch(/<button type="button"[^>]*data-event="0b"[^>]*>taken out happened\.<\/button>/);
  expect(html.match(/plans\.docx/g)?.length).toBeGreaterThanOrEqual(3);
});

test("words say how far it has come, not colour", () => {
  const open = chain({
    complete: false,
    evidence: false,
    steps: [step("collected"), missing("checked", true), missing("taken out")],
  });
  expect(standing(open)).toBe("may still go on: 1 of 3 steps, adds nothing to the score");
  expect(standing({ ...open, evidence: true })).toBe("far enough to count: 1 of 3 steps");
  expect(standing(chain())).toBe("complete: 2 of 2 steps");
  const html = shown([open]);
  expect(html).toContain("not seen; not needed");
  expect(html).toContain(">not seen<");
});

test("a step that may not be read has neither time nor event", () => {
  const hidden = step("human-side context present", {
    time: null,
    object: null,
    event: null,
    sentence: "human-side context present",
  });
  const html = shown([chain({ steps: [hidden, step("bulk copy")] })]);
  expect(html.match(/<button/g)).toHaveLength(1);
  expect(html.match(/<time/g)).toHaveLength(1);
});

test("opening a step asks for its event", () => {
  const open = vi.fn();
  const find = (node: unknown): { onClick: () => void } | undefined => {
    if (!node || typeof node !== "object") return undefined;
    if (Array.isArray(node)) return node.map(find).find(Boolean);
    const element = node as { type?: unknown; props?: Record<string, unknown> };
    if (element.type === "button") return element.props as unknown as { onClick: () => void };
    if (typeof element.type === "function")
      return find((element.type as (props: unknown) => unknown)(element.props));
    return find(element.props?.children);
  };
  find(Chains({ chains: [chain()], open }))?.onClick();
  expect(open).toHaveBeenCalledWith("0a");
});

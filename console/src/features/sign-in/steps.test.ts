import { expect, test } from "vitest";
import { ApiError } from "../../api/errors";
import { after, codeMissing, isAppCode, isRecoveryCode, shownWays, wantsProof } from "./steps";

test("the server's answer says what comes next", () => {
  expect(after({ next: "done", ceremony: null })).toEqual({ at: "done" });
  expect(after({ next: "code", ceremony: "c1" })).toEqual({ at: "code", ceremony: "c1" });
  expect(after({ next: "code", ceremony: null }), "nothing to go on with").toEqual({ at: "password" });
});

test("codes are taken as apps and paper write them", () => {
  expect(isAppCode("123 456")).toBe(true);
  expect(isAppCode("12345")).toBe(false);
  expect(isRecoveryCode("0abc-DEFG-hjkm-npqr")).toBe(true);
  expect(isRecoveryCode("0abc-DEFG-hjkm")).toBe(false);
});

test("nothing is sent before there is a whole code", () => {
  expect(codeMissing(" ")).toMatch(/first/);
  expect(codeMissing("12345")).toMatch(/six digits/);
  expect(codeMissing("123456")).toBe("");
  expect(codeMissing("0ABC-DEFG-HJKM-NPQR")).toBe("");
});

test("a missing proof is told from other refusals", () => {
  expect(wantsProof(new ApiError(403, "prove_again", "…", "…"))).toBe(true);
  expect(wantsProof(new ApiError(403, "forbidden", "…", "…"))).toBe(false);
  expect(wantsProof(new Error("x"))).toBe(false);
});

test("a stranger is shown what is offered, somebody known what they have", () => {
  const offered = { password: true, passkey: true, provider: false };
  expect(shownWays(offered, true)).toEqual({ password: true, passkey: true, provider: false });
  expect(shownWays(offered, false).passkey, "the browser has none").toBe(false);
  const known = { account: "ines", has: ["passkey", "provider"] };
  expect(shownWays(offered, true, known)).toEqual({ password: false, passkey: true, provider: false });
});

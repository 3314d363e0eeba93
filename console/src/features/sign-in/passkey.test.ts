import { expect, test } from "vitest";
import { ApiError } from "../../api/errors";
import { hasPasskeys, refusalWords } from "./passkey";

test("a browser's refusal is said in plain words", () => {
  expect(refusalWords(new DOMException("x", "NotAllowedError"))?.what).toBe("No passkey was used");
  expect(refusalWords(new DOMException("x", "InvalidStateError"))?.hint).toContain("another device");
});

test("the server's refusals keep their own words", () => {
  expect(refusalWords(new ApiError(401, "passkey", "not known here", "try again"))).toBeNull();
  expect(refusalWords(undefined)).toBeNull();
});

test("no passkeys are offered where the browser has none", () => {
  expect(hasPasskeys()).toBe(false);
});

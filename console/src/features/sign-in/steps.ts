/** The steps of a sign-in by password, apart from how they look. */
import type { Step, Ways } from "../../api/account";
import { ApiError } from "../../api/errors";

/** Where somebody stands. */
export type Stage = { at: "password" } | { at: "code"; ceremony: string } | { at: "done" };

export const BEGIN: Stage = { at: "password" };

/** Where an answer of the server leads. */
export function after(step: Step): Stage {
  if (step.next === "done") return { at: "done" };
  return step.ceremony ? { at: "code", ceremony: step.ceremony } : BEGIN;
}

/** Six digits of an app, written in groups or not. */
export function isAppCode(typed: string): boolean {
  return /^\d{6}$/.test(typed.replace(/\s/g, ""));
}

/** A recovery code: sixteen letters and digits, with hyphens or not. */
export function isRecoveryCode(typed: string): boolean {
  return /^[0-9a-z]{16}$/i.test(typed.replace(/[\s-]/g, ""));
}

/** What is missing before a code can be sent; empty if nothing is. */
export function codeMissing(typed: string): string {
  if (isAppCode(typed) || isRecoveryCode(typed)) return "";
  return typed.trim() === ""
    ? "Type the code first."
    : "A code has six digits, a recovery code sixteen letters.";
}

/** True if the server wants a new proof of who somebody is. */
export function wantsProof(error: unknown): boolean {
  return error instanceof ApiError && error.code === "prove_again";
}

/** Somebody who is signed in and proves it again: only with what they have. */
export interface Known {
  account: string;
  /** Kinds of credentials. */
  has: string[];
}

/** Which of the offered ways are shown. */
export function shownWays(
  offered: Pick<Ways, "password" | "passkey" | "provider">,
  browser: boolean,
  known?: Known,
): { password: boolean; passkey: boolean; provider: boolean } {
  const has = (kind: string) => known === undefined || known.has.includes(kind);
  return {
    password: offered.password && has("password"),
    passkey: offered.passkey && browser && has("passkey"),
    provider: offered.provider && has("provider"),
  };
}

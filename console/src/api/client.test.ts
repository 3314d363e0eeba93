import { afterEach, describe, expect, it, vi } from "vitest";
import { forCase, get, rememberCsrf, send, sendFile } from "./client";
import { ApiError, toError } from "./errors";

afterEach(() => vi.unstubAllGlobals());

function answer(status: number, body: string) {
  const fetch = vi.fn(async (_address: string, _init?: RequestInit) => new Response(body, { status }));
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

describe("an error", () => {
  it("carries the server's words and the way out", () => {
    const error = toError(400, {
      error: { code: "query", message: "no column acount", hint: "did you mean account?" },
    });
    expect(error).toMatchObject({
      status: 400,
      code: "query",
      message: "no column acount",
      hint: "did you mean account?",
    });
  });

  it("is made of any answer", () => {
    expect(toError(502, "<html>").message).toBe("the server answered 502");
    expect(toError(500, null).hint).not.toBe("");
  });
});

describe("reading", () => {
  it("leaves out parameters without a value", async () => {
    const fetch = answer(200, "{}");
    await get("/queue", { day: "2026-05-04", level: undefined, q: "" });
    expect(fetch.mock.calls[0]?.[0]).toBe("/api/v1/queue?day=2026-05-04");
  });

  it("throws what the server refused", async () => {
    answer(403, JSON.stringify({ error: { code: "forbidden", message: "no", hint: "ask" } }));
    await expect(get("/subjects")).rejects.toMatchObject({ status: 403, code: "forbidden" });
  });

  it("says so when the server cannot be reached", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("failed to fetch");
    });
    await expect(get("/queue")).rejects.toBeInstanceOf(ApiError);
    await expect(get("/queue")).rejects.toMatchObject({ code: "offline" });
  });
});

describe("a request for a case", () => {
  it("says so, whether it reads or writes", async () => {
    const fetch = answer(200, "{}");
    fetch.mockImplementation(async () => new Response("{}"));
    await get("/alerts/a", {}, forCase("C-2026-0001"));
    await send("/query", {}, "POST", forCase("C-2026-0001"));
    expect(fetch.mock.calls[0]?.[1]).toMatchObject({ headers: { "x-tandem-case": "C-2026-0001" } });
    expect(fetch.mock.calls[1]?.[1]).toMatchObject({
      method: "POST",
      headers: { "x-tandem-case": "C-2026-0001", "content-type": "application/json" },
    });
    expect(forCase(undefined)).toEqual({});
  });
});

describe("writing", () => {
  it("sends a file as it is, with its type and the token", async () => {
    const fetch = answer(200, "{}");
    rememberCsrf("token-2");
    const file = new Blob(["a,b"], { type: "text/csv" });
    await sendFile("/cases/C-2026-0001/evidence", { name: "a b.csv", source: "mail" }, file);
    expect(fetch.mock.calls[0]?.[0]).toBe("/api/v1/cases/C-2026-0001/evidence?name=a+b.csv&source=mail");
    expect(fetch.mock.calls[0]?.[1]).toMatchObject({
      body: file,
      headers: { "content-type": "text/csv", "x-tandem-csrf": "token-2" },
    });
  });

  it("carries the token that a foreign page cannot know", async () => {
    const fetch = answer(200, "{}");
    fetch.mockImplementation(async () => new Response(null, { status: 204 }));
    rememberCsrf("token-1");
    await send("/alerts/a/status", { status: "closed" });
    expect(fetch.mock.calls[0]?.[1]).toMatchObject({
      method: "POST",
      headers: { "x-tandem-csrf": "token-1" },
    });
  });
});

import { describe, expect, it, vi } from "vitest";
import { readLines } from "./ndjson";

const LINES = [
  { kind: "plan", days: 2 },
  { kind: "events", events: [{ what: "Köln → “Übergabe” 🗝️" }] },
  { kind: "end" },
];
const BYTES = new TextEncoder().encode(`${LINES.map((line) => JSON.stringify(line)).join("\n")}\n`);

/** A body that hands out these pieces one after another. */
function body(pieces: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

async function read(stream: ReadableStream<Uint8Array>): Promise<unknown[]> {
  const all: unknown[] = [];
  await readLines(stream, (lines) => all.push(...lines));
  return all;
}

describe("an answer line by line", () => {
  it("is the same wherever the network cuts it, also within a letter", async () => {
    for (let cut = 0; cut <= BYTES.length; cut += 1) {
      const pieces = [BYTES.slice(0, cut), BYTES.slice(cut)];
      expect(await read(body(pieces)), `cut at ${cut}`).toEqual(LINES);
    }
    expect(await read(body([...BYTES].map((byte) => Uint8Array.of(byte))))).toEqual(LINES);
  });

  it("hands on lines as soon as they are whole, those of a piece together", async () => {
    const heard = vi.fn();
    const text = (words: string) => new TextEncoder().encode(words);
    await readLines(body([text('{"a":1}\n{"a":2}\n{"a"'), text(":3}\n")]), heard);
    expect(heard.mock.calls).toEqual([[[{ a: 1 }, { a: 2 }]], [[{ a: 3 }]]]);
  });

  it("may lack its last line end, and have empty lines", async () => {
    expect(await read(body([new TextEncoder().encode('\n{"a":1}\r\n\n{"a":2}')]))).toEqual([
      { a: 1 },
      { a: 2 },
    ]);
    expect(await read(body([]))).toEqual([]);
  });

  it("is broken where a line is no JSON: what came before was heard, and reading ends", async () => {
    const cancelled = vi.fn();
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"a":1}\n')),
      pull: (controller) => controller.enqueue(new TextEncoder().encode("<html>\n")),
      cancel: cancelled,
    });
    const heard = vi.fn();
    await expect(readLines(stream, heard)).rejects.toMatchObject({ code: "broken" });
    expect(heard).toHaveBeenCalledExactlyOnceWith([{ a: 1 }]);
    expect(cancelled).toHaveBeenCalledOnce();
  });

  it("passes on why the connection was lost", async () => {
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new TypeError("network error")),
    });
    await expect(readLines(stream, () => undefined)).rejects.toThrow("network error");
  });
});

describe("stopping", () => {
  it("ends a reading that waits, and tells the far side", async () => {
    const cancelled = vi.fn();
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"a":1}\n')),
      cancel: cancelled,
    });
    const controller = new AbortController();
    const heard = vi.fn(() => controller.abort());
    await expect(readLines(stream, heard, controller.signal)).rejects.toMatchObject({ name: "AbortError" });
    expect(heard).toHaveBeenCalledOnce();
    expect(cancelled).toHaveBeenCalledOnce();
  });

  it("before the beginning reads nothing", async () => {
    const heard = vi.fn();
    await expect(readLines(body([BYTES]), heard, AbortSignal.abort())).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(heard).not.toHaveBeenCalled();
  });
});

/** Reading an answer that comes line by line (NDJSON), each line a JSON value, however the network cuts it. */
import { ApiError } from "./errors";

const BROKEN_HINT = "run it again; if it happens again, look into the server's log";

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new ApiError(0, "broken", "a line of the answer cannot be read", BROKEN_HINT);
  }
}

/**
 * Hands on the lines of a body as they become whole: those of one piece together.
 * Throws if a line is no JSON, and the signal's reason once it is aborted; then nothing more is read or handed on.
 */
export async function readLines(
  body: ReadableStream<Uint8Array>,
  heard: (lines: unknown[]) => void,
  signal?: AbortSignal,
): Promise<void> {
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => undefined);
  signal?.addEventListener("abort", cancel, { once: true });
  const decoder = new TextDecoder();
  let rest = "";
  const hand = (text: string) => {
    const pieces = (rest + text).split("\n");
    rest = pieces.pop() ?? "";
    const lines = pieces.filter((line) => line.trim() !== "").map(parsed);
    if (lines.length > 0) heard(lines);
  };
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      signal?.throwIfAborted();
      if (done) break;
      hand(decoder.decode(value, { stream: true }));
    }
    // A last line may lack its end.
    hand(`${decoder.decode()}\n`);
  } catch (error) {
    cancel();
    throw error;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

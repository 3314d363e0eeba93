import { describe, expect, it } from "vitest";
import { jobWords, kindWords, plainFailure, replayable, standing } from "./connecting";

describe("a connector", () => {
  it("is failing only if it failed after it worked", () => {
    const failed = { at: "2026-05-04T10:00:00Z", said: "x" };
    const never = { kind: "mail", arrived: null, failed: null };
    expect(standing(never)).toBe("not tried yet");
    expect(standing({ ...never, failed })).toBe("failing");
    expect(standing({ ...never, failed, arrived: "2026-05-04T09:00:00Z" })).toBe("failing");
    expect(standing({ ...never, failed, arrived: "2026-05-04T11:00:00Z" })).toBe("works");
    expect(standing({ ...never, kind: null, failed })).toBe("switched off");
    expect(kindWords(null)).toBe("not in the settings any more");
    expect(kindWords("pigeon")).toBe("pigeon");
  });

  it("says in plain words what went wrong, and leaves alone what it does not know", () => {
    expect(plainFailure("slack: refused: channel_not_found")).toBe("slack said no: channel_not_found");
    expect(plainFailure("webhook: not reached: error: tcp connect")).toBe(
      "webhook could not be reached: error: tcp connect",
    );
    expect(plainFailure("slack: asks for a pause")).toBe("slack asks for a pause");
    expect(plainFailure("given up after 250 attempts: mail: not reached: no route")).toBe(
      "given up after 250 attempts; at last mail could not be reached: no route",
    );
    expect(plainFailure("stopped by the redaction gate: a name")).toBe(
      "stopped by the redaction gate: a name",
    );
  });
});

describe("a dead letter", () => {
  it("can be sent again unless that would do nothing", () => {
    expect(replayable({ cause: "refused" })).toBe(true);
    expect(replayable({ cause: "gate" })).toBe(true);
    expect(replayable({ cause: "unreadable" })).toBe(false);
    expect(replayable({ cause: "unconfigured" })).toBe(false);
    expect(jobWords("open_room")).toBe("a room for a case");
    expect(jobWords("new_thing")).toBe("new thing");
  });
});

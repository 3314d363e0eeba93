import { describe, expect, it } from "vitest";
import { accepted, type Suggestion, suggested } from "./suggest";

const KNOWN = { fields: ["ShareName", "device"], values: { device: ["WS-200", "WS 2"], source: ["mail"] } };
const texts = (query: string, at = query.length, asked = false) =>
  suggested(query, at, KNOWN, asked)?.list.map(({ text }) => text) ?? null;

describe("what is offered while typing", () => {
  it("is names of fields, those first that begin so, own ones among them", () => {
    expect(texts("not dev")).toEqual(["device"]);
    expect(texts("(file_n")).toEqual(["file_name"]);
    expect(texts("share")).toEqual(["ShareName"]);
    expect(texts("host")?.slice(0, 2)).toEqual(["src_host", "dst_host"]);
  });

  it("is modifiers behind the bar, and values behind the colon", () => {
    expect(texts("file_name|end")).toEqual(["endswith"]);
    expect(texts("device:ws")).toEqual(["WS-200", "WS 2"]);
    expect(texts("class:authent")).toEqual(["authentication"]);
    expect(texts("source|contains:m")).toEqual(["mail"]);
    expect(texts("device:WS-200")).toBeNull();
  });

  it("is nothing within quotes, for unknown names, and before anything is typed unless asked", () => {
    expect(texts('file_name:"dev')).toBeNull();
    expect(texts("zzzz")).toBeNull();
    expect(texts("a ")).toBeNull();
    expect(texts("a ", 2, true)?.[0]).toBe("account");
  });
});

describe("what is taken", () => {
  const take = (query: string, at: number, which = 0) => {
    const offered = suggested(query, at, KNOWN);
    return offered && accepted(query, offered, offered.list[which] as Suggestion);
  };

  it("takes the place of the word, and the cursor goes behind it", () => {
    expect(take("a dev or b", 5)).toEqual({ query: "a device: or b", at: 9 });
    expect(take("devi:x", 3)).toEqual({ query: "device:x", at: 7 });
    expect(take("file_name|end", 13)).toEqual({ query: "file_name|endswith:", at: 19 });
  });

  it("is quoted where it must be, with one space behind it", () => {
    expect(take("device:ws", 9, 1)).toEqual({ query: 'device:"WS 2" ', at: 14 });
    expect(take("device:ws x", 9)).toEqual({ query: "device:WS-200 x", at: 13 });
  });
});

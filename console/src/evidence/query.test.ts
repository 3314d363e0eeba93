import { describe, expect, it } from "vitest";
import { canBeAsked, clauses, offsetOf, ownField, placeOf, quote, termOf, tokens, withTerm } from "./query";

describe("a value", () => {
  it("stands as it is where it means just itself", () => {
    for (const value of ["jdoe", "4663", "jane.doe@corp.example", "WS-200", "Müller"])
      expect(quote(value)).toBe(value);
  });

  it("is quoted where it would mean more, and loses what wildcards mean", () => {
    expect(quote("two words")).toBe('"two words"');
    expect(quote("and")).toBe('"and"');
    expect(quote("OR")).toBe('"OR"');
    expect(quote("")).toBe('""');
    expect(quote("a(b)")).toBe('"a(b)"');
    expect(quote('say "no"')).toBe('"say ""no"""');
    expect(quote("*.x?sx")).toBe('"\\*.x\\?sx"');
    expect(quote("\\\\fs1\\sales\\")).toBe('"\\\\\\\\fs1\\\\sales\\\\"');
    expect(quote("https://x/y")).toBe('"https://x/y"');
  });

  it("with a line end, which quotes cannot hold, fits any one character there", () => {
    expect(quote("a\nb\tc")).toBe('"a?b?c"');
  });
});

describe("a field", () => {
  it("is quoted where its name is no plain word", () => {
    expect(termOf("winlog.event_data.ShareName", "x")).toBe("winlog.event_data.ShareName:x");
    expect(termOf("Threat Name", "a b")).toBe('"Threat Name":"a b"');
    expect(termOf("not", "a")).toBe('"not":a');
  });

  it("of a source's own is marked where a column has its name", () => {
    expect(ownField("device")).toBe("fields.device");
    expect(ownField("time")).toBe("fields.time");
    expect(ownField("Device")).toBe("Device");
  });

  it("with a colon, a bar or a quote in its name cannot be asked for", () => {
    expect(["a:b", "a|b", 'a"b', "", " a", "a\nb"].filter(canBeAsked)).toEqual([]);
    expect(canBeAsked("Threat Name")).toBe(true);
  });
});

describe("tokens", () => {
  it("are the query again when joined, and know their kinds", () => {
    const query = 'account:jdoe AND not (file_name|endswith:".x ""y""" or "Threat Name":(a b)) word';
    const found = tokens(query);
    expect(found.map(({ text }) => text).join("")).toBe(query);
    const kinds = found.filter(({ kind }) => kind !== "space").map(({ kind, text }) => `${kind} ${text}`);
    expect(kinds).toEqual([
      "field account:",
      "value jdoe",
      "operator AND",
      "operator not",
      "bracket (",
      "field file_name|endswith:",
      'quoted ".x ""y"""',
      "operator or",
      'field "Threat Name":',
      "bracket (",
      "value a",
      "value b",
      "bracket )",
      "bracket )",
      "value word",
    ]);
  });

  it("take a value with colons whole, and a backslash before a quote as nothing special", () => {
    const texts = tokens('src_ip:fe80::1 file_path:"C:\\Program Files\\" x').map(({ text }) => text);
    expect(texts).toEqual(["src_ip:", "fe80::1", " ", "file_path:", '"C:\\Program Files\\"', " ", "x"]);
  });

  it("come to an end on anything", () => {
    for (const query of ['"', "((((", "a:", ":", "\\", '""""', "not", 'a:"', ")x("])
      expect(
        tokens(query)
          .map(({ text }) => text)
          .join(""),
      ).toBe(query);
  });
});

describe("clauses", () => {
  it("are the terms that all have to hold", () => {
    expect(clauses("a:b and not c:(d or e) NOT  f (g or h)")).toEqual([
      "a:b",
      "not c:(d or e)",
      "not f",
      "(g or h)",
    ]);
    expect(clauses('a:"x or y"')).toEqual(['a:"x or y"']);
  });

  it("are none where `or` stands between them, or something has no end", () => {
    for (const query of ["a or b", "a OR b c", "(a", "a)", 'a:"b']) expect(clauses(query), query).toBeNull();
  });
});

describe("a condition more", () => {
  const term = termOf("device", "WS-200");

  it("begins a search, or joins what is there", () => {
    expect(withTerm("  ", term, "add")).toBe("device:WS-200");
    expect(withTerm("account:jdoe", term, "add")).toBe("account:jdoe device:WS-200");
    expect(withTerm("account:jdoe", term, "exclude")).toBe("account:jdoe not device:WS-200");
  });

  it("holds for both sides of an `or`, so those go into brackets", () => {
    expect(withTerm("a or b", term, "add")).toBe("(a or b) and device:WS-200");
    expect(withTerm("a b OR c", term, "exclude")).toBe("(a b OR c) and not device:WS-200");
    expect(withTerm("(a or b)", term, "add")).toBe("(a or b) device:WS-200");
    expect(withTerm('x:"a or b"', term, "add")).toBe('x:"a or b" device:WS-200');
  });

  it("is not said twice, and takes the place of its opposite", () => {
    expect(withTerm("a device:WS-200", term, "add")).toBe("a device:WS-200");
    expect(withTerm("a and NOT device:WS-200 b", term, "add")).toBe("a b device:WS-200");
    expect(withTerm("device:WS-200 a", term, "exclude")).toBe("a not device:WS-200");
    expect(withTerm("not device:WS-200", term, "exclude")).toBe("not device:WS-200");
  });

  it("leaves a search without its end for the server to refuse", () => {
    expect(withTerm('a:"b', term, "add")).toBe('a:"b device:WS-200');
    expect(withTerm("(a or b", term, "add")).toBe("(a or b device:WS-200");
  });
});

describe("a mistake", () => {
  it("has its place in the message, counted in characters", () => {
    expect(placeOf("a value is expected right behind the colon (line 2, column 9)")).toEqual({
      line: 2,
      column: 9,
    });
    expect(placeOf("no such thing")).toBeNull();
    expect(offsetOf("ab\ncd", { line: 2, column: 2 })).toBe(4);
    expect(offsetOf("🗝️🗝️", { line: 1, column: 3 })).toBe("🗝️".length);
    expect(offsetOf("ab", { line: 1, column: 3 })).toBe(2);
    expect(offsetOf("ab", { line: 1, column: 4 })).toBeNull();
    expect(offsetOf("ab", { line: 2, column: 1 })).toBeNull();
  });
});

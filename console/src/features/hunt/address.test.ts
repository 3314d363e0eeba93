import { describe, expect, it } from "vitest";
import { parseSearch, textOnly, writeSearch } from "../../url";
import { type Asked, addressOf, askedOf, fromForm } from "./address";

const SOME = { last: "30d", limit: 500, columns: [] as string[] };
const THERE: Asked[] = [
  { ...SOME, query: "" },
  { query: 'account:jdoe "a & b=c" 100% +x\nnot #y', ...SOME },
  {
    ...SOME,
    columns: ["file_name", "winlog.event_data.ShareName"],
    query: "a",
    last: "any",
    limit: 2000,
    subject: "S-04J8X1",
  },
  { ...SOME, query: "", last: "7d", subject: "S-04J8X1" },
  { ...SOME, query: "a", limit: 10_000, from: "2026-05-04T09:00:00Z", to: "2026-05-04T09:59:59.999999Z" },
];

describe("a search in the address", () => {
  it("comes back as it was written, and runs", () => {
    for (const asked of THERE) {
      const back = askedOf(textOnly(parseSearch(writeSearch({ ...addressOf(asked) }))));
      expect(back).toMatchObject({ ...asked, run: true });
      expect(addressOf(back)).toEqual(addressOf(asked));
    }
  });

  it("is none where the address says nothing", () => {
    expect(askedOf({}).run).toBe(false);
    expect(askedOf({ last: "7d" }).run).toBe(false);
  });

  it("shows a bounded number of events, whatever stands there", () => {
    for (const limit of ["0", "-1", "x", "1.5", ""]) expect(askedOf({ limit }).limit).toBe(500);
    expect(askedOf({ limit: "999999" }).limit).toBe(10_000);
  });
});

describe("an address of the form of earlier days", () => {
  it("becomes the words of the search, over the time that it had", () => {
    expect(
      fromForm({
        account: "JDoe",
        source: "file server",
        class: "file_activity",
        text: "a b",
        from: "2026-05-01",
      }),
    ).toEqual({
      q: 'account:jdoe source:"file server" class:file_activity "a b"',
      from: "2026-05-01",
      subject: undefined,
      last: undefined,
      to: undefined,
      limit: undefined,
      columns: undefined,
      all: undefined,
      account: undefined,
      source: undefined,
      class: undefined,
      text: undefined,
    });
  });

  it("with a subject alone searches all time for it, as before", () => {
    const now = fromForm({ subject: "S-04J8X1", case: "C-2026-0001" });
    expect(now).toMatchObject({ subject: "S-04J8X1", last: "any", all: "1" });
    expect(now).not.toHaveProperty("case");
  });

  it("is turned once: what came of it is of today", () => {
    for (const old of [{ account: "jdoe" }, { subject: "S-1" }, { text: "x" }, { class: "authentication" }]) {
      const now = fromForm(old);
      expect(now).not.toBeNull();
      expect(fromForm(textOnly({ ...now }))).toBeNull();
      expect(askedOf(textOnly({ ...now })).run).toBe(true);
    }
    expect(fromForm({})).toBeNull();
    expect(fromForm({ q: "a", subject: "S-1" })).toBeNull();
  });
});

/** Lines of a unified diff with what each is. */
export interface DiffLine {
  text: string;
  kind: "added" | "removed" | "place" | "same";
}

export function diffLines(diff: string): DiffLine[] {
  return diff
    .replace(/\n$/, "")
    .split("\n")
    .map((text) => {
      if (text.startsWith("@@") || text.startsWith("---") || text.startsWith("+++"))
        return { text, kind: "place" };
      if (text.startsWith("+")) return { text, kind: "added" };
      return { text, kind: text.startsWith("-") ? "removed" : "same" };
    });
}

import { diffLines } from "./diff";

const MARKS = {
  added: "var(--minus)",
  removed: "var(--plus)",
  place: "var(--ink-2)",
  same: "inherit",
} as const;

/** A unified diff to be read; each line begins with its sign, so colour only helps. */
export function Diff({ text }: { text: string }) {
  return (
    <pre tabIndex={0}>
      {diffLines(text).map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place alone
        <span key={at} style={{ color: MARKS[line.kind], display: "block" }}>
          {line.text === "" ? " " : line.text}
        </span>
      ))}
    </pre>
  );
}

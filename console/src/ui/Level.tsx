import { LEVEL_MEANS } from "../words/labels";

const SHAPES: Record<string, string> = {
  act: "M5 0 L10 9.5 H0 Z",
  review: "M5 0 L10 5 L5 10 L0 5 Z",
  watch: "M5 0.5 A4.5 4.5 0 1 1 4.99 0.5 Z",
  low: "M0 4 H10 V6 H0 Z",
};

/** A risk level: by word, shape and colour. */
export function Level({ level }: { level: string }) {
  return (
    <span className={`badge ${level}`} title={LEVEL_MEANS[level]}>
      <svg viewBox="0 0 10 10" aria-hidden="true">
        <path d={SHAPES[level] ?? SHAPES.low} />
      </svg>
      {level}
    </span>
  );
}

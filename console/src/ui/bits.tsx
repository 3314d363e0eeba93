import type { ReactNode } from "react";
import { groupTags, impactWords, said } from "../words/labels";

/** A small word in a frame. */
export function Tag({ children, human = false }: { children: ReactNode; human?: boolean }) {
  return <span className={human ? "tag human" : "tag"}>{children}</span>;
}

/** Which kinds of evidence there are. */
export function Groups({ groups }: { groups: string[] }) {
  return groupTags(groups).map((tag) => (
    <Tag key={tag.text} human={tag.side === "human"}>
      {tag.text}
    </Tag>
  ));
}

/** Impact as a number of its own, beside the likelihood. */
export function Impact({ impact }: { impact: number }) {
  return (
    <span className="pips small muted" title={`impact ${impactWords(impact)}`}>
      impact {impact}
      <span aria-hidden="true">
        {[1, 2, 3].map((step) => (
          <i key={step} className={step <= impact ? "on" : ""} />
        ))}
      </span>
    </span>
  );
}

/** Where an alert stands. */
export function Status({ status, verdict }: { status: string; verdict?: string | null | undefined }) {
  return (
    <span className={`status small muted nowrap ${status}`}>
      {said(status)}
      {verdict ? `: ${said(verdict)}` : ""}
    </span>
  );
}

/** A choice of few, as joined buttons. */
export function Segments({
  label,
  options,
  value,
  pick,
}: {
  label: string;
  options: { id: string; text: string }[];
  value: string;
  pick: (id: string) => void;
}) {
  return (
    <fieldset className="segments" aria-label={label} style={{ padding: 0, margin: 0 }}>
      {options.map((option) => (
        <button
          key={option.id}
          type="button"
          aria-pressed={option.id === value}
          onClick={() => pick(option.id)}
        >
          {option.text}
        </button>
      ))}
    </fieldset>
  );
}

/** A drop-down with a label. */
export function Choice({
  label,
  value,
  options,
  pick,
}: {
  label: string;
  value: string;
  options: (string | { id: string; text: string })[];
  pick: (value: string) => void;
}) {
  return (
    <label className="field">
      {label}
      <select value={value} onChange={(event) => pick(event.target.value)}>
        {options.map((option) => {
          const { id, text } = typeof option === "string" ? { id: option, text: said(option) } : option;
          return (
            <option key={id} value={id}>
              {text}
            </option>
          );
        })}
      </select>
    </label>
  );
}

/** Names and values. */
export function Pairs({ pairs, caption }: { pairs: [string, ReactNode][]; caption: string }) {
  return (
    <table>
      <caption className="sr">{caption}</caption>
      <tbody>
        {pairs.map(([name, value], at) => (
          <tr key={`${name}-${at.toString()}`}>
            <th scope="row" className="nowrap">
              {name}
            </th>
            <td className="mono break">{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

import { useEffect, useState } from "react";

/** A field that searches on Enter or when left; `/` focuses a page's first one. */
export function SearchField({
  label,
  value,
  search,
  second = false,
}: {
  label: string;
  value: string;
  search: (text: string) => void;
  second?: boolean;
}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const send = () => text.trim() !== value && search(text.trim());
  return (
    <label className="field">
      {label}
      <input
        type="search"
        value={text}
        data-search={second ? undefined : true}
        onChange={(event) => setText(event.target.value)}
        onBlur={send}
        onKeyDown={(event) => event.key === "Enter" && send()}
      />
    </label>
  );
}

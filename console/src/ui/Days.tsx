import { useUrl } from "../url";

/** From which day to which a page looks, kept in the address; without either the last quarter of a year. */
export function Days({ first, last }: { first: string; last: string }) {
  const [url, change] = useUrl();
  return (
    <section className="panel row end" aria-label="of when">
      {(["from", "to"] as const).map((name) => (
        <label key={name} className="field">
          {name === "from" ? first : last}
          <input
            type="date"
            value={url[name] ?? ""}
            onChange={(event) => change({ [name]: event.target.value || undefined })}
          />
        </label>
      ))}
      {(url.from || url.to) && (
        <button type="button" onClick={() => change({ from: undefined, to: undefined })}>
          The last 91 days
        </button>
      )}
    </section>
  );
}

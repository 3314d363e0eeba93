import { Link } from "@tanstack/react-router";

/** A subject, always by pseudonym. The only component that says who somebody is. */
export function Pseudonym({
  id,
  at,
  plain = false,
}: {
  id: string;
  at?: string | undefined;
  plain?: boolean;
}) {
  if (plain) return <span className="mono">{id}</span>;
  return (
    <Link
      to="/subjects/$id"
      params={{ id }}
      search={at ? { at } : {}}
      className="mono"
      title="open this subject's story"
    >
      {id}
    </Link>
  );
}

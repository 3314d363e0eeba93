import { Link } from "@tanstack/react-router";
import { useCase } from "../url";

/** A subject, always by pseudonym. The only component that says who somebody is. */
export function Pseudonym({
  id,
  at,
  plain = false,
  forCase,
}: {
  id: string;
  at?: string | undefined;
  plain?: boolean;
  /** The case for which the story is opened; else the one of the address. */
  forCase?: string | undefined;
}) {
  const here = useCase();
  if (plain) return <span className="mono">{id}</span>;
  return (
    <Link
      to="/subjects/$id"
      params={{ id }}
      search={{ at, case: forCase ?? here }}
      className="mono"
      title="open this subject's story"
    >
      {id}
    </Link>
  );
}

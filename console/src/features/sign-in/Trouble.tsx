import { ApiError } from "../../api/errors";
import { refusalWords } from "./passkey";

/** What went wrong with a sign-in or a credential, and the way out. */
export function Trouble({ error }: { error: unknown }) {
  if (!error) return null;
  const known = error instanceof ApiError ? { what: error.message, hint: error.hint } : refusalWords(error);
  const { what, hint } = known ?? { what: "Something went wrong", hint: String(error) };
  return (
    <div className="panel failure" role="alert">
      <p>
        <b>{sentence(what)}</b>
      </p>
      <p>{sentence(hint)}</p>
    </div>
  );
}

/** With a capital letter in front and a full stop behind. */
function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

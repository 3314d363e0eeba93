import { createContext, type ReactNode, useContext, useId } from "react";
import { Drawer } from "./Drawer";
import { Failure } from "./states";

/** Something that is sent: whether it is on its way, and why it was refused. */
export interface Sending {
  error: Error | null;
  isPending: boolean;
}

/** Id of the words that say what a question still lacks. */
const Hint = createContext<string | undefined>(undefined);

/** A form over the page: what it asks for, what is missing yet, and the server's refusal if it comes. */
export function Question({
  title,
  action,
  missing,
  sending,
  submit,
  close,
  middle = true,
  children,
}: {
  title: string;
  /** What the button says. */
  action: string;
  /** What has to be filled in first; nothing if it can be sent. */
  missing: string;
  sending: Sending;
  submit: () => void;
  close: () => void;
  /** In the middle of the page instead of at its side. */
  middle?: boolean;
  children?: ReactNode;
}) {
  const hint = useId();
  return (
    <Drawer middle={middle} title={title} close={close}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (missing === "") submit();
        }}
      >
        <Hint value={hint}>{children}</Hint>
        <Send action={action} missing={missing} sending={sending} hint={hint} />
      </form>
    </Drawer>
  );
}

/** Words that a question asks for. */
export function Words({
  label,
  value,
  change,
  most = 4000,
  rows = 3,
}: {
  label: string;
  value: string;
  change: (value: string) => void;
  /** Characters. */
  most?: number;
  rows?: number;
}) {
  return (
    <label className="field">
      {label}
      <textarea
        rows={rows}
        maxLength={most}
        value={value}
        aria-describedby={useContext(Hint)}
        onChange={(event) => change(event.target.value)}
      />
    </label>
  );
}

/** The end of a form: the refusal, the button, and what is missing. */
export function Send({
  action,
  missing,
  sending,
  hint,
}: {
  action: string;
  missing: string;
  sending: Sending;
  hint?: string;
}) {
  return (
    <>
      {sending.error && <Failure error={sending.error} />}
      <div className="row">
        <button
          type="submit"
          className="primary"
          disabled={missing !== "" || sending.isPending}
          aria-describedby={hint}
        >
          {action}
        </button>
        <span className="muted small" role="status" id={hint}>
          {missing}
        </span>
      </div>
    </>
  );
}

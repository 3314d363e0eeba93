import { type ReactNode, useId, useState } from "react";
import { type Command, useCommand } from "../../api/cases";
import { Drawer } from "../../ui/Drawer";
import { Failure } from "../../ui/states";
import { useRoom } from "./room";

type Asked = Omit<Parameters<typeof AskIn>[0], "of">;

/** A question before a command in the room's case. */
export function Ask(asked: Asked) {
  const { id } = useRoom();
  return <AskIn of={id} {...asked} />;
}

/** A question before a command in a case: what it needs, why, and the server's refusal if it comes. */
export function AskIn({
  of,
  title,
  action,
  close,
  command,
  label = "why",
  most = 4000,
  missing = "",
  children,
}: {
  /** Number of the case. */
  of: string;
  title: string;
  /** What the button says. */
  action: string;
  close: () => void;
  command: (text: string) => Command;
  label?: string;
  most?: number;
  /** What has to be filled in besides the text. */
  missing?: string;
  children?: ReactNode;
}) {
  const [text, setText] = useState("");
  const run = useCommand(of);
  const lacks = missing || (text.trim() === "" ? "Say why, in a line, first." : "");
  const wanted = label === "why" ? lacks : missing || (text.trim() === "" ? "Fill in the text first." : "");
  const hint = useId();
  return (
    <Drawer middle title={title} close={close}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted === "") run.mutate(command(text.trim()), { onSuccess: close });
        }}
      >
        {children}
        <label className="field">
          {label}
          <textarea
            rows={3}
            maxLength={most}
            value={text}
            aria-describedby={hint}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        {run.error && <Failure error={run.error} />}
        <div className="row">
          <button type="submit" className="primary" disabled={wanted !== "" || run.isPending}>
            {action}
          </button>
          <span className="muted small" role="status" id={hint}>
            {wanted}
          </span>
        </div>
      </form>
    </Drawer>
  );
}

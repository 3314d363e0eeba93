import { type ReactNode, useState } from "react";
import { type Command, useCommand } from "../../api/cases";
import { Question, Words } from "../../ui/Question";
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
  return (
    <Question
      title={title}
      action={action}
      missing={wanted}
      sending={run}
      submit={() => run.mutate(command(text.trim()), { onSuccess: close })}
      close={close}
    >
      {children}
      <Words label={label} value={text} change={setText} most={most} />
    </Question>
  );
}

import { Menu } from "@base-ui/react/menu";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useRef, useState } from "react";
import { useSession } from "../session/session";
import { useCase } from "../url";
import { FILES, HOSTS } from "../words/fields";
import styles from "./Pivot.module.css";
import { type Pivoting, usePivot, VALUE_MOST } from "./pivoting";
import { canBeAsked } from "./query";

/** What the search for nothing but this value is called. */
function aloneWords(field: string): string {
  if (HOSTS.has(field)) return "Only this host";
  return FILES.has(field) ? "Only this file" : "Search for this alone";
}

/** A value of an event, from which searches for it begin; plain for who may not search. */
export function Pivot({
  field,
  value,
  subject,
  children,
}: {
  /** As searches call it. */
  field: string;
  value: string;
  /** Pseudonym of whom the event is about, as far as it may be shown. */
  subject?: string | null | undefined;
  children?: ReactNode;
}) {
  const { hunts } = useSession().capabilities;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const shown = children ?? value;
  if (!hunts || value === "" || value.length > VALUE_MOST || !canBeAsked(field)) return <>{shown}</>;
  return (
    <>
      <button
        ref={button}
        type="button"
        className={styles.value}
        aria-haspopup="menu"
        aria-expanded={open}
        data-pivot={field}
        onClick={() => setOpen(true)}
      >
        {shown}
      </button>
      {open && (
        <Choices field={field} value={value} subject={subject} button={button} close={() => setOpen(false)} />
      )}
    </>
  );
}

function Choices({
  field,
  value,
  subject,
  button,
  close,
}: {
  field: string;
  value: string;
  subject: string | null | undefined;
  button: React.RefObject<HTMLButtonElement | null>;
  close: () => void;
}) {
  const pivot = usePivot();
  const forCase = useCase();
  const choices: { how: Pivoting; words: string }[] = [
    { how: "add", words: "Only with this" },
    { how: "exclude", words: "Leave this out" },
    { how: "alone", words: aloneWords(field) },
  ];
  return (
    <Menu.Root open onOpenChange={(open) => !open && close()}>
      <Menu.Portal>
        <Menu.Positioner className={styles.layer} anchor={button} align="start" sideOffset={4}>
          <Menu.Popup className={styles.popup} finalFocus={button} aria-label={`${field}: ${value}`}>
            <div className={styles.name} aria-hidden="true">
              {field}: <span className="mono">{value.length > 80 ? `${value.slice(0, 80)}…` : value}</span>
            </div>
            {choices.map(({ how, words }) => (
              <Menu.Item
                key={how}
                className={styles.item ?? ""}
                onClick={() => pivot.term(field, value, how)}
              >
                {words}
              </Menu.Item>
            ))}
            {subject && (
              <>
                <Menu.Separator className={styles.line} />
                <Menu.Item className={styles.item ?? ""} onClick={() => pivot.subject(subject)}>
                  Only this subject
                </Menu.Item>
                <Menu.LinkItem
                  className={styles.item ?? ""}
                  render={<Link to="/subjects/$id" params={{ id: subject }} search={{ case: forCase }} />}
                >
                  Open the subject’s story
                </Menu.LinkItem>
              </>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

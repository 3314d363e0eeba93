import { Dialog } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
import styles from "./Drawer.module.css";

/** A sheet over the page: from the right for reading, in the middle for deciding. */
export function Drawer({
  title,
  close,
  children,
  middle = false,
}: {
  title: ReactNode;
  close: () => void;
  children: ReactNode;
  middle?: boolean;
}) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={middle ? styles.middle : styles.side}>
          <div className={styles.head}>
            <Dialog.Title>{title}</Dialog.Title>
            <Dialog.Close>Close</Dialog.Close>
          </div>
          <div className={styles.body}>{children}</div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

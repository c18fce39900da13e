import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { classNames } from "./class-names";
import styles from "./modal.module.css";

type ModalProps = {
  readonly title: string;
  /** Room for a long text, which scrolls by itself. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
};

/** What a `Dialog.Root` opens: a panel over the page. */
export function Modal({ title, isWide = false, children }: ModalProps) {
  return (
    <Dialog.Portal>
      <Dialog.Overlay className={styles["overlay"]} />
      <Dialog.Content className={classNames("stack gap-12", styles["content"], isWide && styles["wide"])} aria-describedby={undefined}>
        <Dialog.Title asChild>
          <h2>{title}</h2>
        </Dialog.Title>
        {children}
      </Dialog.Content>
    </Dialog.Portal>
  );
}

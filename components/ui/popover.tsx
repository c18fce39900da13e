"use client";
import { Popover as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import styles from "./floating.module.css";

type PopoverProps = {
  /** The button that opens it: one element. */
  readonly trigger: ReactNode;
  /** Names what opens. */
  readonly label: string;
  readonly align?: "start" | "end";
  readonly children: ReactNode;
};

/** A small panel that floats at its button until Escape or a click beside it. */
export function Popover({ trigger, label, align = "end", children }: PopoverProps) {
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content className={styles["popover"]} aria-label={label} align={align} sideOffset={6} collisionPadding={8}>
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

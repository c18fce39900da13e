"use client";
import { type ReactNode, useState } from "react";
import { Button } from "./button";

type InlineConfirmProps = {
  /** The first button, and what the second says. */
  label: ReactNode;
  question: string;
  confirmLabel: string;
  onConfirm: () => void;
  isBusy?: boolean;
  size?: "normal" | "dense";
};

/** Asks again in place before what cannot be undone. Escape takes it back. */
export function InlineConfirm({ label, question, confirmLabel, onConfirm, isBusy = false, size = "normal" }: InlineConfirmProps) {
  const [isAsking, setIsAsking] = useState(false);
  if (!isAsking) {
    return (
      <Button look="quiet" size={size} disabled={isBusy} onClick={() => setIsAsking(true)}>
        {label}
      </Button>
    );
  }
  return (
    <fieldset className="confirm plain" aria-label={question} onKeyDown={(event) => event.key === "Escape" && setIsAsking(false)}>
      <span className="small mid">{question}</span>
      <Button
        look="danger"
        size={size}
        onClick={() => {
          setIsAsking(false);
          onConfirm();
        }}
      >
        {confirmLabel}
      </Button>
      <Button size={size} autoFocus onClick={() => setIsAsking(false)}>
        Keep
      </Button>
    </fieldset>
  );
}

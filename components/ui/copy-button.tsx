"use client";
import { Check, Copy } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Button } from "./button";

/** Puts a text on the clipboard and says so for two seconds; without leave to, it says that instead. */
export function CopyButton({ text, look = "quiet", children }: { text: () => string; look?: "default" | "quiet"; children: ReactNode }) {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2000);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <Button
      look={look}
      onClick={() => {
        navigator.clipboard.writeText(text()).then(
          () => setState("copied"),
          () => setState("refused"),
        );
      }}
    >
      {state === "copied" ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}
      <span aria-live="polite">{state === "copied" ? "Copied" : state === "refused" ? "Copy failed" : children}</span>
    </Button>
  );
}

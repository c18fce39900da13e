import { Check, CircleAlert, CircleSlash, Clock, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names";

export type StatusTone = "live" | "done" | "waiting" | "off" | "warn" | "bad";

/** A state in a word, with its icon; a live one pulses. */
export function Status({ tone, children }: { tone: StatusTone; children: ReactNode }) {
  return (
    <span className={classNames("status", toneClass[tone])}>
      {tone === "live" ? <span className="pulse" aria-hidden="true" /> : <Icon tone={tone} />}
      {children}
    </span>
  );
}

const toneClass: Record<StatusTone, string> = { live: "live", done: "dim", waiting: "dim", off: "dim", warn: "warn", bad: "bad" };
const icons = { done: Check, waiting: Clock, off: CircleSlash, warn: TriangleAlert, bad: CircleAlert };

function Icon({ tone }: { tone: Exclude<StatusTone, "live"> }) {
  const Glyph = icons[tone];
  return <Glyph size={13} aria-hidden="true" />;
}

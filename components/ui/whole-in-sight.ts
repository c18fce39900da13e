import type { FocusEvent } from "react";

/** Scrolls a field that takes focus whole into sight: of a text area browsers bring the line with the caret alone. */
export function wholeInSight(event: FocusEvent<HTMLElement>): void {
  event.currentTarget.scrollIntoView({ block: "nearest" });
}

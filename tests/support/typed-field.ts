import { fireEvent, screen } from "@testing-library/react";

/** Types into the field of that label, as if all of the text had been pasted over what is there. */
export function typeInto(label: string, text: string): void {
  fireEvent.change(screen.getByLabelText(label), { target: { value: text } });
}

/** What the field of that label shows. */
export function textIn(label: string): string {
  const field = screen.getByLabelText(label);
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) return field.value;
  throw new Error(`${label} is not a field of text`);
}

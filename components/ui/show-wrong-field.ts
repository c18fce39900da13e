/**
 * Leads to the first field whose input is wrong. One that the server refused (`form-scope.tsx`) may be sent again.
 *
 * @param within where to look
 * @returns whether there is one
 */
export function showWrongField(within: ParentNode = document): boolean {
  const field = within.querySelector<HTMLElement>("[aria-invalid='true']:not([data-refused])");
  if (field !== null) revealField(field);
  return field !== null;
}

/** Opens what is folded around a field, scrolls to it and focuses it. */
export function revealField(field: HTMLElement): void {
  for (let folded = field.closest("details"); folded !== null; folded = folded.parentElement?.closest("details") ?? null)
    folded.open = true;
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
}

/**
 * Leads to the first field that is marked as wrong: what is folded around it opens, and it gets the focus.
 *
 * @param within where to look
 * @returns whether there is one
 */
export function showWrongField(within: ParentNode = document): boolean {
  const field = within.querySelector<HTMLElement>("[aria-invalid='true']");
  if (field === null) return false;
  for (let folded = field.closest("details"); folded !== null; folded = folded.parentElement?.closest("details") ?? null)
    folded.open = true;
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
  return true;
}

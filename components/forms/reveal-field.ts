/** Opens what is folded around a field, scrolls to it and focuses it. */
export function revealField(field: HTMLElement): void {
  for (let folded = field.closest("details"); folded !== null; folded = folded.parentElement?.closest("details") ?? null)
    folded.open = true;
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
}

/** The controls of a form's fields in the order of the page, each with its name in `data-field`. */
export function controlsIn(root: HTMLElement | null): readonly HTMLElement[] {
  return [...(root?.querySelectorAll<HTMLElement>("[data-field]") ?? [])];
}

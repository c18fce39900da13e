import { sheetHint, tableKeys } from "@/components/shell/page-keys";
import type { KeyHint } from "@/components/ui/key-strip";

/** The keys of the table; a dictionary cannot be steered. */
export function latentKeyHints({ mayEdit }: { readonly mayEdit: boolean }): readonly KeyHint[] {
  const own = mayEdit ? tableKeys.hints : tableKeys.hints.filter(({ does }) => does !== "steer");
  return [...own, sheetHint];
}

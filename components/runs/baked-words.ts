import type { Edit } from "@/lib/contract/edit";
import { wholeLatentKey } from "@/lib/contract/latent-key";
import { formatPlural, formatSetting } from "@/lib/numbers/format";

/** What a baked edit did to the adapter's matrices: where, and what, in words. */
export function bakedWords(edit: Edit): { where: string; what: string } {
  switch (edit.operation) {
    case "scale":
      return { where: wholeLatentKey(edit.latent), what: `× ${formatSetting(edit.value)}` };
    case "ablatePost":
      return { where: wholeLatentKey(edit.latent), what: "set to zero" };
    case "ablatePre":
      return { where: wholeLatentKey(edit.latent), what: "removed; the next latent is selected" };
    case "isolate":
      return { where: edit.module, what: `all but ${formatPlural(edit.indices.length, "latent")} set to zero` };
    case "moduleOff":
      return { where: edit.module, what: "set to zero" };
    default:
      // No matrix holds the others, so no run has them baked in.
      return { where: "latent" in edit ? wholeLatentKey(edit.latent) : "the adapter", what: edit.operation };
  }
}

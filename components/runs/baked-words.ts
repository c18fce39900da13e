import type { Edit, LatentRef } from "@/lib/contract/edit";
import { moduleKeyOf } from "@/lib/contract/latent-key";
import { formatPlural, formatSetting } from "@/lib/numbers/format";

/** What a baked edit did to the adapter's matrices: where, and what, in words. */
export function bakedWords(edit: Edit): { where: string; what: string } {
  switch (edit.operation) {
    case "scale":
      return { where: latentOf(edit.latent), what: `× ${formatSetting(edit.value)}` };
    case "ablatePost":
      return { where: latentOf(edit.latent), what: "set to zero" };
    case "ablatePre":
      return { where: latentOf(edit.latent), what: "removed; the next latent is selected" };
    case "isolate":
      return { where: moduleKeyOf(edit.module), what: `all but ${formatPlural(edit.indices.length, "latent")} set to zero` };
    case "moduleOff":
      return { where: moduleKeyOf(edit.module), what: "set to zero" };
    default:
      // No matrix holds the others, so no run has them baked in.
      return { where: "latent" in edit ? latentOf(edit.latent) : "the adapter", what: edit.operation };
  }
}

function latentOf({ module, index }: LatentRef): string {
  return `${moduleKeyOf(module)} #${index}`;
}

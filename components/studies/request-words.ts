import { latentName } from "@/components/latents/edit-words";
import type { CollectionModule } from "@/lib/contract/latent";
import type { BulkRequest, EditStudyDetail, PromptSource } from "@/lib/contract/study";
import { formatPlural } from "@/lib/numbers/format";

/** What a study reads, in a line: `6 values · 32 prompts · 32 rows for the loss`; the latent where its name does not tell it. */
export function requestWords({ name, request }: Pick<EditStudyDetail, "name" | "request">, modules: readonly CollectionModule[]): string {
  switch (request.kind) {
    case "dose": {
      const latent = latentName(request.latent, modules);
      return [
        ...(name.includes(latent) ? [] : [latent]),
        formatPlural(new Set(request.values).size, "value"),
        promptWords(request.prompts),
        ...(request.heldOutRows === 0 ? [] : [`${formatPlural(request.heldOutRows, "row")} for the loss`]),
      ].join(" · ");
    }
    case "bulk":
      return [latentsWords(request.latents), promptWords(request.prompts)].join(" · ");
    case "evaluation": {
      const isOn = request.edits.filter((edit) => edit.isOn).length;
      return [formatPlural(isOn, "edit"), formatPlural(request.heldOutRows, "row")].join(" · ");
    }
  }
}

function promptWords(source: PromptSource): string {
  return formatPlural("texts" in source ? source.texts.length : source.heldOutRows, "prompt");
}

function latentsWords(latents: BulkRequest["latents"]): string {
  if (Array.isArray(latents)) return formatPlural(latents.length, "latent");
  const domain = "domain" in latents && latents.domain !== undefined ? ` in ${latents.domain}` : "";
  return `${formatPlural(latents.count, "latent")}, ${orderWords[latents.by]}${domain}`;
}

const orderWords = {
  firing: "strongest on the prompts",
  attribution: "first by attribution",
  outputShare: "first by output share",
  selectivity: "most selective",
} as const;

import type { Edit, LatentRef } from "@/lib/contract/edit";
import { generateRequest } from "@/lib/contract/generate";
import { type LatentDetail, latentQuery } from "@/lib/contract/latent";
import type { SampleLatent } from "@/lib/contract/sample";
import type { ServiceContext } from "@/server/services/context";
import { getLatent } from "@/server/services/latents/get-latent";
import { generateWhole } from "@/server/services/work/generate";

const continuedTokens = 32;
/** Control characters, and what stands for bytes that are no text: a text with one of these is not shown. */
const controlCharacters = /[\p{Cc}\ufffd]/u;

/** The first of some edits of a latent that visibly changes how the adapter continues a text up to one of the latent's strongest firings. */
export async function steerLatent(
  context: ServiceContext,
  runId: string,
  collectionId: string,
  latent: LatentRef,
): Promise<SampleLatent["steering"]> {
  const detail = await getLatent(context, latent, latentQuery.parse({ collectionId }));
  const places = { latent, isOn: true, scope: "all" } as const;
  const p99 = detail.quantiles.p99 ?? detail.row.maxActivation ?? 1;
  const edits: Edit[] = [
    ...[1, 0.5, 1.5].map((share) => ({ operation: "clamp" as const, value: Number((share * p99).toPrecision(2)), ...places })),
    { operation: "ablatePost", ...places },
  ];
  for (const edit of edits) {
    for (const prompt of promptsOf(detail)) {
      const request = generateRequest.parse({ prompt, edits: [edit], sampling: { maxTokens: continuedTokens } });
      const { arms } = await generateWhole(context, runId, request, new AbortController().signal);
      const textOf = (name: string) => arms.find(({ arm }) => arm === name)?.text ?? "";
      const texts = { base: textOf("base"), adapter: textOf("adapter"), edited: textOf("edited") };
      const isReadable = Object.values(texts).every((text) => text.trim() !== "" && !controlCharacters.test(text.replaceAll("\n", " ")));
      if (isReadable && texts.adapter !== texts.edited) return { prompt, edit, texts };
    }
  }
  throw new Error(`no edit of ${latent.module} ${latent.index} changes what the adapter writes: choose another latent`);
}

/** The texts up to its strongest firings, these included. */
function promptsOf({ examples }: LatentDetail): string[] {
  return examples.slice(0, 6).map(({ tokens, peak }) =>
    tokens
      .slice(0, peak + 1)
      .map(({ text }) => text)
      .join("")
      .trim(),
  );
}

import type { Edit } from "@/lib/contract/edit";
import type { LatentConfig } from "@/lib/contract/run-config";

/** An edit that cannot be written into an adapter, and why, in words for a person. */
export type Unbakeable = { readonly edit: Edit; readonly reason: string };

/** What an adapter's matrices are to baking: DoRA's are LoRA's under norms. */
export type BakedForm = "stan" | "lora" | "dora";

/**
 * Which of a list's edits can be written into the adapter's matrices exactly: those whose effect at every token is a fixed factor on a latent's column
 * of D (of B for LoRA), or a latent that is not there. `onlyIfFiring` takes nothing from a factor: where a latent does not fire, there is nothing to
 * multiply. Edits that are switched off count as neither.
 */
export function bakingOf(
  edits: readonly Edit[],
  form: BakedForm,
): { readonly baked: readonly Edit[]; readonly refused: readonly Unbakeable[] } {
  const on = edits.filter(({ isOn }) => isOn);
  const refused = on.flatMap((edit) => {
    const reason = refusal(edit, form);
    return reason === undefined ? [] : [{ edit, reason }];
  });
  return { baked: on.filter((edit) => refused.every((one) => one.edit !== edit)), refused };
}

/** The form of a run's adapter. */
export function bakedForm(adapter: LatentConfig): BakedForm {
  return adapter.method === "lora" && adapter.useDora === true ? "dora" : adapter.method;
}

function refusal(edit: Edit, form: BakedForm): string | undefined {
  if (form === "dora")
    return "A column of B is part of the norms that DoRA divides by: written into it, an edit of one component would change the others.";
  const value = refusedOperation(edit, form);
  if (value !== undefined) return value;
  if (edit.scope !== "all") return "It works at some positions alone, and a matrix works at all.";
  if (edit.skipsSpecialTokens === true) return "It leaves special tokens alone, and a matrix sees no token.";
  if ("onlyIf" in edit && edit.onlyIf !== undefined) return "It hangs on another latent, and a matrix has no conditions.";
  if (edit.operation === "ablatePre" && edit.onlyIfFiring === true) {
    return "A latent may hold a slot with an activation of 0, where it does not fire; masked wherever it is kept, it can be written.";
  }
  return undefined;
}

function refusedOperation({ operation }: Edit, form: Exclude<BakedForm, "dora">): string | undefined {
  switch (operation) {
    case "scale":
    case "ablatePost":
    case "isolate":
    case "moduleOff":
      return undefined;
    case "ablatePre":
      return form === "stan" ? undefined : "A LoRA module has no TopK to mask before.";
    case "clamp":
    case "minClamp":
      return "A fixed activation is no product of matrices: it is there where the latent does not fire.";
    case "add":
      return "Adding to an activation adds a constant, and the adapter has no bias.";
    case "forceIn":
      return "Which latent it displaces differs from token to token.";
    case "adapterOff":
      return "Without the adapter there is nothing to write: the base model is that already.";
  }
}

import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { LatentDetail } from "@/lib/contract/latent";
import type { RunSummary } from "@/lib/contract/run";

const latentOperations = ["ablatePost", "ablatePre", "scale", "clamp"] as const;
export type LatentOperation = (typeof latentOperations)[number];
export type LatentEdit = Extract<Edit, { operation: LatentOperation }>;

export function isLatentEdit(edit: Edit): edit is LatentEdit {
  return latentOperations.some((operation) => operation === edit.operation);
}

/** A latent as it enters the list: switched off after TopK, the plainest thing to try. */
export function newEdit(latent: LatentRef): Edit {
  return { operation: "ablatePost", latent, isOn: true, scope: "all" };
}

/** What can be done to one latent, in words. LoRA keeps all of its components: there is no TopK to be before or after. */
export function operationsOf(method: RunSummary["method"]): readonly { readonly value: LatentOperation; readonly label: string }[] {
  return [
    ...(method === "lora"
      ? [{ value: "ablatePost", label: "ablate" } as const]
      : [{ value: "ablatePost", label: "ablate after TopK" } as const, { value: "ablatePre", label: "ablate before TopK" } as const]),
    { value: "scale", label: "scale" },
    { value: "clamp", label: "clamp" },
  ];
}

/** The same edit with another operation; a value is set that shows something: twice its own, or its 99th percentile. */
export function withOperation(edit: LatentEdit, operation: LatentOperation, detail: LatentDetail | undefined): LatentEdit {
  const { latent, isOn, scope } = edit;
  switch (operation) {
    case "ablatePost":
    case "ablatePre":
      return { operation, latent, isOn, scope };
    case "scale":
      return { operation, latent, value: 2, isOn, scope };
    case "clamp":
      return { operation, latent, value: Number((detail?.quantiles.p99 ?? detail?.row.maxActivation ?? 1).toPrecision(3)), isOn, scope };
  }
}

/** What an ablation does where the latent fires. */
export function ablationWords(operation: "ablatePost" | "ablatePre", method: RunSummary["method"]): string {
  if (method === "lora") return operation === "ablatePost" ? "0 where it fires" : "LoRA has no TopK to mask it before: choose ablate";
  return operation === "ablatePost"
    ? "0 where it fires; its slot stays empty"
    : "masked where it would fire; the next latent takes the slot";
}

import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { LatentDetail } from "@/lib/contract/latent";

export type LatentOperation = "scale" | "clamp" | "ablatePost";
export type LatentEdit = Extract<Edit, { operation: LatentOperation }>;

export function isLatentEdit(edit: Edit): edit is LatentEdit {
  return edit.operation === "scale" || edit.operation === "clamp" || edit.operation === "ablatePost";
}

/** A latent as it enters the list: switched off after TopK, the plainest thing to try. */
export function newEdit(latent: LatentRef): Edit {
  return { operation: "ablatePost", latent, isOn: true, scope: "all" };
}

/** The same edit with another operation; a value is set that shows something: twice its own, or its 99th percentile. */
export function withOperation(edit: LatentEdit, operation: LatentOperation, detail: LatentDetail | undefined): LatentEdit {
  const { latent, isOn, scope } = edit;
  switch (operation) {
    case "ablatePost":
      return { operation, latent, isOn, scope };
    case "scale":
      return { operation, latent, value: 2, isOn, scope };
    case "clamp":
      return { operation, latent, value: Number((detail?.quantiles.p99 ?? detail?.row.maxActivation ?? 1).toPrecision(3)), isOn, scope };
  }
}

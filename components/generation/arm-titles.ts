import type { MarkedMethod } from "@/components/shell/method-mark";
import type { ArmName } from "@/lib/contract/generate";
import type { LatentMethod, RunMethod } from "@/lib/contract/run-config";

/** The run whose adapter the arm `other` has. */
export type OtherRun = { readonly name: string; readonly method: RunMethod };

/** How arms are called and marked on a page of one run. */
export type ArmLooks = { readonly method: LatentMethod; readonly other: OtherRun | null };

export function titleOf(arm: ArmName, { other }: ArmLooks): string {
  switch (arm) {
    case "base":
      return "Base";
    case "adapter":
      return "Adapter";
    case "edited":
      return "Edited";
    case "other":
      return other?.name ?? "Another run";
  }
}

export function markOf(arm: ArmName, { method, other }: ArmLooks): MarkedMethod {
  switch (arm) {
    case "adapter":
      return method;
    case "other":
      return other?.method ?? "lora";
    case "base":
    case "edited":
      return arm;
  }
}

/** `the adapter’s text`. */
export function textOf(arm: ArmName, looks: ArmLooks): string {
  switch (arm) {
    case "base":
      return "the base model’s text";
    case "adapter":
      return "the adapter’s text";
    case "edited":
      return "the edited arm’s text";
    case "other":
      return `${titleOf(arm, looks)}’s text`;
  }
}

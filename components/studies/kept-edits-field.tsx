"use client";
import { Select } from "@/components/ui/select";
import type { Edit } from "@/lib/contract/edit";
import { formatPlural } from "@/lib/numbers/format";
import type { KeptEdits } from "./kept-edits";

type KeptEditsFieldProps = {
  readonly label: string;
  readonly kept: KeptEdits;
  /** What the page would give. */
  readonly ofPage: readonly Edit[];
  readonly mayBeNone: boolean;
  readonly onKept: (kept: KeptEdits) => void;
};

/** The page's edits or those of the study before; nothing where there is no choice. */
export function KeptEditsField({ label, kept, ofPage, mayBeNone, onKept }: KeptEditsFieldProps) {
  const options = [
    ...(mayBeNone ? [{ value: "none" as const, label: "none" }] : []),
    ...(ofPage.length > 0 || kept.by === "page"
      ? [{ value: "page" as const, label: `this page’s: ${formatPlural(ofPage.length, "edit")}` }]
      : []),
    ...(kept.ofStudy.length > 0
      ? [{ value: "study" as const, label: `the earlier study’s: ${formatPlural(kept.ofStudy.length, "edit")}` }]
      : []),
  ];
  if (options.length < 2) return null;
  return <Select label={label} hasLabel value={kept.by} options={options} onValueChange={(by) => onKept({ ...kept, by })} />;
}

"use client";
import { Switch } from "@/components/ui/switch";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import type { SectionProps } from "./section";
import { meanTokensOf, usePreview } from "./use-preview";

/** Whether rows of the data share rows of a step, and what that saves. */
export function PackingField({ form, change, isReady }: SectionProps & { readonly isReady: boolean }) {
  const { training } = form;
  const { preview } = usePreview(form, isReady);
  const meanTokens = meanTokensOf(preview.data);
  const trainRows = preview.data?.trainRows ?? null;
  return (
    <div className="stack gap-4">
      <Switch
        label="Pack rows"
        isOn={training.packing === true}
        onIsOnChange={(isOn) => change({ training: { ...training, packing: isOn ? true : undefined } })}
      />
      <span className="small dim" data-stale={preview.isPlaceholderData}>
        Several rows of the data in each row of a step, masked apart: each has the loss that it has alone, and a step reads more of them.
        {meanTokens === null || trainRows === null
          ? ""
          : ` ${formatPlural(trainRows, "row")} → about ${formatPlural(packedRows(trainRows, meanTokens, training), "row")} of ${formatInteger(training.maxTokens)} tokens.`}
      </span>
    </div>
  );
}

/** Rows of the greatest length that hold the tokens of all training rows: at least so many, and few more, since short rows fill gaps. */
function packedRows(trainRows: number, meanTokens: number, { maxTokens }: { readonly maxTokens: number }): number {
  return Math.max(1, Math.ceil((trainRows * meanTokens) / maxTokens));
}

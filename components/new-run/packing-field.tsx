"use client";
import { Switch } from "@/components/ui/switch";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import type { SectionProps } from "./section";
import { usePreview } from "./use-preview";

/** Whether rows of the data share rows of a step, and what that saves. */
export function PackingField({ form, change, isReady }: SectionProps & { readonly isReady: boolean }) {
  const { training } = form;
  const { preview } = usePreview(form, isReady);
  const { trainRows = null, packedRows = null } = preview.data ?? {};
  return (
    <div className="stack gap-4">
      <Switch
        label="Pack rows"
        isOn={training.packing === true}
        onIsOnChange={(isOn) => change({ training: { ...training, packing: isOn ? true : undefined } })}
      />
      <span className="small dim" data-stale={preview.isPlaceholderData}>
        Fills each row of a step with several rows of the data, masked from each other. Losses stay the same; a step reads more data.
        {packedRows === null || trainRows === null
          ? ""
          : ` ${formatPlural(trainRows, "row")} → about ${formatPlural(packedRows, "row")} of ${formatInteger(training.maxTokens)} tokens.`}
      </span>
    </div>
  );
}

import { Select } from "@/components/ui/select";
import { isBatchTopK, thresholdDecay } from "@/lib/contract/methods/stan/settings";
import type { StanFields } from "./form";

type SparsityFieldProps = {
  readonly value: StanFields["sparsity"];
  /** Its name in the form. */
  readonly field?: string;
  readonly onValueChange: (sparsity: StanFields["sparsity"]) => void;
};

/** What k counts: the latents kept at each token, or their mean. */
export function SparsityField({ value, field, onValueChange }: SparsityFieldProps) {
  return (
    <Select
      label="Sparsity"
      field={field}
      hasLabel
      value={value}
      options={[
        { value: "topk", label: "TopK: k at each token" },
        { value: "batchtopk", label: "BatchTopK: k on average" },
      ]}
      hint={
        isBatchTopK({ sparsity: value })
          ? `Training selects over each micro-batch. Inference keeps latents above a threshold: a moving average of each micro-batch’s smallest kept value (decay ${thresholdDecay}, our choice)`
          : undefined
      }
      onValueChange={onValueChange}
    />
  );
}

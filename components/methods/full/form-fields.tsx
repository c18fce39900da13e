"use client";
import type { MethodFieldsProps } from "@/components/methods/form-method";
import { Switch } from "@/components/ui/switch";
import type { FullFields } from "./form";

export function FullChoice({ form, change }: MethodFieldsProps<FullFields>) {
  return (
    <>
      <Switch label="All projections" isOn={form.isFullOfAll} onIsOnChange={(isFullOfAll) => change({ isFullOfAll })} />
      <p className="note">
        Weights and biases of projections, and the head where there is one, are trained in float32. Embeddings and norms stay frozen, which
        full fine-tuning elsewhere trains too.
      </p>
    </>
  );
}

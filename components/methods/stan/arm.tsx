import type { ArmFieldsProps, ArmMethod } from "@/components/methods/arm-method";
import { wholeNumbers } from "@/components/methods/fields/typed-lists";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { stanOf } from "./form";
import { SparsityField } from "./sparsity-field";

export const stan: ArmMethod = {
  name: "STAN",
  rates: { low: 1e-3, high: 3e-2 },
  isOfEncoders: false,
  targets: "shared",
  begins: { sizes: "256", ks: "16" },
  adaptersOf(arm, targeted, { stanAlpha, init }) {
    const { selection, sparsity } = arm;
    const sizes = wholeNumbers(arm.sizes, `Latents of ${arm.name}`);
    const ks = wholeNumbers(arm.ks, `k of ${arm.name}`);
    return sizes.flatMap((numLatents) =>
      ks.flatMap((k) =>
        targeted.flatMap((targets) =>
          targets === null
            ? []
            : [stanOf({ numLatents, k, stanAlpha, selection, init, sparsity, latentsPattern: {}, kPattern: {}, ...targets })],
        ),
      ),
    );
  },
  Sizes: StanArmSizes,
  note: "",
};

function StanArmSizes({ arm, place, onArm }: ArmFieldsProps) {
  return (
    <>
      <TextField
        label="Latents M"
        field={`${place}.sizes`}
        value={arm.sizes}
        hint="Comma-separated: 64, 128"
        onValueChange={(sizes) => onArm({ sizes })}
      />
      <TextField
        label="k"
        field={`${place}.ks`}
        value={arm.ks}
        hint="Comma-separated; tried with every M"
        onValueChange={(ks) => onArm({ ks })}
      />
      <Select
        label="Selection"
        hasLabel
        value={arm.selection}
        options={[
          { value: "signed", label: "signed" },
          { value: "relu", label: "relu" },
          { value: "abs", label: "abs" },
        ]}
        onValueChange={(selection) => onArm({ selection })}
      />
      <SparsityField value={arm.sparsity} onValueChange={(sparsity) => onArm({ sparsity })} />
    </>
  );
}

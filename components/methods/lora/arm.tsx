import type { ArmFieldsProps, ArmMethod } from "@/components/methods/arm-method";
import { wholeNumbers } from "@/components/methods/fields/typed-lists";
import { NumberField } from "@/components/ui/number-field";
import { TextField } from "@/components/ui/text-field";
import type { LoraConfig } from "@/lib/contract/methods/lora/settings";

export const lora: ArmMethod = { name: "LoRA", ...sharedWith({}) };
export const dora: ArmMethod = { name: "DoRA", ...sharedWith({ useDora: true }) };

function sharedWith(variant: Partial<LoraConfig>): Omit<ArmMethod, "name"> {
  return {
    rates: { low: 3e-4, high: 1e-2 },
    isOfEncoders: false,
    targets: "shared",
    begins: { sizes: "256" },
    adaptersOf: ({ name, sizes, alphaOverRank }, targeted) =>
      wholeNumbers(sizes, `Ranks of ${name}`).flatMap((rank) =>
        targeted.flatMap((targets) =>
          targets === null ? [] : [{ method: "lora" as const, rank, alpha: rank * alphaOverRank, ...variant, targets }],
        ),
      ),
    Sizes: LoraArmSizes,
    note: "",
  };
}

function LoraArmSizes({ arm, place, onArm }: ArmFieldsProps) {
  return (
    <>
      <TextField
        label="Rank"
        field={`${place}.sizes`}
        value={arm.sizes}
        hint="Comma-separated: 64, 128"
        onValueChange={(sizes) => onArm({ sizes })}
      />
      <NumberField
        label="alpha / rank"
        field={`${place}.alphaOverRank`}
        kind="real"
        value={arm.alphaOverRank}
        min={0}
        onValueChange={(alphaOverRank) => onArm({ alphaOverRank })}
      />
    </>
  );
}

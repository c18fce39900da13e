import type { ArmFieldsProps, ArmMethod } from "@/components/methods/arm-method";
import { wholeNumbers } from "@/components/methods/fields/typed-lists";
import { TextField } from "@/components/ui/text-field";
import { newVeraFields, veraOf } from "./form";

export const vera: ArmMethod = {
  name: "VeRA",
  rates: { low: 1e-3, high: 3e-2 },
  isOfEncoders: false,
  targets: "shared",
  begins: { sizes: "256" },
  adaptersOf: ({ name, sizes }, targeted) =>
    wholeNumbers(sizes, `Ranks of ${name}`).flatMap((veraRank) =>
      targeted.flatMap((targets) => (targets === null ? [] : [veraOf({ ...newVeraFields(), veraRank, ...targets })])),
    ),
  Sizes: VeraArmSizes,
  note: "",
};

function VeraArmSizes({ arm, place, onArm }: ArmFieldsProps) {
  return (
    <TextField
      label="Rank"
      field={`${place}.sizes`}
      value={arm.sizes}
      hint="Comma-separated: 256, 1024"
      onValueChange={(sizes) => onArm({ sizes })}
    />
  );
}

import type { ArmMethod } from "@/components/methods/arm-method";
import { NoFields } from "@/components/methods/form-method";

export const head: ArmMethod = {
  name: "Head only",
  rates: { low: 3e-3, high: 1e-1 },
  isOfEncoders: true,
  targets: "none",
  begins: {},
  adaptersOf: () => [{ method: "head" }],
  Sizes: NoFields,
  note: "Trains only the head; the base model stays frozen. There is no size to choose.",
};

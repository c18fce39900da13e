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
  note: "The base model stays as it is; the head is trained alone, and has no size to choose.",
};

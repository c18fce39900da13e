import type { ArmMethod } from "@/components/methods/arm-method";
import { NoFields } from "@/components/methods/form-method";

export const full: ArmMethod = {
  name: "Full fine-tuning",
  rates: { low: 2e-5, high: 5e-4 },
  isOfEncoders: false,
  targets: "all",
  begins: {},
  adaptersOf: (_arm, targeted) => targeted.map((targets) => ({ method: "full" as const, targets })),
  Sizes: NoFields,
  note: "Trains the weights and biases of these projections; embeddings and norms stay frozen. There is no size to match: compare by sweep budget or wall-clock.",
};

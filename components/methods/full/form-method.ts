import { type FormMethod, NoFields, type TrainedKind } from "@/components/methods/form-method";
import type { FullConfig } from "@/lib/contract/methods/full/settings";
import { type FullFields, fullFields } from "./form";
import { FullChoice } from "./form-fields";

export const full = {
  fields: fullFields,
  begin: () => ({ isFullOfAll: true }),
  says: "trains the weights, no latents",
  rates: { text: 5e-5, answers: 2e-4 },
  isOffered: () => true,
  targets: ({ isFullOfAll }) => (isFullOfAll ? "all" : "chosen"),
  adapterOf: ({ isFullOfAll, modules, layers }) => ({ method: "full", targets: isFullOfAll ? null : { modules, layers } }),
  fieldsOf: ({ targets }) => ({ isFullOfAll: targets === null }),
  runNameOf: () => "full",
  problemOf: () => null,
  sizeOf: () => ({ trained: wholeWeights, active: wholeWeights, words: "all weights" }),
  Choice: FullChoice,
  Size: null,
  note: () => "",
  Advanced: NoFields,
  Variants: NoFields,
} satisfies FormMethod<FullConfig, FullFields>;

function wholeWeights({ dIn, dOut, hasBias }: TrainedKind): number {
  return (dIn + (hasBias ? 1 : 0)) * dOut;
}

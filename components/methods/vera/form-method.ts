import { type FormMethod, NoFields, type TrainedKind } from "@/components/methods/form-method";
import type { VeraConfig } from "@/lib/contract/methods/vera/settings";
import { formatInteger } from "@/lib/numbers/format";
import { newVeraFields, type VeraFields, veraFields, veraFieldsOf, veraOf } from "./form";
import { VeraAdvanced, VeraSize, VeraVariants } from "./form-fields";

export const vera = {
  fields: veraFields,
  begin: newVeraFields,
  says: "trained scales, shared random matrices",
  rates: { text: 3e-3, answers: 1e-2 },
  isOffered: () => true,
  targets: () => "chosen",
  adapterOf: veraOf,
  fieldsOf: veraFieldsOf,
  runNameOf: ({ veraRank }) => `vera-r${veraRank}`,
  problemOf: () => null,
  sizeOf({ veraRank }) {
    const trained = ({ dOut }: TrainedKind) => veraRank + dOut;
    return { trained, active: trained, words: `all ${formatInteger(veraRank)} ranks` };
  },
  fieldsOfSizes: ({ veraRank }, { rank }) => ({ veraRank: rank ?? veraRank }),
  Choice: NoFields,
  Size: VeraSize,
  note: () =>
    "Trains λ_d and λ_b of each module; A and B are random, frozen and shared by all modules. Rank and initial λ_d are PEFT's defaults, the learning rate is ours. A and B are always saved with the adapter.",
  Advanced: VeraAdvanced,
  Variants: VeraVariants,
} satisfies FormMethod<VeraConfig, VeraFields>;

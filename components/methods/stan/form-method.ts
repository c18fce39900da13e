import { type FormMethod, matricesSize, NoFields } from "@/components/methods/form-method";
import { isBatchTopK, type StanConfig } from "@/lib/contract/methods/stan/settings";
import { formatInteger } from "@/lib/numbers/format";
import { newStanFields, type StanFields, stanFields, stanFieldsOf, stanOf } from "./form";
import { StanAdvanced, StanSize, StanVariants } from "./form-fields";

export const stan = {
  fields: stanFields,
  begin: newStanFields,
  says: "k of M latents per token",
  rates: { text: 2e-3, answers: 5e-3 },
  isOffered: () => true,
  targets: () => "chosen",
  adapterOf: stanOf,
  fieldsOf: stanFieldsOf,
  runNameOf: ({ numLatents, k, sparsity }) => `stan-m${numLatents}-k${k}${isBatchTopK({ sparsity }) ? "-batchtopk" : ""}`,
  problemOf(form) {
    const { k, numLatents } = form;
    if (k > numLatents) return `k = ${formatInteger(k)} exceeds the ${formatInteger(numLatents)} latents. Lower k.`;
    return k === numLatents && isBatchTopK(form) ? "With k = M, BatchTopK keeps all latents. Lower k, or choose TopK." : null;
  },
  sizeOf(form) {
    const { k, numLatents } = form;
    const active = Math.min(k, numLatents);
    return matricesSize(
      numLatents,
      active,
      `${formatInteger(active)}${isBatchTopK(form) ? " on average" : ""} of ${formatInteger(numLatents)} latents`,
    );
  },
  fieldsOfSizes(form, sizes) {
    const numLatents = sizes.numLatents ?? form.numLatents;
    return { numLatents, k: Math.min(sizes.k ?? form.k, numLatents) };
  },
  Choice: NoFields,
  Size: StanSize,
  note: () => "The paper leaves width, k, initialisation and learning rate open: these are our defaults.",
  microBatchNote: (form) => (isBatchTopK(form) ? "BatchTopK selects over one micro-batch" : null),
  Advanced: StanAdvanced,
  Variants: StanVariants,
} satisfies FormMethod<StanConfig, StanFields>;

import { type FormMethod, matricesSize, NoFields } from "@/components/methods/form-method";
import type { LoraConfig } from "@/lib/contract/methods/lora/settings";
import { formatInteger, formatSetting } from "@/lib/numbers/format";
import { type LoraForm, loraFields, loraFieldsOf, loraOptions, newLoraFields, rankOf } from "./form";
import { LoraAdvanced, LoraSize, LoraVariants } from "./form-fields";

export const lora = {
  fields: loraFields,
  begin: newLoraFields,
  says: "dense, rank r",
  rates: { text: 3e-4, answers: 2e-3 },
  isOffered: () => true,
  targets: () => "chosen",
  adapterOf(form, isPaired) {
    const rank = rankOf(form, isPaired);
    const targets = { modules: form.modules, layers: form.layers };
    return { method: "lora", rank, alpha: rank * form.alphaOverRank, ...loraOptions(form), targets };
  },
  fieldsOf: loraFieldsOf,
  runNameOf: (form, isPaired) => `lora-r${rankOf(form, isPaired)}`,
  problemOf: () => null,
  sizeOf(form, isPaired) {
    const rank = rankOf(form, isPaired);
    return matricesSize(rank, rank, `all ${formatInteger(rank)} ranks`);
  },
  fieldsOfSizes: ({ ownRank }, { rank }) => ({ ownRank: rank ?? ownRank }),
  Choice: NoFields,
  Size: LoraSize,
  note: (form, isPaired) =>
    `alpha = ${formatSetting(form.alphaOverRank)} r = ${formatSetting(rankOf(form, isPaired) * form.alphaOverRank)}.`,
  Advanced: LoraAdvanced,
  Variants: LoraVariants,
} satisfies FormMethod<LoraConfig, LoraForm>;

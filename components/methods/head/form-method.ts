import { type FormMethod, NoFields } from "@/components/methods/form-method";
import type { HeadConfig } from "@/lib/contract/methods/head/settings";
import { isEncoder } from "@/lib/contract/model";

export const head = {
  fields: {},
  begin: () => ({}),
  says: "trains only the head, no latents",
  rates: { text: 3e-2, answers: 3e-2 },
  isOffered: (model) => model !== undefined && isEncoder(model),
  targets: () => "none",
  adapterOf: () => ({ method: "head" }),
  fieldsOf: () => ({}),
  runNameOf: () => "head",
  problemOf: (_form, model) => (isEncoder(model) ? null : `${model.name} generates text and has no trainable head. Choose another method.`),
  sizeOf: () => null,
  Choice: NoFields,
  Size: null,
  note: () => "",
  Advanced: NoFields,
  Variants: NoFields,
} satisfies FormMethod<HeadConfig, object>;

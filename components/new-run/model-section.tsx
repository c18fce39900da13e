"use client";
import { chosenMethods, formMethodOf } from "@/components/methods/forms";
import { Select } from "@/components/ui/select";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { canBeHeld, type FrozenForm } from "@/lib/contract/frozen-form";
import { isDiffusion, isEncoder, type ModelSummary, readsImagesInText } from "@/lib/contract/model";
import { modelTasksOf } from "@/lib/contract/tasks/model-tasks";
import { formatBytes, formatCount, formatInteger } from "@/lib/numbers/format";
import { ratesForTask } from "./default-rates";
import { guessMapping, rowUseFor } from "./guess-mapping";
import styles from "./new-run.module.css";
import { lengthFor, taskFor } from "./run-form";
import { Section, type SectionProps } from "./section";

type ModelSectionProps = SectionProps & { models: readonly ModelSummary[]; dataSet: DataSetSummary | undefined };

/** What is said of weights that are held packed. */
const packedNotes: Readonly<Partial<Record<FrozenForm, string>>> = {
  stored:
    "Matrices stay as the file packs them and are unpacked to float32 as they are multiplied. Routed experts and vectors are held in float32.",
  nf4: "When the model is loaded, projections are rounded to NF4 (blocks of 64, as in bitsandbytes), a decoder’s embeddings and head to bfloat16. Products are in float32. Routed experts and vectors are held in float32.",
};

/** Which model is adapted. Choosing another brings its own targets, and one of another kind its own task and columns. */
export function ModelSection({ form, change, models, dataSet }: ModelSectionProps) {
  const model = models.find((one) => one.id === form.modelId);
  const choose = (modelId: string) => {
    const next = models.find((one) => one.id === modelId);
    if (!next) return;
    const isOtherKind = modelTasksOf(next).taskProblem(next.name, form.task) !== null;
    const task = isOtherKind ? taskFor(next) : form.task;
    const use = rowUseFor(task, next);
    const isOtherUse = use !== rowUseFor(form.task, model);
    change({
      modelId,
      modules: next.defaultTargets,
      layers: null,
      ...(chosenMethods(form).every((method) => formMethodOf({ method }).isOffered(next)) ? {} : { method: "both" }),
      ...(isOtherKind ? { task, rates: ratesForTask(form.rates, form.task, task) } : {}),
      ...(isOtherUse && dataSet !== undefined ? { mapping: guessMapping(dataSet, use), domains: null } : {}),
      ...(canBeHeld(form.frozenDtype, next) ? {} : { frozenDtype: "float32" }),
      useChatTemplate: form.useChatTemplate && next.hasChatTemplate,
      training: {
        ...form.training,
        maxTokens: lengthFor(next, form.training.maxTokens),
      },
    });
  };
  const heldPacked = packedNotes[form.frozenDtype];
  return (
    <Section title="Base model">
      <div className={`columns ${styles["wideNarrow"]}`}>
        <Select
          label="Model"
          field="model"
          hasLabel
          value={form.modelId}
          options={[
            ...(model ? [] : [{ value: form.modelId, label: "Choose a model" }]),
            ...models.map((one) => ({ value: one.id, label: `${one.name} (${formatCount(one.parameters)})` })),
          ]}
          onValueChange={choose}
        />
        <Select
          label="Frozen weights"
          field="frozenDtype"
          hasLabel
          value={form.frozenDtype}
          options={[
            { value: "float32", label: "float32" },
            { value: "bfloat16", label: "bfloat16, faster" },
            ...(model?.format === "gguf" || form.frozenDtype === "stored"
              ? [{ value: "stored" as const, label: "as in the GGUF file, less memory" }]
              : []),
            { value: "nf4", label: "NF4, 4 bits a weight" },
          ]}
          onValueChange={(frozenDtype) => change({ frozenDtype })}
        />
      </div>
      {heldPacked === undefined ? null : <p className="note">{heldPacked}</p>}
      {model ? (
        <p className="note">
          {model.architecture}
          {kindWords(model)}, {model.numLayers} layers, hidden size {formatInteger(model.dModel)}, {inputWords(model)}.{" "}
          {formatBytes(model.sizeBytes)} on disk.
        </p>
      ) : null}
    </Section>
  );
}

function kindWords(model: ModelSummary): string {
  if (readsImagesInText(model)) return ", a vision-language model";
  return isEncoder(model) ? ", an encoder" : isDiffusion(model) ? ", a diffusion model" : "";
}

/** What a model reads. */
function inputWords({ images, vocab, contextLength }: ModelSummary): string {
  const texts = `vocabulary ${formatInteger(vocab)}, reads up to ${formatInteger(contextLength)} tokens`;
  if (images == null) return texts;
  const { size, patch, tokensInPrompt } = images;
  const pixels = ({ width, height }: typeof size) => `${formatInteger(width)} × ${formatInteger(height)}`;
  if (tokensInPrompt !== undefined) return `${texts}, of which an image takes ${formatInteger(tokensInPrompt)}`;
  return `reads images of ${pixels(size)} pixels as ${formatInteger(contextLength)} tokens, with patches of ${pixels(patch)}`;
}

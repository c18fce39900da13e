"use client";
import { chosenMethods, formMethodOf } from "@/components/methods/forms";
import { Select } from "@/components/ui/select";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { isEncoder, type ModelSummary } from "@/lib/contract/model";
import { isAnswerTask } from "@/lib/contract/tasks/tasks";
import { formatBytes, formatCount, formatInteger } from "@/lib/numbers/format";
import { ratesForTask } from "./default-rates";
import { guessMapping } from "./guess-mapping";
import styles from "./new-run.module.css";
import { taskFor } from "./run-form";
import { Section, type SectionProps } from "./section";

type ModelSectionProps = SectionProps & { models: readonly ModelSummary[]; dataSet: DataSetSummary | undefined };

/** Which model is adapted. Choosing another brings its own targets, and one of another kind its own task and columns. */
export function ModelSection({ form, change, models, dataSet }: ModelSectionProps) {
  const model = models.find((one) => one.id === form.modelId);
  const choose = (modelId: string) => {
    const next = models.find((one) => one.id === modelId);
    if (!next) return;
    const task = taskFor(next);
    const isOtherKind = isAnswerTask(task) !== isAnswerTask(form.task);
    change({
      modelId,
      modules: next.defaultTargets,
      layers: null,
      ...(chosenMethods(form).every((method) => formMethodOf({ method }).isOffered(next)) ? {} : { method: "both" }),
      ...(isOtherKind
        ? {
            task,
            rates: ratesForTask(form.rates, form.task, task),
            ...(dataSet === undefined ? {} : { mapping: guessMapping(dataSet, task), domains: null }),
          }
        : {}),
      useChatTemplate: form.useChatTemplate && next.hasChatTemplate,
      training: { ...form.training, maxTokens: Math.min(form.training.maxTokens, next.contextLength) },
    });
  };
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
          label="Frozen-weight compute dtype"
          field="frozenDtype"
          hasLabel
          value={form.frozenDtype}
          options={[
            { value: "float32", label: "float32" },
            { value: "bfloat16", label: "bfloat16, faster" },
          ]}
          onValueChange={(frozenDtype) => change({ frozenDtype })}
        />
      </div>
      {model ? (
        <p className="note">
          {model.architecture}
          {isEncoder(model) ? ", an encoder" : ""}, {model.numLayers} layers, dModel {formatInteger(model.dModel)}, vocabulary{" "}
          {formatInteger(model.vocab)}, reads up to {formatInteger(model.contextLength)} tokens. {formatBytes(model.sizeBytes)} on disk.
        </p>
      ) : null}
    </Section>
  );
}

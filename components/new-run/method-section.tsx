"use client";
import { chosenMethods, formMethodOf, methodChoices } from "@/components/methods/forms";
import { MethodMark } from "@/components/shell/method-mark";
import { ChoiceChip } from "@/components/ui/chip";
import { Disclosure } from "@/components/ui/disclosure";
import { TextField } from "@/components/ui/text-field";
import { useTypedText } from "@/components/ui/use-typed-text";
import type { ModelSummary } from "@/lib/contract/model";
import { parseLayers, writeLayers } from "./layer-list";
import styles from "./new-run.module.css";
import { choosesTargets, type RunForm } from "./run-form";
import { Section, type SectionProps } from "./section";
import { matchesTarget, targetName } from "./target-names";

/** STAN, LoRA or both, or a baseline without an adapter; and which projections are trained. */
export function MethodSection({ form, change, model }: SectionProps & { model: ModelSummary | undefined }) {
  const chosen = chosenMethods(form);
  const offered = methodChoices.filter((value) => value === "both" || formMethodOf({ method: value }).isOffered(model));
  return (
    <Section title="Method">
      <div className="columns three even gap-8" role="radiogroup" aria-label="Method">
        {offered.map((value) => (
          <label key={value} className={styles["option"]} data-checked={form.method === value}>
            <input type="radio" name="method" className="vh" checked={form.method === value} onChange={() => change({ method: value })} />
            {value === "both" ? <b>Both</b> : <MethodMark method={value} />}
            <span>{value === "both" ? "one run each, on one budget" : formMethodOf({ method: value }).says}</span>
          </label>
        ))}
      </div>
      {chosen.map((method) => {
        const { Choice } = formMethodOf({ method });
        return <Choice key={method} form={form} change={change} isPaired={chosen.length > 1} />;
      })}
      {model && choosesTargets(form) ? (
        <Disclosure isForNarrow summary={targetWords(form)}>
          <div className="stack fit gap-12">
            <fieldset className="plain stack">
              <legend className="lab">Target modules</legend>
              <span className="row wrap">
                {model.projections.map((projection) => {
                  const name = targetName(projection, model.projections);
                  const isOn = form.modules.some((target) => matchesTarget(projection.name, target));
                  const others = form.modules.filter((target) => !matchesTarget(projection.name, target));
                  return (
                    <ChoiceChip
                      key={projection.name}
                      isOn={isOn}
                      onIsOnChange={(on) => change({ modules: on ? [...others, name] : others })}
                    >
                      {name}
                      {projection.layers === undefined ? "" : ` in ${projection.layers.length} of ${model.numLayers} layers`}
                    </ChoiceChip>
                  );
                })}
              </span>
            </fieldset>
            <LayerField key={form.modelId} model={model} layers={form.layers} onLayers={(layers) => change({ layers })} />
          </div>
        </Disclosure>
      ) : null}
    </Section>
  );
}

/** `Targets: q_proj, v_proj; all layers`. */
function targetWords({ modules, layers }: RunForm): string {
  const names = modules.length === 0 ? "no module" : modules.join(", ");
  return `Targets: ${names}; ${layers === null ? "all layers" : `${layers.length === 1 ? "layer" : "layers"} ${writeLayers(layers)}`}`;
}

function LayerField({
  model,
  layers,
  onLayers,
}: {
  model: ModelSummary;
  layers: number[] | null;
  onLayers: (layers: number[] | null) => void;
}) {
  const { text, onText } = useTypedText({
    field: "targets.layers",
    value: layers,
    write: writeLayers,
    read: (typed) => parseLayers(typed, model.numLayers).layers,
    onValue: onLayers,
  });
  return (
    <TextField
      label="Layers"
      field="targets.layers"
      value={text}
      placeholder={`all ${model.numLayers}`}
      hint="All when empty; else as 0-3, 8"
      error={parseLayers(text, model.numLayers).error}
      onValueChange={onText}
    />
  );
}

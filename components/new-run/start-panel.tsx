"use client";
import { Play } from "lucide-react";
import type { FormSize } from "@/components/methods/form-method";
import { chosenMethods, formMethodOf } from "@/components/methods/forms";
import { methodName } from "@/components/shell/method-mark";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import type { StartRunInput } from "@/lib/contract/api";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { expectedCost } from "@/lib/contract/expected-cost";
import { type ModelSummary, readsImages } from "@/lib/contract/model";
import type { RunCost } from "@/lib/contract/run";
import type { RunMethod } from "@/lib/contract/run-config";
import { formatBytes, formatCount, formatInteger, formatPercent, formatPlural, formatSignificant, notMeasured } from "@/lib/numbers/format";
import { checkForm } from "./check-form";
import { countParameters, sumOver } from "./count-parameters";
import { EstimateFigures, useEstimates } from "./estimate-figures";
import { Figure } from "./figure";
import { undecidedRoles } from "./mapping-roles";
import { MemoryBreakdown } from "./memory-breakdown";
import styles from "./new-run.module.css";
import { ParameterBars } from "./parameter-bars";
import { runConfigsOf } from "./run-configs";
import { choosesTargets, type RunForm } from "./run-form";
import type { ChangeForm, SectionProps } from "./section";
import { usePreview } from "./use-preview";
import type { RunDraft } from "./use-run-form";

type StartPanelProps = {
  form: RunForm;
  model: ModelSummary | undefined;
  dataSet: DataSetSummary | undefined;
  draft: Pick<RunDraft, "submit" | "sending" | "hasWrongField">;
  change: ChangeForm;
};

/** What it will cost, changing as the form does, and the button that starts it. */
export function StartPanel({ form, model, dataSet, draft, change }: StartPanelProps) {
  const { sending: startRuns, hasWrongField } = draft;
  const problems = checkForm(form, model, dataSet !== undefined);
  const configs = runConfigsOf(form);
  const starts = problems.length === 0 ? configs.map(({ config }) => ({ config })) : null;
  const targets = targetsOf(form, model);
  const isCounted = model !== undefined && targets.length > 0;
  return (
    <section className="panel" aria-label="Size and start">
      {isCounted ? (
        <Numbers form={form} model={model} dataSet={dataSet} costs={configs.map(({ config }) => expectedCost(config.adapter, model))} />
      ) : null}
      <EstimateFigures starts={starts} />
      {isCounted ? (
        <div className={`body ${styles["bars"]}`}>
          <ParameterBars count={countParameters(model, targets, layersOf(form))} bars={sizesOf(form)} />
        </div>
      ) : null}
      {startRuns.error ? (
        <div className={styles["startError"]}>
          <ErrorNote title={configs.length === 1 ? "Could not start the run" : "Could not start the runs"}>
            {messageOf(startRuns.error)}
          </ErrorNote>
        </div>
      ) : null}
      <div className={styles["go"]}>
        <span className="note grow">
          {problems.length > 0
            ? problems.join(" ")
            : hasWrongField
              ? "Fix the highlighted field first."
              : "The configuration is fixed when the run starts."}
        </span>
        <CopyButton
          look="default"
          text={() => JSON.stringify(configs.length === 1 ? configs[0]?.config : configs.map(({ config }) => config), null, 2)}
        >
          Copy as JSON
        </CopyButton>
        <Button look="primary" disabled={problems.length > 0 || startRuns.isPending} onClick={draft.submit}>
          <Play size={11} fill="currentColor" aria-hidden="true" />
          {startRuns.isPending ? "Starting…" : configs.length === 1 ? "Start" : `Start ${formatInteger(configs.length)} runs`}
        </Button>
      </div>
      {model === undefined ? null : <Memory form={form} change={change} model={model} starts={starts} />}
    </section>
  );
}

type MemoryProps = SectionProps & { model: ModelSummary; starts: StartRunInput[] | null };

/** Below all else: it comes when the estimate is there, and nothing moves. */
function Memory({ form, change, model, starts }: MemoryProps) {
  const { settled, estimates } = useEstimates(starts);
  if (settled === null || estimates.data === undefined) return null;
  return <MemoryBreakdown form={form} change={change} model={model} estimates={estimates.data} />;
}

/** Last name parts of what is trained; none of a head alone. */
function targetsOf(form: RunForm, model: ModelSummary | undefined): string[] {
  if (choosesTargets(form)) return form.modules;
  return sizesOf(form).length === 0 ? [] : (model?.projections.map(({ name }) => name) ?? []);
}

function layersOf(form: RunForm): number[] | null {
  return choosesTargets(form) ? form.layers : null;
}

/** What each of the chosen methods trains, as far as that is counted here. */
function sizesOf(form: RunForm): (FormSize & { readonly method: RunMethod })[] {
  const chosen = chosenMethods(form);
  return chosen.flatMap((method) => {
    const size = formMethodOf({ method }).sizeOf(form, chosen.length > 1);
    return size === null ? [] : [{ method, ...size }];
  });
}

type NumbersProps = Omit<StartPanelProps, "draft" | "change"> & { model: ModelSummary; costs: readonly (RunCost | null)[] };

/** Counted from the forms of modules; where a target or a pattern names more than a kind of module, as if all were alike. */
function Numbers({ form, model, dataSet, costs }: NumbersProps) {
  const { modules, kinds } = countParameters(model, targetsOf(form, model), layersOf(form));
  const { steps, batchRows, maxTokens, packing } = form.training;
  const isOfImages = readsImages(model);
  const { preview } = usePreview(form, dataSet !== undefined && undecidedRoles(form.mapping).length === 0);
  const counted = packing === true ? preview.data?.packedRows : dataSet && trainRowsOf(form, dataSet);
  const [first, ...others] = sizesOf(form).map(({ method, trained, active, words }, place) => ({
    method,
    words,
    trained: costs[place]?.trainableParameters ?? sumOver(kinds, trained),
    active: costs[place]?.activeParameters ?? sumOver(kinds, active),
  }));
  if (first === undefined) return null;
  const beside = others.map(({ method, trained }) => `; ${methodName(method)} ${formatCount(trained)}`).join("");
  return (
    <div className={`columns four even gap-0 ${styles["cost"]}`}>
      <Figure
        name="Parameters"
        value={formatCount(first.trained)}
        note={`${formatPercent(first.trained / model.parameters)} of base${beside}`}
      />
      <Figure name="Active per token" value={formatCount(first.active)} note={first.words} />
      <Figure
        name="On disk"
        value={formatBytes(costs[0]?.adapterBytes ?? 4 * first.trained)}
        note={`float32, ${formatPlural(modules, "module")}`}
      />
      <Figure
        name="Epochs"
        value={counted ? formatSignificant((steps * batchRows) / counted) : notMeasured}
        note={isOfImages ? `${formatCount(steps * batchRows)} images` : `at most ${formatCount(steps * batchRows * maxTokens)} tokens`}
      />
    </div>
  );
}

/** Rows trained on, as far as the counts kept with the data tell; at most half of them are held out, as the worker does it. */
function trainRowsOf(form: RunForm, dataSet: DataSetSummary): number {
  const { domains } = form;
  const chosen =
    domains === null
      ? dataSet.rows
      : dataSet.domains.filter((domain) => domains.includes(domain.name)).reduce((sum, domain) => sum + domain.rows, 0);
  const split = form.mapping.split === undefined ? undefined : dataSet.splits.find((one) => /^train/i.test(one.name));
  if (split !== undefined && dataSet.rows > 0) return Math.max(1, Math.round((split.rows * chosen) / dataSet.rows));
  return Math.max(1, chosen - Math.min(form.validationRows, Math.floor(chosen / 2)));
}

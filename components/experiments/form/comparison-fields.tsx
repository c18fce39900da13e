"use client";
import { ContextWarning } from "@/components/new-run/context-warning";
import { undecidedRoles } from "@/components/new-run/mapping-roles";
import { PackingField } from "@/components/new-run/packing-field";
import { Section } from "@/components/new-run/section";
import { Checkbox } from "@/components/ui/checkbox";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { TextField } from "@/components/ui/text-field";
import type { BenchmarkSummary } from "@/lib/contract/benchmark";
import { isAskedOf } from "@/lib/contract/benchmark-fit";
import type { MatchMode } from "@/lib/contract/experiment";
import type { ExperimentForm } from "./experiment-form";

export type FormProps = { form: ExperimentForm; change: (changes: Partial<ExperimentForm>) => void };

const modes: { value: MatchMode; label: string; says: string }[] = [
  { value: "parameters", label: "Trainable parameters", says: "Arm sizes match within 2 %." },
  { value: "activeParameters", label: "Active parameters", says: "Parameters used per token match within 2 %." },
  { value: "flops", label: "FLOPs per token", says: "Adapter FLOPs match within 2 %; the base model's are the same for all." },
  { value: "wallClock", label: "Wall-clock", says: "A 24-step probe times every size; slower ones get fewer steps." },
  { value: "budget", label: "Sweep budget only", says: "Only the number of trials, steps and rows is matched." },
];

/** The search for settings, and what the arms share. */
export function SearchSection({ form, change }: FormProps) {
  return (
    <Section title="Sweep">
      <div className="columns three">
        <Select
          label="Match"
          field="match"
          hasLabel
          value={form.match}
          options={modes}
          hint={modes.find(({ value }) => value === form.match)?.says}
          onValueChange={(match) => change({ match })}
        />
        <Select
          label="Search"
          field="search"
          hasLabel
          value={form.search}
          options={[
            { value: "grid", label: "grid" },
            { value: "random", label: "random" },
          ]}
          hint={form.search === "grid" ? "Every size with every rate" : "Rates sampled from the range"}
          onValueChange={(search) => change({ search })}
        />
        {form.search === "random" ? (
          <>
            <NumberField
              label="Trials per arm"
              field="search.trials"
              value={form.trials}
              min={1}
              max={100}
              onValueChange={(trials) => change({ trials })}
            />
            <NumberField
              label="Search seed"
              field="search.seed"
              value={form.searchSeed}
              min={0}
              onValueChange={(searchSeed) => change({ searchSeed })}
            />
          </>
        ) : null}
        <TextField
          label="Seeds per setting"
          field="sweepSeeds"
          value={form.sweepSeeds}
          hint="Same for all arms; settings are selected by mean loss"
          onValueChange={(sweepSeeds) => change({ sweepSeeds })}
        />
      </div>
      <Switch
        label="Stop underperforming trials (median rule)"
        isOn={form.isStopping}
        onIsOnChange={(isStopping) => change({ isStopping })}
      />
      {form.isStopping ? (
        <div className="columns three">
          <NumberField
            label="Not before step"
            field="earlyStopping.firstStep"
            value={form.firstStep}
            min={1}
            onValueChange={(firstStep) => change({ firstStep })}
          />
          <NumberField
            label="After finished trials"
            field="earlyStopping.afterTrials"
            value={form.afterTrials}
            min={1}
            hint="Minimum, in the same arm"
            onValueChange={(afterTrials) => change({ afterTrials })}
          />
        </div>
      ) : null}
    </Section>
  );
}

/** Runs and measurements with the selected settings. */
export function FinalSection({ form, change, benchmarks }: FormProps & { benchmarks: readonly BenchmarkSummary[] }) {
  const toggle = (id: string, isOn: boolean) =>
    change({ benchmarks: isOn ? [...form.benchmarks, id] : form.benchmarks.filter((other) => other !== id) });
  return (
    <Section title="Final runs">
      <div className="columns three">
        <TextField
          label="Seeds"
          field="finalSeeds"
          value={form.finalSeeds}
          hint="One run of each arm's best setting per seed"
          onValueChange={(finalSeeds) => change({ finalSeeds })}
        />
      </div>
      <Checkbox
        label="Add the report rows as a benchmark and measure it: per-row results, paired between runs"
        isChecked={form.measuresReportRows}
        onIsCheckedChange={(measuresReportRows) => change({ measuresReportRows })}
      />
      {benchmarks
        .filter(({ task }) => isAskedOf(form.run.task.kind, task))
        .map(({ id, name }) => (
          <Checkbox
            key={id}
            label={`Measure ${name}`}
            isChecked={form.benchmarks.includes(id)}
            onIsCheckedChange={(isOn) => toggle(id, isOn)}
          />
        ))}
      <Switch
        label="Collect latent statistics of final runs"
        isOn={form.isCollecting}
        onIsOnChange={(isCollecting) => change({ isCollecting })}
      />
    </Section>
  );
}

/** Training length, the same for all runs. */
export function TrainingSection({ form, change }: FormProps) {
  const { training, mapping } = form.run;
  const changeRun = (changes: Partial<ExperimentForm["run"]>) => change({ run: { ...form.run, ...changes } });
  const train = (changes: Partial<typeof training>) => changeRun({ training: { ...training, ...changes } });
  return (
    <Section title="Training">
      <div className="columns three">
        <NumberField label="Steps" field="training.steps" value={training.steps} min={1} onValueChange={(steps) => train({ steps })} />
        <NumberField
          label="Batch, rows"
          field="training.batchRows"
          value={training.batchRows}
          min={1}
          onValueChange={(batchRows) => train({ batchRows })}
        />
        <NumberField
          label="Max tokens per row"
          field="training.maxTokens"
          value={training.maxTokens}
          min={2}
          onValueChange={(maxTokens) => train({ maxTokens })}
        />
        <NumberField
          label="Evaluate every, steps"
          field="training.evaluateEvery"
          value={training.evaluateEvery}
          min={0}
          onValueChange={(evaluateEvery) => train({ evaluateEvery })}
        />
        <NumberField
          label="Evaluation rows"
          field="training.evaluationRows"
          value={training.evaluationRows}
          min={2}
          hint="Maximum, from each half"
          onValueChange={(evaluationRows) => train({ evaluationRows })}
        />
        <NumberField
          label="Checkpoint every, steps"
          field="training.checkpointEvery"
          value={training.checkpointEvery}
          min={1}
          onValueChange={(checkpointEvery) => train({ checkpointEvery })}
        />
      </div>
      <ContextWarning modelId={form.run.modelId} tokens={training.maxTokens} />
      <PackingField form={form.run} change={changeRun} isReady={undecidedRoles(mapping).length === 0} />
      <p className="note">
        Held-out rows are split in two by a hash of their text: settings are selected by loss on one half, and results are reported on the
        other.
      </p>
    </Section>
  );
}

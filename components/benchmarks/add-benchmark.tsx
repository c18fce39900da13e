"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { QueryState } from "@/components/ui/query-state";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { TextField } from "@/components/ui/text-field";
import { addBenchmark, measureBenchmarks } from "@/lib/client/benchmarks";
import { dataSetsQuery } from "@/lib/client/data";
import { keys } from "@/lib/client/keys";
import { modelsQuery } from "@/lib/client/models";
import { type AddBenchmarkInput, addBenchmarkRequest } from "@/lib/contract/benchmark";
import type { DataSetSummary } from "@/lib/contract/data-set";
import type { RunSummary } from "@/lib/contract/run";
import { askedOfTask, benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { type TaskKind, taskKind, tasks } from "@/lib/contract/tasks/tasks";
import { type BenchmarkForm, benchmarkForm, emptyForm, type FormRun } from "./benchmark-form";
import { requestOf, suggestedName } from "./benchmark-request";
import styles from "./benchmarks.module.css";
import { RowsFields } from "./rows-fields";
import { TaskFields } from "./tasks/task-fields";

type AddBenchmarkProps = {
  readonly run: RunSummary;
  /** Initial values of the form. */
  readonly formRun: FormRun;
  /** Whether the run is measured on it right away. */
  readonly isMeasured: boolean;
  readonly onDone: () => void;
};

/** The form of a new benchmark. */
export function AddBenchmark({ run, formRun, isMeasured, onDone }: AddBenchmarkProps) {
  return (
    <Panel title="Add a benchmark">
      <QueryState query={useQuery(dataSetsQuery())} failure="Could not load the datasets" waiting={<Skeleton height={220} />}>
        {(dataSets) => <Fields run={run} formRun={formRun} isMeasured={isMeasured} onDone={onDone} dataSets={dataSets} />}
      </QueryState>
    </Panel>
  );
}

type FieldsProps = AddBenchmarkProps & { readonly dataSets: readonly DataSetSummary[] };

function Fields({ run, formRun, isMeasured, onDone, dataSets }: FieldsProps) {
  const client = useQueryClient();
  const models = useQuery(modelsQuery()).data;
  const dataSetOf = ({ dataSetId }: BenchmarkForm) => dataSets.find(({ id }) => id === dataSetId);
  const mayMeasure = ({ task }: Pick<BenchmarkForm, "task">) => isMeasured && askedOfTask[formRun.task].includes(task);
  const draft = useDraftForm<BenchmarkForm, AddBenchmarkInput, void>({
    name: `benchmark/1/${run.id}`,
    schema: benchmarkForm,
    beginning: emptyForm(dataSets, formRun),
    requestOf: (values) => {
      const request = requestOf(values, dataSetOf(values));
      return typeof request === "string" ? null : request;
    },
    contract: addBenchmarkRequest,
    mutation: {
      mutationFn: async (wanted) => {
        const { id } = await addBenchmark(wanted);
        // It exists now: the list shows it, whether or not this run can be measured.
        await client.invalidateQueries({ queryKey: keys.runBenchmarks(run.id) });
        if (mayMeasure({ task: wanted.task.kind })) await measureBenchmarks(run.id, [id]);
      },
      onSuccess: () => client.invalidateQueries({ queryKey: keys.runBenchmarks(run.id) }),
    },
    onSent: onDone,
  });
  const { value: form, sending: add } = draft;
  const change = (changes: Partial<BenchmarkForm>) => draft.set((before) => ({ ...before, ...changes }));
  const hasChatTemplate = models?.find(({ id }) => id === run.modelId)?.hasChatTemplate ?? false;
  const dataSet = dataSetOf(form);
  const request = requestOf(form, dataSet);
  // Other tasks of its kind of model too: a benchmark may be for other runs.
  const isOfKind = (kind: TaskKind) => tasks[kind].continuesText === tasks[formRun.task].continuesText;
  const offered = taskKind.options.filter(isOfKind).flatMap((kind) => askedOfTask[kind]);
  return (
    <Form form={draft} className={`columns two stacks-1000 ${styles["form"]}`}>
      <div className={`stack fit gap-12 ${styles["group"]}`}>
        <RowsFields form={form} change={change} formRun={formRun} dataSets={dataSets} dataSet={dataSet} hasChatTemplate={hasChatTemplate} />
      </div>
      <div className={`stack fit gap-12 ${styles["group"]}`}>
        <span className="lab">Task</span>
        <Segmented
          label="Task"
          value={form.task}
          options={offered.map((value) => ({ value, ...benchmarkTasks[value].choice }))}
          onValueChange={(task) => change({ task })}
        />
        <TaskFields form={form} change={change} dataSet={dataSet} />
        {benchmarkTasks[form.task].measuresForgetting && (
          <Checkbox
            label="General text that no run trains on, to measure forgetting"
            isChecked={form.isGeneral}
            onIsCheckedChange={(isGeneral) => change({ isGeneral })}
          />
        )}
        <TextField
          label="Name"
          field="name"
          value={form.name}
          maxLength={120}
          placeholder={dataSet === undefined ? "" : suggestedName(form, dataSet)}
          onValueChange={(name) => change({ name })}
        />
        {add.error ? <ErrorNote title="Could not add the benchmark">{messageOf(add.error)}</ErrorNote> : null}
        <div className={styles["submit"]}>
          <span className="note">{typeof request === "string" ? request : "Rows are selected once and are the same for every run."}</span>
          <DiscardDraft draft={draft} />
          <Button look="quiet" onClick={onDone}>
            Close
          </Button>
          <Button look="primary" type="submit" disabled={typeof request === "string" || add.isPending}>
            {add.isPending ? "Selecting rows" : mayMeasure(form) ? "Add and measure" : "Add"}
          </Button>
        </div>
      </div>
    </Form>
  );
}

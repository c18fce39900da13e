import { compareSettings, settingName, settingValue } from "@/lib/comparison/setting-words";
import type { ComparedSide } from "@/lib/contract/comparison";
import type { Cell, Section, Table } from "@/server/report/document";
import type { ReportedRun, ReportMaterial } from "@/server/report/material";
import { settingsOf } from "@/server/report/settings-of";
import { choiceOf, choiceWords } from "@/server/report/words/whose-choice";

/** Every setting of every side, and whose choice it is: what the paper on STAN leaves open is ours. */
export function choicesSection(material: ReportMaterial): Section | undefined {
  const table = choiceTable(material);
  if (table.rows.length === 0) return undefined;
  const text =
    "STAN is h = W0 x + b0 + (alpha / k) · D · TopK(E x), with TopK by the largest signed values. The paper (ICLR 2026 submission 2686, OpenReview mkx3xkRBkw) gives this form, alpha = 1, no bias and no activation function. It leaves open the width M, k, initialisation, learning rate, targets, tie-breaking, the treatment of dead latents and the training settings, and no code is public: these choices are ours. Of equal pre-activations the one with the lower index is kept; dead latents are not treated. LoRA's settings are ours as well.";
  return {
    title: "Settings and their source",
    blocks: [
      { kind: "paragraph", text },
      { kind: "table", ...table },
    ],
  };
}

/** Not a setting of what is learned, or told elsewhere in the report. */
const leftOut = /^(model|adapter\.method|task\.|data\.|collection|training\.(seed|evaluat|checkpoint|microBatchRows|recomputeBlocks))/;

type Told = { readonly side: ComparedSide; readonly settings: ReadonlyMap<string, string> };

function choiceTable({ comparison: { sides }, runs, experiment }: ReportMaterial): Table {
  const told = sides.flatMap((side): Told[] => {
    const run = side.runs.map(({ id }) => runs.get(id)).find((one) => one !== undefined && one.imported === null);
    return run === undefined ? [] : [{ side, settings: withoutLeftOut(run) }];
  });
  const swept = sweptPaths(experiment);
  const paths = [...new Set(told.flatMap(({ settings }) => [...settings.keys()]))].sort(compareSettings);
  const rows = paths.map((path): Cell[] => {
    const values = told.map(({ settings }) => settings.get(path) ?? null);
    const choices = told.flatMap(({ side, settings }) => {
      const value = settings.get(path);
      return value === undefined ? [] : [choiceWords[choiceOf(path, value, { method: side.method, swept })]];
    });
    return [settingName(path), ...values.map((value) => settingValue(path, value)), [...new Set(choices)].join("; ")];
  });
  return {
    caption: "Settings by side",
    columns: [{ name: "Setting" }, ...told.map(({ side }) => ({ name: side.name })), { name: "Source" }],
    rows,
  };
}

function withoutLeftOut({ config }: ReportedRun): Map<string, string> {
  return new Map([...settingsOf(config)].filter(([path]) => !leftOut.test(path)));
}

/** What the sweep chose among. */
function sweptPaths(experiment: ReportMaterial["experiment"]): Set<string> {
  const swept = new Set<string>();
  for (const { adapters, learningRates } of experiment?.request.arms ?? []) {
    if (learningRates.kind === "range" || learningRates.values.length > 1) swept.add("training.learningRate");
    const tried = adapters.map((adapter) => settingsOf({ adapter }));
    for (const path of tried.flatMap((settings) => [...settings.keys()])) {
      if (new Set(tried.map((settings) => settings.get(path))).size > 1) swept.add(path);
    }
  }
  return swept;
}

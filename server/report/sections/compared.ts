import { joined } from "@/lib/comparison/joined";
import { compareSettings, settingName, settingValue } from "@/lib/comparison/setting-words";
import { methodOf } from "@/lib/contract/methods/methods";
import { benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { lossAxis, tasks } from "@/lib/contract/tasks/tasks";
import { formatBytes, formatInteger, formatPlural, formatSetting } from "@/lib/numbers/format";
import { type Block, type Column, type Section, type Table, transposed } from "@/server/report/document";
import type { ReportMaterial } from "@/server/report/material";
import { targetWords } from "@/server/report/words/method-words";
import { designBlocks } from "./design";
import { matchedTable } from "./matched";

/** What was compared: sides, model, data, and what they have in common. */
export function comparedSection(material: ReportMaterial): Section {
  const { comparison } = material;
  const blocks: Block[] = [
    { kind: "paragraph", text: opening(material) },
    { kind: "table", ...sidesTable(material) },
  ];
  blocks.push({ kind: "table", ...materialTable(material) });
  if (material.benchmarks.length > 0) blocks.push({ kind: "table", ...benchmarkTable(material) });
  blocks.push(...designBlocks(material));
  const matched = matchedTable(material);
  if (matched !== undefined) blocks.push({ kind: "table", ...(matched.columns.length > 7 ? transposed(matched) : matched) });
  if (comparison.settings.length > 0) blocks.push({ kind: "table", ...differenceTable(material) });
  return { title: "What was compared", blocks };
}

function opening({ comparison: { sides } }: ReportMaterial): string {
  const methods = [...new Set(sides.map(({ method }) => methodOf({ method }).longName))];
  const [task] = sides.map((side) => side.task);
  const runs = new Set(sides.flatMap((side) => side.runs.map(({ id }) => id))).size;
  const learned = task === undefined ? "" : `, trained ${tasks[task].aim}; the loss is ${lossAxis(tasks[task].loss)}`;
  return `${sides.length} sides of ${runs} runs (${joined(methods)})${learned}. Runs with equal settings except the seed form one side; runs are paired across sides by seed.`;
}

function sidesTable({ comparison: { sides }, runs, experiment }: ReportMaterial): Table {
  const hasDomains = sides.some(({ domains }) => domains !== null);
  const rows = sides.map((side) => {
    const [first] = side.runs;
    const config = first === undefined ? undefined : runs.get(first.id)?.config;
    const origin = first === undefined ? null : runs.get(first.id)?.run.experiment;
    const arm = origin == null ? undefined : experiment?.request.arms[origin.arm]?.name;
    const seeds = side.runs.map(({ seed }) => (seed === null ? "unknown" : String(seed))).join(", ");
    return [
      { text: side.name, ...(arm === undefined || arm === side.name ? {} : { below: `arm ${arm}` }) },
      config === undefined ? methodOf(side).longName : methodOf(config.adapter).describe(config.adapter),
      config === undefined ? "" : targetWords(config.adapter),
      side.learningRate === null ? "not known" : formatSetting(side.learningRate),
      seeds,
      ...(hasDomains ? [side.domains?.join(", ") ?? "all"] : []),
    ];
  });
  const columns: Column[] = [
    { name: "Side" },
    { name: "Adapter" },
    { name: "On" },
    { name: "Learning rate", isNumeric: true },
    { name: "Seeds" },
    ...(hasDomains ? [{ name: "Trained on" }] : []),
  ];
  return { caption: "The sides", columns, rows };
}

function materialTable({ models, dataSets, runs }: ReportMaterial): Table {
  const reported = [...runs.values()];
  const rows = [...new Set(reported.map(({ run }) => run.modelName))].map((name) => {
    const found = models.find((model) => reported.some(({ run }) => run.modelName === name && run.modelId === model.id));
    if (found === undefined) return ["Model", name, "no longer in the library", "not known"];
    const size = `${found.architecture}, ${formatInteger(found.parameters)} parameters, ${formatPlural(found.numLayers, "layer")}, width ${found.dModel}, ${found.format}`;
    return ["Model", name, size, found.revision];
  });
  for (const name of new Set(reported.map(({ run }) => run.dataName))) {
    const own = reported.filter(({ run }) => run.dataName === name);
    const ids = own.map(({ config: { data } }) => (data?.kind === "dataSet" ? data.dataSetId : undefined));
    const found = dataSets.find(({ id }) => ids.includes(id));
    const hashes = [...new Set(own.map(({ provenance }) => provenance["data"] ?? "not recorded"))];
    rows.push(["Data", name, found === undefined ? "no longer in the library" : dataWords(found), hashes.join(", ")]);
  }
  return {
    caption: "Model and data",
    columns: [{ name: "What" }, { name: "Name" }, { name: "Size", holds: "sentences" }, { name: "Hash or revision", holds: "hashes" }],
    rows: rows.map(([what = "", name = "", size = "", hash = ""]) => [what, { text: name, isStrong: true }, size, hash]),
    note: "For data: SHA-256 of the file as each training read it (as sha256sum prints it), or over all files of a folder. For models: the revision, or a hash of the content.",
  };
}

function dataWords({ rows, splits, domains, sizeBytes, format, licence }: ReportMaterial["dataSets"][number]): string {
  const list = (some: readonly { name: string; rows: number }[]) =>
    some.map(({ name, rows: count }) => `${name} ${formatInteger(count)}`).join(", ");
  const parts = [`${formatPlural(rows, "row")} (${format}, ${formatBytes(sizeBytes)})`];
  if (splits.length > 0) parts.push(`splits: ${list(splits)}`);
  if (domains.length > 0) parts.push(`domains: ${list(domains)}`);
  if (licence !== null) parts.push(`licence: ${licence}`);
  return parts.join("; ");
}

function benchmarkTable({ benchmarks }: ReportMaterial): Table {
  const rows = benchmarks.map(({ name, dataName, numRows, rows: { part, domains, maxTokens }, task, rowsHash, isGeneral }) => [
    { text: name, ...(isGeneral ? { below: "general text, for forgetting" } : {}) },
    `${dataName}: ${partWords(part)}${domains === null ? "" : `, ${domains.join(", ")}`}`,
    benchmarkTasks[task.kind].summary,
    formatInteger(numRows),
    formatInteger(maxTokens),
    rowsHash,
  ]);
  const columns: Column[] = [
    { name: "Benchmark" },
    { name: "Rows of" },
    { name: "Task" },
    { name: "Rows", isNumeric: true },
    { name: "Max tokens per row", isNumeric: true },
    { name: "SHA-256 of the rows", holds: "hashes" },
  ];
  return { caption: "Benchmarks: the same rows for every run", columns, rows };
}

function partWords(part: ReportMaterial["benchmarks"][number]["rows"]["part"]): string {
  switch (part.kind) {
    case "split":
      return `split ${part.name}`;
    case "heldOut":
      return part.heldOutPart === undefined ? "held-out rows" : `${part.heldOutPart} half of the held-out rows`;
    case "all":
      return "all rows";
  }
}

function differenceTable({ comparison: { sides, settings, sameSettings } }: ReportMaterial): Table {
  const rows = settings
    .toSorted((a, b) => compareSettings(a.path, b.path))
    .map(({ path, values }) => [settingName(path), ...values.map((value) => settingValue(path, value))]);
  return {
    caption: "Settings that differ between the sides",
    columns: [{ name: "Setting" }, ...sides.map(({ name }) => ({ name }))],
    rows,
    note: `${sameSettings} further settings are the same on all sides, not counting the seed.`,
  };
}

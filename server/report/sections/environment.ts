import { joined } from "@/lib/comparison/joined";
import type { Block, Section, Table } from "@/server/report/document";
import type { ReportedRun, ReportMaterial } from "@/server/report/material";
import { timeWords } from "@/server/report/words/sentences";

const names: Readonly<Record<string, string>> = {
  engine: "Engine",
  kernels: "Kernels",
  device: "Device",
  frozenDtype: "Frozen weights",
  askedDtype: "Type asked for",
  node: "Node.js",
  platform: "Platform",
  data: "Hash of the data",
  context: "Rotary scaling chosen for, tokens",
  classes: "Classes",
  head: "Head",
  baseModel: "Base model",
  curves: "Curves read from",
  parent: "Derived from adapter",
};

/** What made the numbers: engine, device, versions and dates. */
export function environmentSection(material: ReportMaterial): Section {
  const runs = [...material.runs.values()];
  return {
    title: "Environment",
    blocks: [
      ...provenanceBlocks(runs),
      { kind: "paragraph", text: datesOf(runs) },
      {
        kind: "paragraph",
        text: `This report was made ${timeWords(material.madeAt)} by Stanscope ${material.version} from its database; no number was entered by hand.`,
      },
    ],
  };
}

function provenanceBlocks(runs: readonly ReportedRun[]): Block[] {
  const table = provenanceTable(runs);
  if (table.rows.length > 0) return [{ kind: "table", ...table }];
  return [{ kind: "paragraph", text: "The software and hardware of these runs are not recorded." }];
}

function provenanceTable(runs: readonly ReportedRun[]): Table {
  const keys = [...new Set(runs.flatMap(({ provenance }) => Object.keys(provenance)))].sort(
    (a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1),
  );
  const rows = keys.map((key) => {
    const values = [...new Set(runs.map(({ provenance }) => provenance[key] ?? "not recorded"))];
    if (values.length === 1) return [names[key] ?? key, values[0] ?? "", "all runs"];
    const parts = values.map((value) => ({
      value,
      of: runs.filter(({ provenance }) => (provenance[key] ?? "not recorded") === value).map(({ run }) => run.name),
    }));
    return [
      names[key] ?? key,
      parts.map(({ value }) => value).join("; "),
      parts.map(({ value, of }) => `${value}: ${of.join(", ")}`).join("; "),
    ];
  });
  return {
    caption: "As recorded by each training",
    columns: [{ name: "What" }, { name: "Value", holds: "sentences" }, { name: "Of" }],
    rows,
  };
}

function placeOf(key: string): number {
  const place = Object.keys(names).indexOf(key);
  return place < 0 ? Number.MAX_SAFE_INTEGER : place;
}

function datesOf(runs: readonly ReportedRun[]): string {
  const started = runs.flatMap(({ run }) => run.startedAt ?? []).sort();
  const ended = runs.flatMap(({ run }) => run.finishedAt ?? []).sort();
  const [first, last] = [started[0], ended.at(-1)];
  const parts = [
    ...(first === undefined ? [] : [`the first started ${timeWords(first)}`]),
    ...(last === undefined ? [] : [`the last finished ${timeWords(last)}`]),
  ];
  return parts.length === 0 ? "The training times of these runs are not recorded." : `Of these runs, ${joined(parts)}.`;
}

import { joined } from "@/lib/comparison/joined";
import { compareProvenance, provenanceName } from "@/lib/contract/provenance-names";
import type { Block, Section, Table } from "@/server/report/document";
import type { ReportedRun, ReportMaterial } from "@/server/report/material";
import { timeWords } from "@/server/report/words/sentences";

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
  const keys = [...new Set(runs.flatMap(({ provenance }) => Object.keys(provenance)))].sort(compareProvenance);
  const rows = keys.map((key) => {
    const values = [...new Set(runs.map(({ provenance }) => provenance[key] ?? "not recorded"))];
    if (values.length === 1) return [provenanceName(key), values[0] ?? "", "all runs"];
    const parts = values.map((value) => ({
      value,
      of: runs.filter(({ provenance }) => (provenance[key] ?? "not recorded") === value).map(({ run }) => run.name),
    }));
    return [
      provenanceName(key),
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

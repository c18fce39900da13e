import { type ExperimentDetail, experimentRequest } from "@/lib/contract/experiment";
import { isWhole } from "@/lib/contract/run-config";
import type { Block, Section } from "@/server/report/document";
import type { ReportMaterial } from "@/server/report/material";
import { commandNames, headlessConfig, inOrder, lastPart } from "@/server/report/reproduce";

/** What to type to have the same again. */
export function commandsSection(material: ReportMaterial): Section {
  const { experiment } = material;
  return {
    title: "Reproduce",
    blocks: [...runBlocks(material), ...(experiment === null ? [] : experimentBlocks(experiment, material)), ...reportBlocks(material)],
  };
}

function runBlocks(material: ReportMaterial): Block[] {
  const runs = [...material.runs.values()];
  const named = commandNames(material);
  const own = runs.flatMap((one) => {
    const name = named.get(one.run.id);
    return isWhole(one.config) && one.bakedEdits === null && name !== undefined
      ? [{ name, run: one.run, config: headlessConfig(one.config, material) }]
      : [];
  });
  const others = runs.filter(({ run }) => !own.some((one) => one.run.id === run.id)).map(({ run }) => run.name);
  const text =
    "Each run on its own, without database or web server: put the model folder and the data file next to the configurations, which refer to them by name. The last line of evaluations.jsonl is the loss on the same held-out rows as above. On the same machine and versions the numbers are identical; elsewhere they agree up to rounding.";
  const commands = own.map(({ name }) => `npm run -s stanscope -- train --config ${name}.json --output ${name}`).join("\n");
  return [
    ...(own.length > 0
      ? [
          { kind: "paragraph" as const, text },
          { kind: "code" as const, summary: "The commands:", language: "sh" as const, code: commands, isFolded: false },
        ]
      : []),
    ...own.map(({ name, run, config }) => ({
      kind: "code" as const,
      summary: `${name}.json, the full configuration of ${run.name}`,
      language: "json" as const,
      code: JSON.stringify(config, null, 2),
      isFolded: true,
    })),
    ...(others.length > 0
      ? [
          {
            kind: "paragraph" as const,
            text: `Cannot be reproduced from here, because they were trained elsewhere or derived from another adapter: ${others.join(", ")}.`,
          },
        ]
      : []),
  ];
}

const address = "http://127.0.0.1:3000";
const post = (path: string, body: string) => `curl -s ${address}${path} -H 'content-type: application/json' -d ${body}`;

function experimentBlocks({ request, experiment, benchmarks }: ExperimentDetail, { models, dataSets }: ReportMaterial): Block[] {
  const model = models.find(({ id }) => id === request.model);
  const data = dataSets.find(({ id }) => id === request.data.dataSetId);
  const quoted = (value: object) => `'${JSON.stringify(value).replaceAll("'", String.raw`'\''`)}'`;
  const commands = [
    post("/api/models", quoted({ source: "folder", path: `/path/to/${model === undefined ? "model" : lastPart(model.path)}` })),
    post("/api/data", quoted({ path: `/path/to/${data === undefined ? "data" : lastPart(data.path)}` })),
    post("/api/experiments", "@experiment.json"),
    `curl -s '${address}/api/experiments/EXPERIMENT_ID/report?format=html' -o report.html`,
  ].join("\n");
  // The experiment creates its own benchmark of the report rows.
  const named = request.benchmarks.flatMap((id) => {
    const name = benchmarks.find((benchmark) => benchmark.id === id)?.name ?? id;
    return name === `${experiment.name}, report rows` ? [] : [`ID of the benchmark ${name}`];
  });
  const { path: _, ...rows } = request.data;
  const body = inOrder(experimentRequest, {
    ...request,
    model: "MODEL_ID",
    data: { ...rows, dataSetId: "DATA_SET_ID" },
    benchmarks: named,
  });
  return [
    {
      kind: "paragraph",
      text: "The whole experiment, sweep and final runs, in a running Stanscope (npm start). The responses to the first two commands contain MODEL_ID and DATA_SET_ID, the response to the third EXPERIMENT_ID.",
    },
    { kind: "code", summary: "The commands:", language: "sh", code: commands, isFolded: false },
    {
      kind: "code",
      summary: "experiment.json, the request that started this experiment",
      language: "json",
      code: JSON.stringify(body, null, 2),
      isFolded: true,
    },
  ];
}

function reportBlocks({ comparison: { sides }, experiment }: ReportMaterial): Block[] {
  if (experiment !== null) return [];
  const runs = sides.flatMap((side) => side.runs.map(({ id }) => id)).join(",");
  const code = `curl -s '${address}/api/compare/report?runs=${runs}&format=html' -o report.html`;
  return [{ kind: "code", summary: "This report, on a server that has these runs:", language: "sh", code, isFolded: false }];
}

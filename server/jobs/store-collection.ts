import type { Database, Store } from "@/server/db/client";
import type { CollectionModule, CollectionRow } from "@/server/db/latents/collections";
import {
  beginLoad,
  type ContextInput,
  copyContexts,
  copyExamples,
  copyLatents,
  type ExampleInput,
  finishCollection,
} from "@/server/db/latents/load-collection";
import { coFiringSampled } from "@/server/engine/features/co-firing";
import { bandList, exampleList, exampleRows, type LatentExampleRecord } from "@/server/engine/features/example-list";
import { moduleSummary } from "@/server/engine/features/latent-table";
import { activationWidth } from "@/server/engine/methods/methods";
import { readingsOf } from "@/server/runtime/collections/readings";
import { idsOnlyTokenizer } from "@/server/runtime/models/ids-only-tokenizer";
import { kindOfModel } from "@/server/runtime/models/kinds/model-kinds";
import { vocabOf } from "@/server/runtime/models/load-base-model";
import { dataRowOf } from "@/server/runtime/rows/noised-rows";
import { tokensOf } from "@/server/runtime/rows/read-row";
import { type FinishedPass, latentInputs, meanAbsAttribution } from "./latent-inputs";

/** Copies a pass into the collection's own tables, which are seen when all is in them, and marks it as finished. */
export async function storeCollection(
  store: Store,
  collection: CollectionRow,
  pass: FinishedPass,
  options: {
    /** Called between two modules. */
    afterEach: (modules: number) => Promise<void>;
    /** What is due when it is finished, in the same transaction. */
    andThen: (db: Database) => Promise<void>;
  },
): Promise<void> {
  const { base, adapter, statistics, plan, findings } = pass;
  const { id } = collection;
  const tokenizer = base.tokenizer ?? idsOnlyTokenizer(vocabOf(base));
  await beginLoad(store, id);
  const modules: CollectionModule[] = [];
  for (const { module: name, layer, name: projection } of adapter.modules) {
    const module = demandModule(pass, name);
    await copyLatents(
      store,
      id,
      latentInputs(pass, name, modules.length, (token) => tokenizer.tokenText(token)),
    );
    const ofLoss = meanAbsAttribution(findings.attribution?.get(name));
    const effectiveRank = findings.weights.get(name)?.spectrum?.effectiveRank;
    modules.push({
      ...{ name, layer, projection, ...moduleSummary(statistics, module), meanAbsAttribution: ofLoss },
      ...(effectiveRank === undefined ? {} : { effectiveRank }),
    });
    await options.afterEach(modules.length);
  }

  const { domains, classes, rows, probes } = plan;
  const contextRows = exampleRows(statistics.modules.values());
  const contextOf = new Map(contextRows.map((row, context) => [row, context]));
  const rowAt = (number: number) => {
    const row = rows.get(number);
    if (row === undefined) throw new Error(`row ${number} has an example, and was not read`);
    return row;
  };
  const positionsOf = (row: number) => tokensOf(rowAt(row));
  const inContext = (example: LatentExampleRecord) => ({ ...example, context: contextOf.get(example.row) ?? -1 });
  async function* contexts(): AsyncGenerator<ContextInput> {
    for (const [context, number] of contextRows.entries()) {
      const row = rowAt(number);
      const domain = row.domain === null ? null : domains.indexOf(row.domain);
      yield { context, row: dataRowOf(row), domain, ...(await kindOfModel(base).contextOf(base, row)) };
    }
  }
  function* examples(): Generator<ExampleInput> {
    for (const [place, { name }] of modules.entries()) {
      const module = demandModule(pass, name);
      for (let index = 0; index < module.shape.numLatents; index++) {
        const top = exampleList(module, index, positionsOf).map(inContext);
        if (top.length === 0) continue;
        const bands = bandList(module, index, positionsOf).map((band) => ({ ...band, examples: band.examples.map(inContext) }));
        yield { module: place, index, top, bands };
      }
    }
  }
  await copyContexts(store, id, contexts());
  await copyExamples(store, id, examples());

  const [first] = adapter.modules;
  const read = readingsOf(plan);
  const result = {
    positions: statistics.tokens,
    contexts: contextRows.length,
    domains: domains.map((name, domain) => ({
      ...{ name, tokens: statistics.domainTokens[domain] ?? 0 },
      rows: statistics.domainRows[domain] ?? 0,
      ...read.ofDomain(name),
    })),
    classes: classes.map((name, place) => ({ name, rows: statistics.classRows[place] ?? 0, ...read.ofClass(name) })),
    modules,
    numLatents: modules.reduce((sum, { numLatents }) => sum + numLatents, 0),
    k: first === undefined ? 0 : activationWidth(first),
    probes: probes.map(({ row, from, to }) => ({ context: contextOf.get(row) ?? -1, from, to })),
    coFiringSampled: coFiringSampled(statistics),
    trainingSteps: [...(findings.record?.windowEnds ?? [])],
    seconds: pass.elapsedMs() / 1000,
  };
  await finishCollection(store, collection, result, options.andThen);
}

function demandModule({ statistics }: FinishedPass, name: string) {
  const module = statistics.modules.get(name);
  if (module === undefined) throw new Error(`${name}: the pass gathered no statistics`);
  return module;
}

import type { Store } from "@/server/db/client";
import type { CollectionModule, CollectionRow } from "@/server/db/latents/collections";
import {
  beginLoad,
  type ContextInput,
  copyContexts,
  copyExamples,
  copyLatents,
  type ExampleInput,
  finishCollection,
  type LatentInput,
} from "@/server/db/latents/load-collection";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { activationWidth } from "@/server/engine/adapters/settings";
import { exampleList, exampleRows } from "@/server/engine/features/example-list";
import { latentTable, moduleSummary } from "@/server/engine/features/latent-table";
import { tokenTexts } from "@/server/engine/text/stream-decode";
import type { CollectedLatents } from "@/server/runtime/collections/collection-session";
import { idsOnlyTokenizer } from "@/server/runtime/models/ids-only-tokenizer";
import type { BaseModel } from "@/server/runtime/models/load-base-model";

export type FinishedPass = {
  readonly base: BaseModel;
  readonly adapter: Adapter;
  readonly collected: CollectedLatents;
  elapsedMs(): number;
};

/** Copies a pass into the collection's own tables; they are seen when all is in them. */
export async function storeCollection(store: Store, collection: CollectionRow, pass: FinishedPass): Promise<void> {
  const { base, adapter, collected } = pass;
  const { statistics, domains, rows } = collected;
  const tokenizer = base.tokenizer ?? idsOnlyTokenizer(base.model.config.vocab);
  const { id } = collection;
  await beginLoad(store, id);
  const modules: CollectionModule[] = [];
  for (const { module: name, layer, name: projection } of adapter.modules) {
    const module = statistics.modules.get(name);
    if (module === undefined) throw new Error(`${name}: the pass gathered no statistics`);
    const place = modules.length;
    const latents = Array.from(
      latentTable(statistics, module, (token) => tokenizer.tokenText(token)),
      (row): LatentInput => ({ ...row, module: place }),
    );
    await copyLatents(store, id, latents);
    modules.push({ name, layer, projection, ...moduleSummary(statistics, module) });
  }

  const contextRows = exampleRows(statistics.modules.values());
  const contextOf = new Map(contextRows.map((row, context) => [row, context]));
  const tokensOf = (row: number) => rows.get(row)?.ids ?? new Int32Array(0);
  function* contexts(): Generator<ContextInput> {
    for (const [context, row] of contextRows.entries()) {
      const domain = rows.get(row)?.domain ?? null;
      const tokenIds = tokensOf(row);
      yield {
        context,
        row,
        domain: domain === null ? null : domains.indexOf(domain),
        tokenIds,
        texts: textAtFirstToken(tokenTexts(tokenizer, [...tokenIds])),
      };
    }
  }
  function* examples(): Generator<ExampleInput> {
    for (const [place, { name }] of modules.entries()) {
      const module = statistics.modules.get(name);
      if (module === undefined) continue;
      for (let index = 0; index < module.shape.numLatents; index++) {
        const listed = exampleList(module, index, tokensOf).map((example) => ({ ...example, context: contextOf.get(example.row) ?? -1 }));
        if (listed.length > 0) yield { module: place, index, examples: listed };
      }
    }
  }
  await copyContexts(store, id, contexts());
  await copyExamples(store, id, examples());

  const [first] = adapter.modules;
  await finishCollection(store, collection, {
    tokens: statistics.tokens,
    contexts: contextRows.length,
    domains: domains.map((name, domain) => ({ name, tokens: statistics.domainTokens[domain] ?? 0 })),
    modules,
    numLatents: modules.reduce((sum, { numLatents }) => sum + numLatents, 0),
    k: first === undefined ? 0 : activationWidth(first),
    seconds: pass.elapsedMs() / 1000,
  });
}

/**
 * A character cut over several tokens stands at the last of them, the ones before it being empty; stored contexts have it at
 * the first, so that a reader joins what is empty to what stands before it.
 */
function textAtFirstToken(texts: readonly string[]): string[] {
  const moved = [...texts];
  let start = 0;
  for (const [at, text] of texts.entries()) {
    if (text === "") continue;
    if (start < at) [moved[start], moved[at]] = [text, ""];
    start = at + 1;
  }
  return moved;
}

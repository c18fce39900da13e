import type { CollectionModule } from "@/lib/contract/latent";
import type { CountedToken } from "@/lib/contract/latent-columns/counted-token";
import { unknownNumbers } from "@/lib/contract/latent-columns/latent-columns";
import { collectionSettings } from "@/lib/contract/run-config";
import { Random } from "@/lib/numbers/random";
import type { Store } from "@/server/db/client";
import { createDictionary } from "@/server/db/latents/collections";
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
import type { StoredExample } from "@/server/db/latents/pack-examples";

/** How large a made-up collection is; `examples` a latent as a real pass has them, or none where only the table is looked at. */
export type SyntheticShape = { layers: number; projections: readonly string[]; width: number; hasExamples: boolean; seed: number };

const tokens = 500_000;
const domains = ["recipes", "law", "code", "news", "poems", "forum", "maths", "medicine", "travel"];
const vocabulary = 49_152;
const contexts = 2048;
const contextTokens = 128;
const examplesATop = 24;
const bands = [0, 0.25, 0.5, 0.75, 0.95, 1];
const examplesABand = 5;
const differentExamples = 997;
const trainingWindows = 32;
const probes = 64;

/**
 * Stores a collection of made-up latents as a pass would: densities over four decades, a tenth dead, tokens by Zipf's law, and so on.
 *
 * @returns its modules
 */
export async function storeSynthetic(store: Store, id: string, name: string, shape: SyntheticShape): Promise<CollectionModule[]> {
  const origin = { kind: "neuronpedia", modelId: "synthetic", sourceId: name } as const;
  await createDictionary(store.db, { id, name, origin, settings: collectionSettings.parse({}) });
  return loadSynthetic(store, id, shape);
}

/** Loads it, from the start when it was loaded before. */
export async function loadSynthetic(store: Store, id: string, shape: SyntheticShape): Promise<CollectionModule[]> {
  const random = new Random(shape.seed);
  const modules = Array.from({ length: shape.layers }, (_, layer) =>
    shape.projections.map((projection) => moduleOf(layer, projection, shape.width)),
  ).flat();
  const texts = vocabularyTexts(new Random(1));
  await beginLoad(store, id);
  for (const place of modules.keys()) {
    await copyLatents(
      store,
      id,
      Array.from({ length: shape.width }, (_, index) =>
        latentOf(random, texts, { module: place, index, modules: modules.length, width: shape.width }),
      ),
    );
  }
  await copyContexts(store, id, contextRows(random, texts));
  if (shape.hasExamples) await copyExamples(store, id, exampleRows(random, modules.length, shape.width));
  await finishCollection(
    store,
    { id, runId: null },
    {
      positions: tokens,
      contexts,
      domains: domains.map((domain) => ({ name: domain, tokens: Math.floor(tokens / domains.length) })),
      modules,
      numLatents: modules.length * shape.width,
      k: 32,
      seconds: 1,
      probes: Array.from({ length: probes }, (_, probe) => ({ context: probe, from: 10, to: 51 })),
      coFiringSampled: 4096,
      trainingSteps: Array.from({ length: trainingWindows }, (_, window) => (window + 1) * 50),
    },
  );
  return modules;
}

/** A word a number, some with a leading space, as a tokenizer's vocabulary has them. */
function vocabularyTexts(random: Random): string[] {
  const syllables = "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo yu za str ing ed tion".split(" ");
  return Array.from({ length: vocabulary }, (_, number) => {
    const length = 1 + random.nextBelow(3);
    const word = Array.from({ length }, () => syllables[random.nextBelow(syllables.length)] ?? "").join("");
    return `${random.next() < 0.6 ? " " : ""}${word}${number % 97 === 0 ? number : ""}`;
  });
}

function moduleOf(layer: number, projection: string, width: number): CollectionModule {
  const name = `model.layers.${layer}.self_attn.${projection}`;
  const known = {
    dead: Math.floor(width / 10),
    alwaysOn: 2,
    colourMax: 8,
    updateNorm: 0.05,
    frozenNorm: 20,
    updateRange: { p50: 0.04, p99: 0.1, max: 0.2 },
    meanAbsAttribution: 1e-4,
  };
  return { name, layer, projection, numLatents: width, ...known };
}

type Place = { module: number; index: number; modules: number; width: number };

function latentOf(random: Random, texts: readonly string[], { module, index, modules, width }: Place): LatentInput {
  const density = random.next() < 0.1 ? 0 : 10 ** (-4.5 + 4 * random.next() ** 1.5);
  const fireCount = Math.round(density * tokens);
  const isDead = fireCount === 0;
  const unlessDead = (value: number) => (isDead ? null : value);
  const related = () => ({ module: random.nextBelow(modules), index: random.nextBelow(width), value: random.next() });
  const eight = [1, 2, 3, 4, 5, 6, 7, 8];
  const histogram = new Uint32Array(128);
  if (!isDead) for (let bin = 28; bin < 46; bin++) histogram[bin] = Math.ceil((fireCount / 20) * random.next());
  const strength = Math.exp(random.nextNormal());
  const selectivity = unlessDead(0.12 + 0.88 * random.next() ** 3);
  return {
    module,
    index,
    ...unknownNumbers,
    fireCount,
    meanActivation: unlessDead(strength),
    meanSquare: unlessDead(strength * strength * (1 + random.next())),
    skewness: unlessDead(random.nextNormal()),
    maxActivation: unlessDead(strength * (1 + 6 * random.next())),
    minActivation: unlessDead(strength * random.next() * 0.1),
    outputShare: unlessDead(random.next() / width),
    decoderNorm: 0.5 + random.next(),
    attribution: unlessDead(random.nextNormal() * 1e-3),
    attributionCount: Math.floor(fireCount / 40),
    selectivity,
    selectivityInterval: selectivity === null ? null : [selectivity * 0.9, Math.min(selectivity * 1.1, 1)],
    topDomain: unlessDead(random.nextBelow(domains.length)),
    domainCounts: domains.map(() => Math.floor((fireCount / domains.length) * random.next())),
    topTokens: isDead ? [] : countedTokens(random, texts, fireCount),
    positiveTail: null,
    negativeTail: null,
    weightNorm: null,
    spectrum: null,
    nextTokens: isDead ? [] : countedTokens(random, texts, fireCount),
    bornAtStep: unlessDead(random.nextBelow(1000)),
    diedAtStep: null,
    histogram,
    related: {
      decoder: eight.map(related),
      encoder: eight.map(related),
      firesWith: isDead ? [] : eight.map(() => ({ index: random.nextBelow(width), value: random.next(), together: 9 })),
    },
    logitEffect: null,
    trainingDensity: Float32Array.from({ length: trainingWindows }, () => density * random.next()),
    quiet: [3, 7, 11, 19, 23, 42],
  };
}

function countedTokens(random: Random, texts: readonly string[], fireCount: number): CountedToken[] {
  return Array.from({ length: 12 }, (_, rank) => ({
    token: texts[zipf(random)] ?? "",
    count: Math.ceil(fireCount / (rank + 2)),
    error: 0,
    lift: 1 + 100 * random.next(),
  }));
}

function* contextRows(random: Random, texts: readonly string[]): Generator<ContextInput> {
  for (let context = 0; context < contexts; context++) {
    const tokenIds = Int32Array.from({ length: contextTokens }, () => zipf(random));
    yield { context, row: context, domain: context % domains.length, tokenIds, texts: Array.from(tokenIds, (id) => texts[id] ?? "") };
  }
}

function* exampleRows(random: Random, modules: number, width: number): Generator<ExampleInput> {
  const list = (length: number) => Array.from({ length }, () => exampleOf(random)).sort((a, b) => b.activation - a.activation);
  // Made once and used again and again: the database cannot tell, and making them is no part of what is measured.
  const made = Array.from({ length: differentExamples }, () => ({
    top: list(examplesATop),
    bands: bands.slice(0, -1).map((from, band) => ({
      from,
      to: bands[band + 1] ?? 1,
      firings: 100,
      lowest: band,
      highest: band + 1,
      examples: list(examplesABand),
    })),
  }));
  for (let module = 0; module < modules; module++) {
    for (let index = 0; index < width; index++) {
      const examples = made[(module * width + index) % differentExamples];
      if (examples !== undefined) yield { module, index, ...examples };
    }
  }
}

function exampleOf(random: Random): StoredExample {
  const position = random.nextBelow(contextTokens);
  const from = Math.max(position - 24, 0);
  const to = Math.min(position + 17, contextTokens);
  const firingPositions = [position - 2, position, position + 3].filter((at) => at >= from && at < to);
  const activation = 8 * random.next();
  const context = random.nextBelow(contexts);
  return {
    context,
    position,
    activation,
    duplicates: 0,
    from,
    to,
    firingPositions,
    firingActivations: firingPositions.map(() => activation),
  };
}

/** A place in the vocabulary, small ones more often: uniform on the log scale. */
function zipf(random: Random): number {
  return Math.min(Math.floor(vocabulary ** random.next()), vocabulary - 1);
}

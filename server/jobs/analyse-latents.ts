import { writesToResidual } from "@/lib/contract/architectures/architectures";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { CollectionRow } from "@/server/db/latents/collections";
import type { Attribution } from "@/server/engine/effects/attribution";
import { type LogitEffects, logitEffects } from "@/server/engine/effects/logit-effect";
import { type RelatedLatents, relatedLatents } from "@/server/engine/effects/related-latents";
import { type DenseWeights, denseWeights } from "@/server/engine/effects/update-spectrum";
import type { LatentRecord } from "@/server/engine/training/latent-record";
import type { ShardPlan } from "@/server/runtime/collections/shard-plan";
import { textBase } from "@/server/runtime/models/load-base-model";
import { takeTurns } from "@/server/runtime/take-turns";
import { readLatentRecord } from "@/server/runtime/training/latent-record-file";
import type { CollectionProgress } from "./collection-progress";
import type { HeldWork } from "./held-work";
import type { JobContext } from "./job-context";
import { measuredRows } from "./measured-source";
import type { OpenReading } from "./open-run";
import { runFolders } from "./run-folders";

type Analysis = {
  readonly context: JobContext;
  readonly collection: CollectionRow;
  readonly open: OpenReading;
  readonly plan: ShardPlan;
  readonly work: HeldWork;
  readonly progress: CollectionProgress;
};

/** What is known of latents beside the statistics of the pass. */
export type LatentFindings = {
  /** Undefined where no backward pass was made. */
  readonly attribution: Attribution | undefined;
  /** (numLatents) norms of decoder columns by module. */
  readonly decoderNorms: ReadonlyMap<string, Float32Array>;
  readonly related: RelatedLatents;
  /** By module, of dense methods. */
  readonly weights: ReadonlyMap<string, DenseWeights>;
  /** By module, of those that write to the residual stream. */
  readonly logitEffects: ReadonlyMap<string, LogitEffects>;
  /** Undefined where the training kept none. */
  readonly record: LatentRecord | undefined;
};

/** Attribution, related latents and logit effects, each stage shown as it goes. */
export async function analyseLatents(analysis: Analysis): Promise<LatentFindings> {
  const { context, open } = analysis;
  return {
    attribution: await attribute(analysis),
    decoderNorms: open.adapter.decoderNorms(),
    related: await relate(analysis),
    weights: await readWeights(analysis),
    logitEffects: await readLogits(analysis),
    record: readLatentRecord(runFolders(context.dataFolder, open.run.id).adapter),
  };
}

async function attribute({ context, collection, open, plan, work, progress }: Analysis): Promise<Attribution | undefined> {
  const { signal } = work;
  const count = collection.settings.attributionRows;
  if (count === 0) return undefined;
  await progress.show({ stage: "Attribution" });
  const rows = await measuredRows(context, open, { ofCollection: async () => plan.rows.values(), count, signal });
  if (rows.count === 0) return undefined;
  const { turns } = context.runtime;
  return takeTurns(rows.attribute(), { turns, kind: "background", signal }, ({ rows: done }) =>
    progress.update({ stage: `Attribution: ${done} of ${rows.count} ${rows.kind}` }),
  );
}

async function relate({ context, open, work, progress }: Analysis): Promise<RelatedLatents> {
  await progress.show({ stage: "Related latents" });
  const { turns } = context.runtime;
  return takeTurns(relatedLatents(open.adapter), { turns, kind: "background", signal: work.signal }, ({ done, total }) =>
    progress.update({ stage: `Related latents: ${done} of ${total} pairs of modules` }),
  );
}

async function readWeights({ context, open, work, progress }: Analysis): Promise<Map<string, DenseWeights>> {
  const weights = new Map<string, DenseWeights>();
  const { adapter } = open;
  if (!latentMethodOf(adapter).isDense) return weights;
  const { turns } = context.runtime;
  for (const [place, { module }] of adapter.modules.entries()) {
    await progress.update({ stage: `Singular values: ${place} of ${adapter.modules.length} modules` });
    const attached = adapter.at(module);
    if (attached === undefined) continue;
    weights.set(module, await takeTurns(denseWeights(attached), { turns, kind: "background", signal: work.signal }));
  }
  return weights;
}

async function readLogits({ context, open, work, progress }: Analysis): Promise<Map<string, LogitEffects>> {
  const effects = new Map<string, LogitEffects>();
  // An encoder has no vocabulary to write to.
  const model = textBase(open.base)?.model;
  if (model === undefined) return effects;
  const { architecture } = model.config;
  const writing = open.adapter.modules.filter(({ name }) => writesToResidual(architecture, name));
  const { turns } = context.runtime;
  for (const [place, { module }] of writing.entries()) {
    await progress.update({ stage: `Logit effects: ${place} of ${writing.length} modules` });
    const passes = logitEffects(model, open.adapter, module);
    const found = await takeTurns(passes, { turns, kind: "background", signal: work.signal }, () => progress.update({}));
    if (found !== undefined) effects.set(module, found);
  }
  return effects;
}

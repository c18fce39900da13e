import { writesToResidual } from "@/lib/contract/architectures/architectures";
import type { CollectionRow } from "@/server/db/latents/collections";
import { type Attribution, attributeAnswers, attributeLatents } from "@/server/engine/effects/attribution";
import { type LogitEffects, logitEffects } from "@/server/engine/effects/logit-effect";
import { type RelatedLatents, relatedLatents } from "@/server/engine/effects/related-latents";
import { layRows } from "@/server/engine/models/encoders/answered-rows";
import { batchRows } from "@/server/engine/models/row-batches";
import type { LatentRecord } from "@/server/engine/training/latent-record";
import type { ShardPlan } from "@/server/runtime/collections/shard-plan";
import { plainRow } from "@/server/runtime/rows/answered-row";
import { takeTurns } from "@/server/runtime/take-turns";
import { readLatentRecord } from "@/server/runtime/training/latent-record-file";
import type { CollectionProgress } from "./collection-progress";
import { heldOutAnswers } from "./held-out-answers";
import { heldOutText } from "./held-out-text";
import type { HeldWork } from "./held-work";
import type { JobContext } from "./job-context";
import { isOfText, type OpenReading } from "./open-run";
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
  /** By module, of those that write to the residual stream. */
  readonly logitEffects: ReadonlyMap<string, LogitEffects>;
  /** Undefined where the training kept none. */
  readonly record: LatentRecord | undefined;
};

/** What a pass of attribution holds on the device: rows of one length after the other, so many tokens at a time. */
const tokensAtOnce = 1024;

/** Attribution, related latents and logit effects, each stage shown as it goes. */
export async function analyseLatents(analysis: Analysis): Promise<LatentFindings> {
  const { context, open } = analysis;
  return {
    attribution: await attribute(analysis),
    decoderNorms: open.adapter.decoderNorms(),
    related: await relate(analysis),
    logitEffects: await readLogits(analysis),
    record: readLatentRecord(runFolders(context.dataFolder, open.run.id).adapter),
  };
}

async function attribute({ context, collection, open, plan, work, progress }: Analysis): Promise<Attribution | undefined> {
  const wanted = collection.settings.attributionRows;
  if (wanted === 0) return undefined;
  await progress.show({ stage: "Attribution" });
  if (!isOfText(open)) return attributeToAnswers({ context, open, work, progress }, wanted);
  const { rows, kind: kindOfRows } = await heldOutText(context, open, async () => plan.rows.values(), wanted, work.signal);
  if (rows.length === 0) return undefined;
  const { base, adapter } = open;
  const batches = batchRows(rows, tokensAtOnce).map(({ batch }) => batch);
  const show = (done: number) => progress.update({ stage: `Attribution: ${done} of ${rows.length} ${kindOfRows}` });
  const { turns } = context.runtime;
  return takeTurns(attributeLatents(base.model, adapter, batches), { turns, kind: "background", signal: work.signal }, ({ rows: done }) =>
    show(done),
  );
}

/** To the loss of a head's answers on rows that the run held out. */
async function attributeToAnswers(
  { context, open, work, progress }: Pick<Analysis, "context" | "open" | "work" | "progress">,
  wanted: number,
): Promise<Attribution | undefined> {
  const { adapter, classifier } = open;
  const rows = await heldOutAnswers(context, open, wanted, work.signal);
  if (rows.length === 0 || classifier === undefined) return undefined;
  const { model, head } = classifier;
  const batches = batchRows(rows.map(plainRow), tokensAtOnce).map(({ rows: own }) =>
    layRows(
      own.flatMap((place) => rows[place] ?? []),
      model,
    ),
  );
  const { turns } = context.runtime;
  return takeTurns(
    attributeAnswers(model, () => head.read(), adapter, batches),
    { turns, kind: "background", signal: work.signal },
    ({ rows: done }) => progress.update({ stage: `Attribution: ${done} of ${rows.length} held-out rows` }),
  );
}

async function relate({ context, open, work, progress }: Analysis): Promise<RelatedLatents> {
  await progress.show({ stage: "Related latents" });
  const { turns } = context.runtime;
  return takeTurns(relatedLatents(open.adapter), { turns, kind: "background", signal: work.signal }, ({ done, total }) =>
    progress.update({ stage: `Related latents: ${done} of ${total} pairs of modules` }),
  );
}

async function readLogits({ context, open, work, progress }: Analysis): Promise<Map<string, LogitEffects>> {
  const effects = new Map<string, LogitEffects>();
  // An encoder has no vocabulary to write to.
  if (!isOfText(open)) return effects;
  const { architecture } = open.base.model.config;
  const writing = open.adapter.modules.filter(({ name }) => writesToResidual(architecture, name));
  const { turns } = context.runtime;
  for (const [place, { module }] of writing.entries()) {
    await progress.update({ stage: `Logit effects: ${place} of ${writing.length} modules` });
    const passes = logitEffects(open.base.model, open.adapter, module);
    const found = await takeTurns(passes, { turns, kind: "background", signal: work.signal }, () => progress.update({}));
    if (found !== undefined) effects.set(module, found);
  }
  return effects;
}

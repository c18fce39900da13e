import type { Edit, LatentRef } from "@/lib/contract/edit";
import { meanOf } from "@/lib/numbers/intervals";
import { armHooks } from "@/server/engine/adapters/arms";
import { type ChosenRow, layRows, passesOf, startOfRows } from "@/server/engine/effects/chosen-rows";
import { editsOnRows } from "@/server/engine/evaluation/row-edits";
import type { Batch } from "@/server/engine/models/batch";
import { type LabelledBatch, NO_LABEL } from "@/server/engine/models/causal-model";
import type { RowBatch } from "@/server/engine/models/row-batches";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { free, tidy, tidyInParts } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { changedFrom, tellsActivations } from "./changed-from";
import { type Comparison, compareExpectations, Expectations, type TextReadings } from "./expectations";
import { copyReadings, enterChanges, enterTarget, type SettingReadings } from "./setting-readings";
import { armWith, demandLatent, firstLayer, type StudiedEdit, type StudyContext, type Work } from "./study-context";
import { PASS_TOKENS, type StudyMaterial } from "./study-material";
import { readingRows, type TextChunk } from "./study-texts";
import { readTargets } from "./target-readings";
import { readUnchanged, type UnchangedExpectations, type UnchangedReadings, type UnchangedText } from "./unchanged-readings";
import { type BatchActivations, UnchangedStates } from "./unchanged-states";

/** Bytes of hidden states that are held between passes, of texts and of held-out rows each; beyond it passes begin at the bottom. */
const STATE_BYTES = 2 ** 28;

/** Bytes of one arm's log-probabilities that are held between passes; beyond it they are computed again for each. */
const EXPECTATION_BYTES = 2 ** 28;

/** A row of a chunk with the setting that it runs with. */
type Pair = ChosenRow & { readonly setting: number };

/** Rows of one chunk that run together, each with its setting. */
type SettingPass = {
  readonly kind: "texts" | "rows";
  readonly place: number;
  readonly settings: readonly StudiedEdit[];
  readonly pairs: readonly Pair[];
};

/** A latent's activations, by chunk. */
type LatentActivations = { readonly texts: readonly BatchActivations[]; readonly rows: readonly BatchActivations[] };

/**
 * Measures settings of a study, each one edit beside those that are always on, over the same material. Passes begin at the edited
 * layer; a row in which a setting changes no activation is not run, as its readings are the unchanged ones. Layers come in rising
 * order. Whoever opens it frees it.
 */
export class SettingMeasurement {
  private readonly context: StudyContext;
  private readonly edits: readonly Edit[];
  private readonly material: StudyMaterial;
  private readonly states: { readonly texts: UnchangedStates; readonly rows: UnchangedStates };
  private readonly expectations: UnchangedExpectations;
  private readonly activations = new Map<string, LatentActivations>();

  /** @param edits those that are always on */
  constructor(context: StudyContext, edits: readonly Edit[], material: StudyMaterial) {
    const { model } = context;
    const batchesOf = (chunks: readonly { readonly batch: Batch }[]) => chunks.map(({ batch }) => batch);
    const texts = material.chunks.flatMap((chunk) => chunk.texts);
    const readings = texts.reduce((sum, { target, read }) => sum + (target === null ? read.length : 0), 0);
    this.context = context;
    this.edits = edits;
    this.material = material;
    this.states = {
      texts: new UnchangedStates(context, edits, batchesOf(material.chunks), STATE_BYTES),
      rows: new UnchangedStates(context, editsOnRows(edits), batchesOf(material.rowChunks), STATE_BYTES),
    };
    this.expectations = {
      adapter: new Expectations(model, readings, EXPECTATION_BYTES),
      base: new Expectations(model, readings, EXPECTATION_BYTES),
    };
  }

  /** Makes ready for settings of some latents of one layer. Yields between the parts of its passes. */
  *beginAt(layer: number, latents: readonly LatentRef[]): Work<void> {
    const first = firstLayer(this.context.adapter, this.edits, layer);
    const { texts, rows } = this.states;
    yield* texts.advanceTo(first);
    yield* rows.advanceTo(first);
    this.activations.clear();
    const read: { texts: BatchActivations[]; rows: BatchActivations[] }[] = latents.map(() => ({ texts: [], rows: [] }));
    for (const kind of ["texts", "rows"] as const) {
      for (const place of this.states[kind].batches.keys()) {
        const ofBatch = yield* this.states[kind].activationsOf(place, layer, latents);
        ofBatch.forEach((activations, i) => {
          read[i]?.[kind].push(activations);
        });
      }
    }
    latents.forEach((latent, i) => {
      const own = read[i];
      if (own !== undefined) this.activations.set(keyOf(latent), own);
    });
  }

  /** The unchanged arm and the base model. Yields the rows of each pass. */
  readUnchanged(): Work<UnchangedReadings> {
    return readUnchanged(this.context.model, this.material, this.states, this.expectations);
  }

  /** How often a latent fires at the readings of continuations in the unchanged arm. */
  firingsOf(latent: LatentRef): number {
    const activations = this.activationsOf(latent);
    return this.material.chunks.reduce((sum, { batch, texts }, chunk) => {
      const own = activations.texts[chunk];
      const rows = texts.flatMap((text, row) => (text.target === null ? [...readingRows(text, row, batch.tokens, 0)] : []));
      return sum + rows.filter((at) => fires(own?.[at])).length;
    }, 0);
  }

  /**
   * Measures settings of the latents that `beginAt` was told of. Yields the rows of each pass, those that need none with the first.
   *
   * @returns in the order of the settings
   * @throws RangeError when a reading is not a finite number
   */
  *measure(settings: readonly StudiedEdit[], unchanged: UnchangedReadings): Work<SettingReadings[]> {
    const readings = settings.map(() => copyReadings(unchanged.adapter));
    for (const [place, chunk] of this.material.chunks.entries()) {
      const pairs = this.pairsOf(settings, "texts", place);
      yield settings.length * chunk.texts.length - pairs.length;
      for (const own of passesOf(pairs, chunk.batch.tokens, PASS_TOKENS)) {
        yield* this.readTexts({ kind: "texts", place, settings, pairs: own }, chunk, unchanged.texts[place] ?? [], readings);
        yield own.length;
      }
    }
    const onRows = settings.map((setting) => editsOnRows([setting])[0] as StudiedEdit);
    for (const [place, chunk] of this.material.rowChunks.entries()) {
      const { batch, rows } = chunk;
      const pairs = this.pairsOf(onRows, "rows", place).filter(({ row, first }) => reachesLabel(batch, row, first));
      yield settings.length * rows.length - pairs.length;
      for (const own of passesOf(pairs, batch.tokens, PASS_TOKENS)) {
        const losses = unchanged.tokenLosses[place] ?? new Float32Array(0);
        yield* this.readRows({ kind: "rows", place, settings: onRows, pairs: own }, chunk, losses, readings);
        yield own.length;
      }
    }
    return readings;
  }

  free(): void {
    this.states.texts.free();
    this.states.rows.free();
    this.expectations.adapter.free();
    this.expectations.base.free();
  }

  /** The rows of a chunk that settings change, setting after setting. */
  private pairsOf(settings: readonly StudiedEdit[], kind: "texts" | "rows", place: number): Pair[] {
    const batch = this.states[kind].batches[place];
    if (batch === undefined) return [];
    return settings.flatMap((edit, setting) => {
      const isTold = tellsActivations(this.edits, edit.latent.module);
      const activations = isTold ? this.activationsOf(edit.latent)[kind][place] : undefined;
      return Array.from({ length: batch.rows }, (_, row) => changedFrom(edit, batch, row, activations)).flatMap((from, row) =>
        from === undefined ? [] : [{ setting, row, first: from }],
      );
    });
  }

  private *readTexts(
    pass: SettingPass,
    { batch, texts }: TextChunk,
    unchanged: readonly UnchangedText[],
    readings: readonly SettingReadings[],
  ): InParts<void> {
    const { model } = this.context;
    const { tokens } = batch;
    const final = yield* this.forward(pass, layRows(batch, pass.pairs));
    try {
      tidy(() => {
        const parts = pass.pairs.flatMap(({ setting, row, first: from }, i) => {
          const [text, before, into] = [texts[row], unchanged[row], readings[setting]];
          if (text === undefined || before === undefined || into === undefined) return [];
          const first = Math.max(0, from - text.promptLength + 1);
          return [{ text, before, into, first, rows: readingRows(text, i, tokens, first) }];
        });
        const targets = parts.filter(({ before }) => before.kind === "target");
        const ofTargets = readTargets(model, final, targets);
        targets.forEach(({ text, before, into, first }, i) => {
          if (before.kind === "target") enterTarget(into, text, joined(before.logProbabilities, first, ofTargets[i] as Float32Array));
        });
        const continuations = parts.flatMap(({ before, first, rows }): TextReadings[] =>
          before.kind === "target" ? [] : [{ text: before.expected, from: first, rows }],
        );
        const compared = compareExpectations(model, final, continuations, [this.expectations.adapter, this.expectations.base]);
        parts
          .filter(({ before }) => before.kind === "continuation")
          .forEach(({ text: { prompt }, before, into, first }, i) => {
            if (before.kind !== "continuation") return;
            const { divergences, best } = compared[i] as Comparison;
            const [toAdapter, toBase] = divergences as [Float32Array, Float32Array];
            into.klToAdapter[prompt] = meanOf(joined(new Float32Array(before.best.length), first, toAdapter));
            into.klToBase[prompt] = meanOf(joined(before.toBase, first, toBase));
            enterChanges(into, prompt, joined(before.best, first, best), before.best);
          });
      });
    } finally {
      free(final);
    }
  }

  private *readRows(
    pass: SettingPass,
    { batch, rows }: RowBatch,
    unchanged: Float32Array,
    readings: readonly SettingReadings[],
  ): InParts<void> {
    const { tokens } = batch;
    const laid = layRows(batch, pass.pairs);
    const { inParts } = this.context.model;
    const forward = this.forward(pass, laid);
    const losses = yield* tidyInParts(function* () {
      return yield* inParts.tokenLossesOf(yield* forward, laid);
    });
    pass.pairs.forEach(({ setting, row }, i) => {
      const at = rows[row] as number;
      let change = 0;
      for (let position = 1; position < tokens; position++) {
        if (laid.labels[i * tokens + position] === NO_LABEL) continue;
        change += (losses[i * tokens + position] as number) - (unchanged[row * tokens + position] as number);
      }
      if (!Number.isFinite(change)) throw new RangeError(`held-out row ${at}: the edited loss is not a finite number`);
      const into = readings[setting]?.rowLosses;
      if (into !== undefined) into[at] = (into[at] as number) + change / (this.material.labelTokens[at] as number);
    });
  }

  /** Final states (pairs · tokens, dModel). */
  private forward({ kind, place, settings, pairs }: SettingPass, laid: LabelledBatch): InParts<Tensor> {
    const always = kind === "rows" ? editsOnRows(this.edits) : this.edits;
    const arms = settings.map((setting) => armWith(this.context, [...always, setting]));
    const hooks = armHooks(pairs.map(({ setting }) => arms[setting] ?? {}));
    const start = this.states[kind].startAt(place);
    const { inParts } = this.context.model;
    return tidyInParts(function* () {
      const from = startOfRows(start, laid.tokens, pairs);
      return (yield* inParts.forward(laid, { hooks, padding: "unread", from })).final;
    });
  }

  private activationsOf(latent: LatentRef): LatentActivations {
    demandLatent(this.context.adapter, latent);
    const own = this.activations.get(keyOf(latent));
    if (own === undefined) throw new Error(`latent ${latent.index} of ${latent.module} was not made ready`);
    return own;
  }
}

/** Readings before `first` unchanged, and the others. */
function joined<T extends Float32Array | Int32Array>(before: T, first: number, after: T): T {
  const values = before.slice() as T;
  values.set(after, first);
  return values;
}

function reachesLabel({ tokens, labels, attentionMask }: LabelledBatch, row: number, from: number): boolean {
  for (let position = from + 1; position < tokens; position++) {
    const at = row * tokens + position;
    if (labels[at] !== NO_LABEL && attentionMask?.[at] !== 0) return true;
  }
  return false;
}

function fires(activation: number | undefined): boolean {
  return activation !== undefined && activation !== 0 && !Number.isNaN(activation);
}

function keyOf({ module, index }: LatentRef): string {
  return `${index} ${module}`;
}

import { createHash } from "node:crypto";
import { join } from "node:path";
import type { LabelSource, LatentLabel } from "@/lib/contract/label";
import { alwaysOnDensity, type CollectionModule } from "@/lib/contract/latent";
import { halfOctaveQuantile, numHalfOctaves } from "@/lib/numbers/half-octaves";
import { FileError } from "@/server/files/file-error";
import { readJsonLines } from "@/server/interop/archives/json-lines";
import { ExampleSpool } from "./example-spool";
import { ExampleTokens, type ImportedExamples, type ImportedLatent, toExamples, toLatent } from "./imported-latent";
import { explanationAuthors } from "./neuronpedia-lines";
import {
  type ActivationRecord,
  activationRecord,
  type ExplanationRecord,
  explanationRecord,
  type FeatureRecord,
  featureRecord,
  parseRecord,
} from "./neuronpedia-schemas";
import type { NeuronpediaSource } from "./neuronpedia-sources";

/** A window of text with its tokens; the export does not say their ids. */
export type ImportedContext = { context: number; row: number; domain: null; tokenIds: Int32Array; texts: string[] };

/** One source: a module of the dictionary. Its contexts are read to their end first, then its latents, then their examples. */
export type ImportedModule = {
  place: number;
  name: string;
  contexts: () => AsyncGenerator<ImportedContext>;
  latents: () => Promise<ImportedLatent[]>;
  examples: () => Generator<ImportedExamples>;
  labels: () => AsyncGenerator<Omit<LatentLabel, "updatedAt">>;
};

type ReaderOptions = {
  place: number;
  tokens: number;
  work: string;
  /** Shared by all sources: contexts are numbered through. */
  counter: { contexts: number; missing: number };
  onFile: (bytes: number) => void;
  finished: CollectionModule[];
};

/** A dictionary of more latents a layer is not known; an index beyond it would fill the memory. */
const mostLatents = 1 << 22;
const colourQuantile = 0.999;

/** Reads one source: its activations once, in which contexts are identified and examples sorted by latent, then its features. */
export class SourceReader {
  private readonly source: NeuronpediaSource;
  private readonly options: ReaderOptions;
  private readonly tokensOf = new Map<number, ExampleTokens>();
  private readonly fireCounts = new Map<number, number>();
  private spool: ExampleSpool | undefined;

  constructor(source: NeuronpediaSource, options: ReaderOptions) {
    this.source = source;
    this.options = options;
  }

  asModule(): ImportedModule {
    return {
      place: this.options.place,
      name: this.source.id,
      contexts: () => this.contexts(),
      latents: () => this.latents(),
      examples: () => this.examples(),
      labels: () => this.labels(),
    };
  }

  private async *contexts(): AsyncGenerator<ImportedContext> {
    const { work, place, counter, onFile } = this.options;
    this.spool = new ExampleSpool(join(work, `examples-${place}`));
    const numbers = new Map<string, number>();
    for (const { path, sizeBytes } of this.source.activations) {
      for await (const { value, lineNumber } of readJsonLines(path)) {
        const record = parseRecord(activationRecord, value, { path, lineNumber });
        if (record.index >= mostLatents) throw new FileError("invalid", path, `line ${lineNumber}: index ${record.index} is too large`);
        const key = createHash("sha1").update(record.tokens.join("\u0000")).digest("binary");
        const known = numbers.get(key);
        const context = known ?? counter.contexts++;
        if (known === undefined) {
          numbers.set(key, context);
          const row = Number(record.dataIndex ?? Number.NaN);
          yield {
            context,
            row: Number.isInteger(row) && row >= 0 && row < 2 ** 31 ? row : context,
            domain: null,
            tokenIds: new Int32Array(record.tokens.length).fill(-1),
            // A text with this character cannot be stored.
            texts: record.tokens.map((text) => text.replaceAll("\0", "\u2400")),
          };
        }
        this.addExample(record, context);
      }
      onFile(sizeBytes);
    }
  }

  private addExample(record: ActivationRecord, context: number): void {
    const { index, tokens, values } = record;
    const firing = values.flatMap((value, position) => (value === 0 ? [] : [position]));
    const position = [record.qualifyingTokenIndex, record.maxValueTokenIndex].find((at) => at !== null && (values[at] ?? 0) !== 0);
    if (position === undefined || position === null) return;
    const firingPositions = Int32Array.from(firing);
    this.spool?.add(index, {
      context,
      position,
      activation: values[position] ?? 0,
      tokens: tokens.length,
      firingPositions,
      firingActivations: Float32Array.from(firing, (at) => values[at] ?? 0),
      group: groupOf(record),
    });
    const counts = this.tokensOf.get(index) ?? new ExampleTokens();
    this.tokensOf.set(index, counts);
    counts.add(context, tokens, firingPositions);
  }

  private async latents(): Promise<ImportedLatent[]> {
    const { place, tokens, counter, onFile, finished } = this.options;
    if (this.spool === undefined) throw new RangeError("a module's contexts are read before its latents");
    const features = new Map<number, FeatureRecord>();
    let numLatents = 0;
    for (const { path, sizeBytes } of this.source.features) {
      for await (const { value, lineNumber } of readJsonLines(path)) {
        const record = parseRecord(featureRecord, value, { path, lineNumber });
        if (record.index >= mostLatents) throw new FileError("invalid", path, `line ${lineNumber}: index ${record.index} is too large`);
        numLatents = Math.max(numLatents, record.index + 1);
        features.set(record.index, record);
      }
      onFile(sizeBytes);
    }
    if (numLatents === 0) throw new FileError("invalid", this.source.folder, "its features folder contains no features");
    counter.missing += numLatents - features.size;
    const latents = Array.from({ length: numLatents }, (_, index) =>
      toLatent({ module: place, index, tokens }, features.get(index), this.tokensOf.get(index)),
    );
    for (const { index, fireCount } of latents) this.fireCounts.set(index, fireCount);
    finished[place] = this.describe(latents);
    return latents;
  }

  private describe(latents: readonly ImportedLatent[]): CollectionModule {
    const { id, layer, projection } = this.source;
    const counts = new Float64Array(numHalfOctaves);
    for (const { histogram } of latents) {
      histogram.forEach((count, bin) => {
        counts[bin % numHalfOctaves] = (counts[bin % numHalfOctaves] ?? 0) + count;
      });
    }
    const largest = latents.reduce((most, { maxActivation }) => Math.max(most, Math.abs(maxActivation ?? 0)), 0);
    return {
      name: id,
      layer,
      projection,
      numLatents: latents.length,
      dead: latents.filter(({ fireCount }) => fireCount === 0).length,
      alwaysOn: latents.filter(({ fireCount }) => fireCount > alwaysOnDensity * this.options.tokens).length,
      colourMax: halfOctaveQuantile(counts, colourQuantile, largest) ?? largest,
      updateNorm: null,
      frozenNorm: null,
      updateRange: null,
      meanAbsAttribution: null,
    };
  }

  private *examples(): Generator<ImportedExamples> {
    const { spool } = this;
    if (spool === undefined) throw new RangeError("a module's contexts are read before its examples");
    for (const [index, fireCount] of this.fireCounts) {
      const examples = spool.read(index);
      if (examples.length > 0)
        yield { module: this.options.place, index, ...toExamples(examples, { fireCount, tokens: this.options.tokens }) };
    }
    spool.close();
    this.tokensOf.clear();
  }

  private async *labels(): AsyncGenerator<Omit<LatentLabel, "updatedAt">> {
    for (const { path } of this.source.explanations) {
      for await (const { value, lineNumber } of readJsonLines(path)) {
        const record = parseRecord(explanationRecord, value, { path, lineNumber });
        const text = record.description.slice(0, 300);
        if (text.trim() !== "")
          yield { module: this.source.id, index: record.index, text, note: "", source: authorOf(record), score: null };
      }
    }
  }
}

/** A method or a model is an explainer's; in an export of ours the notes say it. */
function authorOf({ typeName, explanationModelName, notes }: ExplanationRecord): LabelSource {
  const isByExplainer = notes?.startsWith(explanationAuthors.explainer) ?? false;
  return isByExplainer || typeName !== null || explanationModelName !== null ? "explainer" : "person";
}

/**
 * The dashboards' group of an example; null for the strongest, which are marked by −1, and for those of no group. A share of 0 is a group's too: shares
 * are rounded.
 */
function groupOf({ binMin, binMax, binContains }: ActivationRecord): { min: number; max: number; contains: number } | null {
  if (binMin === null || binMax === null || binContains === null || binContains < 0) return null;
  return binContains === 0 && binMax <= binMin ? null : { min: binMin, max: binMax, contains: binContains };
}

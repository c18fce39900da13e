import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Preview } from "@/lib/contract/data-set";
import type { WorkerPreviewRequest } from "@/lib/contract/worker";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { takeRows } from "@/server/files/data/data-set";
import { loadTokenizer } from "@/server/runtime/models/load-tokenizer";
import { openData } from "@/server/runtime/rows/row-source";
import { type Counts, unknownCounts } from "@/server/runtime/tasks/row-preview";
import { previewFor } from "@/server/runtime/tasks/task-runtimes";

/** Answers wait this long for the counts over all rows; what takes longer is there at the next question. */
const patienceMs = 1200;
const kept = 8;

/** Shows rows of a data set token by token, as training would read them, and counts them all in the background. */
export class RowPreviews {
  readonly #tokenizers = new Map<string, Tokenizer>();
  readonly #counts = new Map<string, Promise<Counts>>();

  /** @throws FileError naming the file and the row at fault; Error when the rows are texts and the model has no tokenizer */
  async show(asked: WorkerPreviewRequest): Promise<Preview> {
    const { request, modelPath, dataPath } = asked;
    const tokenizer = () => this.#tokenizer(modelPath);
    const shown = await takeRows(await openData({ path: dataPath, mapping: request.mapping }), request.from, request.count);
    const preview = previewFor(request);
    const rows = shown.map((columns, place) => preview.row(tokenizer, columns, request.from + place, asked));
    const counts = await within(patienceMs, this.#count(tokenizer, asked));
    if (counts !== undefined) return { rows, ...counts };
    return { rows, ...unknownCounts(request.from + shown.length), ...(await preview.knownBefore(asked)) };
  }

  #tokenizer(path: string): Tokenizer {
    const key = `${path} ${modifiedAt(path)}`;
    const known = this.#tokenizers.get(key);
    if (known !== undefined) return known;
    const tokenizer = loadTokenizer(path);
    keepNewest(this.#tokenizers, key, tokenizer);
    return tokenizer;
  }

  #count(tokenizer: () => Tokenizer, asked: WorkerPreviewRequest): Promise<Counts> {
    const { from: _from, count: _count, ...shape } = asked.request;
    const key = JSON.stringify([asked.modelPath, asked.dataPath, modifiedAt(asked.dataPath), shape, asked.domains, asked.validationRows]);
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const counting = previewFor(asked.request).count(tokenizer, asked);
    keepNewest(this.#counts, key, counting);
    // A failure is told to whoever asks now, and tried again by who asks later.
    counting.catch(() => this.#counts.delete(key));
    return counting;
  }
}

/** Undefined when the time is up first. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const answered = new AbortController();
  const timeout = sleep(ms, undefined, { signal: answered.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    answered.abort();
  }
}

function keepNewest<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > kept && oldest !== undefined) map.delete(oldest);
}

/** 0 where there is nothing: reading it says so better. */
function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

import type { ActivationsRequest } from "@/lib/contract/activations";
import { activationsParquet, type ReadModule, type TextTokens } from "@/server/interop/activations-parquet";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { adapterShape, checkModule } from "@/server/services/steering/adapter-shape";
import { readText } from "./read-text";
import { runWithAdapter } from "./run-with-adapter";

/**
 * Reads texts one after the other with a run's adapter on a worker, and gives their kept latents as a Parquet file. Aborting the signal stops the worker.
 *
 * @throws ServiceError before the first byte, also where the first text cannot be read; a later text that cannot be read breaks the file off
 */
export async function readActivations(
  context: ServiceContext,
  runId: string,
  request: ActivationsRequest,
  signal: AbortSignal,
): Promise<AsyncGenerator<Uint8Array>> {
  const { modules } = request;
  if (modules !== undefined) {
    const shape = await adapterShape(context, await runWithAdapter(context, runId));
    for (const [place, module] of modules.entries()) checkModule(shape, module, `modules.${place}`);
  }
  const read = modulesOf(context, runId, request, signal);
  const first = await read.next();
  return activationsParquet(startingWith(first, read));
}

async function* modulesOf(
  context: ServiceContext,
  runId: string,
  { texts, modules, ...settings }: ActivationsRequest,
  signal: AbortSignal,
): AsyncGenerator<ReadModule, void> {
  for (const [place, text] of texts.entries()) {
    let tokens: TextTokens | undefined;
    for await (const event of await readText(context, runId, { ...settings, text }, signal)) {
      if (event.kind === "error") throw new ServiceError("invalid", event.message, { field: `texts.${place}` });
      if (event.kind === "tokens") tokens = event;
      if (event.kind !== "module" || tokens === undefined) continue;
      if (modules === undefined || modules.includes(event.module)) yield { text: place, tokens, module: event };
    }
  }
}

async function* startingWith<Value>(first: IteratorResult<Value, void>, rest: AsyncGenerator<Value, void>): AsyncGenerator<Value, void> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

import type { InParts } from "./in-parts";
import { bytesOf, type Scope, Tensor } from "./tensor";
import { deleteId } from "./tensorflow-binding";

let current: Scope | undefined;
let live = 0;
let bytes = 0;
let peakBytes = 0;

/**
 * Runs `work` and frees every tensor it made, but for those in its result (in nested plain objects, arrays and Maps),
 * which pass to the outer scope. When it throws, all are freed.
 *
 * @throws Error when the result is a Promise: a scope covers synchronous work only
 */
export function tidy<T>(work: () => T): T {
  const outer = current;
  const scope: Scope = [];
  current = scope;
  try {
    const result = work();
    if (result instanceof Promise) throw new Error("tidy: the work returned a Promise; a scope covers synchronous work only");
    handOver(result, scope, outer);
    return result;
  } finally {
    current = outer;
    for (const tensor of scope) if (tensor.scope === scope) release(tensor);
  }
}

/**
 * As `tidy`, of work in parts. The scope covers each part, and nothing that others make between two parts. When the work is left early, all that it made
 * is freed.
 */
export function* tidyInParts<Result>(begin: () => InParts<Result>): InParts<Result> {
  const scope: Scope = [];
  // Begins with its first part, so within the scope.
  const work = (function* () {
    return yield* begin();
  })();
  const within = <T>(step: () => T, outer: Scope | undefined): T => {
    current = scope;
    try {
      return step();
    } finally {
      current = outer;
    }
  };
  try {
    for (;;) {
      const outer = current;
      const { done, value } = within(() => work.next(), outer);
      if (done === true) {
        handOver(value, scope, outer);
        return value;
      }
      yield;
    }
  } finally {
    within(() => work.return(undefined as never), current);
    for (const tensor of scope) if (tensor.scope === scope) release(tensor);
  }
}

/** Takes a tensor, or all in a nested value, out of every scope: whoever keeps it frees it. */
export function keep<T>(kept: T): T {
  forEachTensor(kept, (tensor) => {
    tensor.scope = undefined;
  });
  return kept;
}

/** Frees tensors, also those in nested values. A constant, or a tensor freed before, stays as it is. */
export function free(...unwanted: unknown[]): void {
  for (const value of unwanted) forEachTensor(value, release);
}

/** How many tensors exist, the engine's cached constants aside. */
export function liveTensors(): number {
  return live;
}

/** What work held at most, and what it left, beyond what was there before: bytes of tensors, an array that several show once and constants not at all. */
export function measureBytes<T>(work: () => T): { readonly result: T; readonly peakBytes: number; readonly leftBytes: number } {
  const [before, peakBefore] = [bytes, peakBytes];
  peakBytes = before;
  try {
    const result = work();
    return { result, peakBytes: peakBytes - before, leftBytes: bytes - before };
  } finally {
    peakBytes = Math.max(peakBefore, peakBytes);
  }
}

/** Enters a new tensor into the innermost scope. */
export function own(tensor: Tensor): Tensor {
  live++;
  bytes += bytesOf(tensor);
  peakBytes = Math.max(peakBytes, bytes);
  tensor.scope = current;
  current?.push(tensor);
  return tensor;
}

/** An opaque tensor, with the bytes that it stands for. */
export function holding(tensor: Tensor, heldBytes: number): Tensor {
  tensor.shared = { bytes: heldBytes, holders: 1 };
  bytes += heldBytes;
  peakBytes = Math.max(peakBytes, bytes);
  return tensor;
}

/** A tensor that shows the array of another one, as `make` makes it. */
export function viewOf(source: Tensor, make: () => Tensor): Tensor {
  const before = peakBytes;
  const view = make();
  source.shared ??= { bytes: bytesOf(source), holders: 1 };
  source.shared.holders++;
  view.shared = source.shared;
  bytes -= bytesOf(view);
  peakBytes = Math.max(before, bytes);
  return view;
}

/** Takes a tensor's values from it without freeing them: another one has them now. */
export function disown(tensor: Tensor): void {
  uncount(tensor);
  tensor.state = "freed";
  tensor.scope = undefined;
  tensor.values = undefined;
  tensor.id = -1;
}

/** Makes a tensor one that no scope frees, until it is discarded. */
export function asConstant(tensor: Tensor): Tensor {
  if (tensor.state === "live") uncount(tensor);
  tensor.scope = undefined;
  tensor.state = "constant";
  return tensor;
}

export function discardConstant(tensor: Tensor): void {
  if (tensor.state === "constant") drop(tensor);
}

function release(tensor: Tensor): void {
  if (tensor.state !== "live") return;
  uncount(tensor);
  drop(tensor);
}

function uncount(tensor: Tensor): void {
  live--;
  const { shared } = tensor;
  if (shared === undefined) bytes -= bytesOf(tensor);
  else if (--shared.holders === 0) bytes -= shared.bytes;
}

function drop(tensor: Tensor): void {
  tensor.state = "freed";
  tensor.scope = undefined;
  tensor.values = undefined;
  if (tensor.id >= 0) deleteId(tensor.id);
  tensor.id = -1;
}

function handOver(result: unknown, scope: Scope, outer: Scope | undefined): void {
  forEachTensor(result, (tensor) => {
    if (tensor.scope !== scope) return;
    tensor.scope = outer;
    outer?.push(tensor);
  });
}

function forEachTensor(value: unknown, visit: (tensor: Tensor) => void): void {
  if (typeof value !== "object" || value === null) return;
  if (value instanceof Tensor) visit(value);
  else if (Array.isArray(value)) for (const one of value) forEachTensor(one, visit);
  else if (value instanceof Map) for (const one of value.values()) forEachTensor(one, visit);
  else if (isPlain(value)) for (const one of Object.values(value)) forEachTensor(one, visit);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

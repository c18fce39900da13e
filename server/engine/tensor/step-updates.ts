// What the adapters of a sub-layer's projections give its kernel in a step of decoding. The same adapters come at every token, so it is made once for them.
import { demandAdaptStep, isStan, type RowRange, SELECTIONS, type StepWeights } from "./adapter-step";
import { fromValues } from "./create";
import { noScreen } from "./encoder-screen";
import { constant, dims } from "./execute";
import type { DType, Tensor } from "./tensor";

/** An adapter of one projection in some rows of a step; no two of a projection have a row in common. */
export type StepUpdate = { readonly weights: StepWeights; readonly range: RowRange };

/** By the numbers that kernels know them by. */
export const ROLES = ["q", "k", "v", "output"] as const;
export type Role = (typeof ROLES)[number];

export type UpdatesByRole = Readonly<Record<Role, readonly StepUpdate[]>>;

/** What an update has where all components are kept, beside the numbers of `SELECTIONS`. */
const KEEPS_ALL = SELECTIONS.length;

export type PreparedUpdates = {
  readonly updates: UpdatesByRole;
  readonly count: number;
  /** Whether all matrices that read the input are held so. */
  readsIn(dtype: DType): boolean;
  inputs(): StepInputs;
};

/** What a kernel takes, for use at once. */
type StepInputs = {
  /** The settings (count, 5), the scalings (count), and what stands for a screen that there is not. */
  readonly constants: readonly [Tensor, Tensor, Tensor];
  /** The matrices that read, those that write, and screens; they are their adapters'. */
  readonly matrices: readonly Tensor[];
};

type Shapes = { readonly rows: number; readonly d: number; readonly widths: readonly [number, number, number] };

/** By a list of updates that is among them; lists last as long as the hooks of a generation. */
const known = new WeakMap<readonly StepUpdate[], { readonly shapes: Shapes; readonly prepared: PreparedUpdates }>();

/**
 * @param updates lists that are not changed later
 * @param shapes of a step: rows, the width of the residual stream, those of q, k and v
 * @throws RangeError when an update does not fit
 */
export function prepareUpdates(updates: UpdatesByRole, shapes: Shapes): PreparedUpdates {
  const key = firstOf(updates);
  const before = key === undefined ? undefined : known.get(key);
  if (before !== undefined && areSame(before.shapes, shapes) && haveSame(before.prepared.updates, updates)) return before.prepared;
  const prepared = key === undefined ? NONE : prepare(updates, shapes);
  if (key !== undefined) known.set(key, { shapes, prepared });
  return prepared;
}

function firstOf(updates: UpdatesByRole): readonly StepUpdate[] | undefined {
  for (const role of ROLES) if (updates[role].length > 0) return updates[role];
  return undefined;
}

function areSame(a: Shapes, b: Shapes): boolean {
  return a.rows === b.rows && a.d === b.d && a.widths.every((width, i) => width === b.widths[i]);
}

function haveSame(a: UpdatesByRole, b: UpdatesByRole): boolean {
  return ROLES.every((role) => a[role] === b[role] || (a[role].length === 0 && b[role].length === 0));
}

function prepare(updates: UpdatesByRole, { rows, d, widths }: Shapes): PreparedUpdates {
  const all = ROLES.flatMap((role, at) => updates[role].map(({ weights, range }) => ({ role, at, weights, range })));
  for (const { role, at, weights, range } of all) {
    const [dIn, dOut] = role === "output" ? [widths[0], d] : [d, widths[at] as number];
    demandAdaptStep("attentionStep", [rows, dIn], [rows, dOut], weights, range);
  }
  const readers = all.map(({ weights }) => (isStan(weights) ? weights.E : weights.A));
  const settings = all.flatMap(({ at, weights, range: { from, to } }) => {
    const kept = isStan(weights) ? [weights.k, SELECTIONS.indexOf(weights.selection)] : [weights.A.shape[0] ?? 0, KEEPS_ALL];
    return [at, ...kept, from, to];
  });
  const scalings = all.map(({ weights }) => weights.scaling);
  const lay = (): StepInputs => {
    const absent = noScreen();
    const screens = all.map(({ weights }) => (isStan(weights) ? weights.screen?.() : undefined) ?? absent);
    const writers = all.map(({ weights }) => (isStan(weights) ? weights.D : weights.B));
    const constants = [dims(settings), factors(scalings), absent] as const;
    return { constants, matrices: [...readers, ...writers, ...screens] };
  };
  let laid: StepInputs | undefined;
  return {
    updates,
    count: all.length,
    readsIn: (dtype) => readers.every((reader) => reader.dtype === dtype),
    inputs() {
      // Constants may have been given up for others in between.
      if (laid === undefined || laid.constants.some(({ state }) => state === "freed")) laid = lay();
      return laid;
    },
  };
}

const NONE = prepare({ q: [], k: [], v: [], output: [] }, { rows: 0, d: 0, widths: [0, 0, 0] });

/** float32 numbers (n); one where there is none, since a tensor is not to be empty. */
function factors(values: readonly number[]): Tensor {
  return constant(`factors${values.join()}`, () =>
    fromValues(Float32Array.from(values.length === 0 ? [0] : values), [Math.max(1, values.length)]),
  );
}

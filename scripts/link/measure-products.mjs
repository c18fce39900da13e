// Which way of a product is the fastest on this processor, measured once for each build of the binding. Kept with it, so that a run that is resumed
// rounds as before. `node measure-products.mjs BINDING` prints the choice.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** Rows, outputs and depth of the products that are timed: those of a model of some hundred million parameters. */
const [ROWS, OUTPUTS, DEPTH] = [256, 512, 512];
const ROUNDS = 7;

/**
 * @typedef {"tiles" | "library" | "widened"} Bfloat16Product own kernel; TensorFlow's in bfloat16; in float32 with the weights widened
 * @typedef {"float32" | "split"} AdapterProduct of a wide adapter beside weights in bfloat16
 * @typedef {{ bfloat16: Bfloat16Product, adapter: AdapterProduct }} ProductChoice
 */

/**
 * The fastest of some ways to compute the same, each timed in turn after a first call. Of its times the smallest counts: other work lengthens them, and
 * nothing shortens one.
 *
 * @template {string} Name
 * @param {Readonly<Record<Name, () => void>>} ways
 * @param {() => number} now milliseconds
 * @returns {Name} of equals the first
 */
export function fastestOf(ways, now = () => performance.now()) {
  const names = /** @type {Name[]} */ (Object.keys(ways));
  for (const name of names) ways[name]();
  const times = Object.fromEntries(names.map((name) => [name, /** @type {number[]} */ ([])]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      const start = now();
      ways[name]();
      times[name].push(now() - start);
    }
  }
  return names.reduce((best, name) => (Math.min(...times[name]) < Math.min(...times[best]) ? name : best));
}

/** @returns {ProductChoice} */
function measure(binding) {
  const floats = (rows) =>
    binding.createTensor(
      [rows, DEPTH],
      binding.TF_FLOAT,
      Float32Array.from({ length: rows * DEPTH }, (_, i) => ((i * 7919) % 1000) / 1000 - 0.5),
    );
  const type = (name, value) => ({ name, type: binding.TF_ATTR_TYPE, value });
  const flag = (name, value) => ({ name, type: binding.TF_ATTR_BOOL, value });
  const BFLOAT16 = 14;
  const run = (op, attributes, inputs) => binding.executeOp(op, attributes, inputs, 1)[0].id;
  const cast = (id, from, to) => run("Cast", [type("SrcT", from), type("DstT", to), flag("Truncate", false)], [id]);
  const product = (a, b, of) => run("MatMul", [type("T", of), flag("transpose_a", false), flag("transpose_b", true)], [a, b]);
  const x = floats(ROWS);
  const w = floats(OUTPUTS);
  const half = cast(w, binding.TF_FLOAT, BFLOAT16);
  const freed = (...ids) => {
    for (const id of ids) binding.deleteTensor(id);
  };
  return {
    bfloat16: fastestOf({
      widened() {
        const wide = cast(half, BFLOAT16, binding.TF_FLOAT);
        freed(wide, product(x, wide, binding.TF_FLOAT));
      },
      library() {
        const rounded = cast(x, binding.TF_FLOAT, BFLOAT16);
        const y = product(rounded, half, BFLOAT16);
        freed(rounded, y, cast(y, BFLOAT16, binding.TF_FLOAT));
      },
      tiles: () => freed(run("StanscopeProductBfloat16", [], [x, half])),
    }),
    adapter: fastestOf({
      float32: () => freed(product(x, w, binding.TF_FLOAT)),
      split: () => freed(run("StanscopeSplitProduct", [], [x, w])),
    }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(JSON.stringify(measure(createRequire(import.meta.url)(process.argv[2]))));
}

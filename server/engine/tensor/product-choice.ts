import { readFileSync } from "node:fs";
import { bindingFile } from "./tensorflow-binding";

/** How products of many rows are computed, as `scripts/link/measure-products.mjs` measured them on this processor. */
export type ProductChoice = {
  /** With weights in bfloat16: by the own kernel, by TensorFlow in bfloat16, or in float32 with the weights widened. */
  readonly bfloat16: "tiles" | "library" | "widened";
  /** With a wide adapter beside such weights: in float32, or with each float split into two bfloat16. */
  readonly adapter: "float32" | "split";
};

const UNMEASURED: ProductChoice = { bfloat16: "widened", adapter: "float32" };

let chosen: ProductChoice | undefined;

export function productChoice(): ProductChoice {
  chosen ??= measured();
  return chosen;
}

/** For tests, which compare all of them. */
export function chooseProducts(choice: ProductChoice): void {
  chosen = choice;
}

function measured(): ProductChoice {
  try {
    return { ...UNMEASURED, ...(JSON.parse(readFileSync(`${bindingFile()}.products.json`, "utf8")) as Partial<ProductChoice>) };
  } catch {
    return UNMEASURED;
  }
}

import { describe, expect, it } from "vitest";
import { ownTextOf, ownTextWords } from "@/components/latent/own-text";
import { reading } from "@/tests/components/text/readings";

const tokens = [" And", " Moses", " said"].map((text, id) => ({ id, text, loss: null }));
/** Latents 3, 5 and 7 of a module that keeps two a token. */
const readings = [reading("first", 2, { indices: [3, 5, 3, 7, 5, 7], activations: [1, 2, 3, 1, 4, 0.5] })];
const band = (from: number, to: number, lowest: number, highest: number) => ({ from, to, firings: 9, lowest, highest, examples: [] });
const known = { bands: [band(0, 0.5, 0.5, 2), band(0.5, 1, 2, 3.5)], k: 2 };
const own = (index: number, module = "first") => ownTextOf({ tokens, readings }, { module, index });

describe("a text of one's own", () => {
  it("has the latent's activation at each token, and where it is strongest", () => {
    expect(own(3)).toEqual({
      positions: [
        { text: " And", activation: 1 },
        { text: " Moses", activation: 3 },
        { text: " said", activation: 0 },
      ],
      peak: 1,
    });
    expect(own(6)?.peak).toBeNull();
    expect(own(3, "not read yet")).toBeNull();
  });

  it("says how often it fires, and how strongly beside its firings in the collection", () => {
    const words = (index: number, isDense = false) => {
      const text = own(index);
      return text && ownTextWords(text, known, isDense);
    };
    expect(words(3)).toBe("Fires at 2 of 3 tokens; strongest 3.00, about rank 50–100 % of its firings in the collection.");
    expect(words(7)).toBe("Fires at 2 of 3 tokens; strongest 1.00, about rank 0–50 % of its firings in the collection.");
    expect(words(5)).toBe("Fires at 2 of 3 tokens; strongest 4.00, more than any in the collection.");
    expect(words(6)).toBe("Does not fire here: it is never among the 2 kept latents of its module.");
    expect(words(3, true)).toBe("Strongest 3.00, about rank 50–100 % of its firings in the collection.");
  });
});

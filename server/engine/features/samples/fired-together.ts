import type { KeptLatents } from "@/server/engine/features/kept-latents";
import { compact, type SampleChange } from "./position-sample";

/** Latents that fired at the sampled positions: `width` entries a slot of the sample, −1 where there is none. */
export class FiredTogether {
  width = 0;
  ids = new Int32Array(0);

  /**
   * Follows the sample through a batch.
   *
   * @param slots of the sample before the change
   */
  follow(change: SampleChange, slots: number, { indices, values }: KeptLatents, width: number): void {
    this.#change(change, slots, width, (at) => (values[at] === 0 ? -1 : (indices[at] as number)));
  }

  /** Follows the sample through another part's, its slots being the places. */
  followSlots(change: SampleChange, slots: number, from: FiredTogether): void {
    this.#change(change, slots, from.width || this.width, (at) => from.ids[at] as number);
  }

  #change({ kept, added }: SampleChange, slots: number, width: number, idAt: (at: number) => number): void {
    this.#widenTo(width, slots);
    const staying = kept === "all" ? slots : kept.length;
    if (kept !== "all") compact(this.ids, kept, this.width);
    this.#growTo((staying + added.length) * this.width);
    added.forEach((place, i) => {
      const to = (staying + i) * this.width;
      for (let at = 0; at < width; at++) this.ids[to + at] = idAt(place * width + at);
      this.ids.fill(-1, to + width, to + this.width);
    });
  }

  /** Where batches differ in how many latents a position keeps at most, the slots are as wide as the widest. */
  #widenTo(width: number, slots: number): void {
    if (width <= this.width) return;
    const widened = new Int32Array(slots * width).fill(-1);
    for (let slot = 0; slot < slots; slot++) {
      widened.set(this.ids.subarray(slot * this.width, (slot + 1) * this.width), slot * width);
    }
    this.ids = widened;
    this.width = width;
  }

  #growTo(size: number): void {
    if (size <= this.ids.length) return;
    const grown = new Int32Array(Math.max(size, Math.ceil(1.5 * this.ids.length)));
    grown.set(this.ids);
    this.ids = grown;
  }
}

import { Patience } from "@/scripts/knock/patience";
import { type Asked, askedNow, type Place, type Work } from "./work";

/** A piece must end so long after the kill. */
const patienceMs = 180_000;

/** What came of one piece of work. */
export type Outcome = {
  readonly work: Work;
  readonly faults: string[];
  /** Milliseconds from the request to the end. */
  readonly tookMs: number;
  readonly result: string | undefined;
};

/** A piece of work from the request to its end, whatever dies meanwhile. */
export class Piece {
  readonly work: Work;
  readonly #place: Place;
  readonly #asked: Asked;
  readonly #faults: string[] = [];
  isOver = false;

  constructor(work: Work, place: Place, label: string) {
    this.work = work;
    this.#place = place;
    this.#asked = askedNow(label);
  }

  /** Does it, compares nothing, and removes what it made. */
  async run(): Promise<Outcome> {
    const { work } = this;
    const [place, asked] = [this.#place, this.#asked];
    const begun = performance.now();
    let result: string | undefined;
    let tookMs = 0;
    try {
      const id = await this.#ask();
      const how = await this.#end(id);
      tookMs = performance.now() - begun;
      this.isOver = true;
      if (how === "finished") {
        result = await work.result(place, id, asked);
        this.#faults.push(...((await work.faults?.(place, id)) ?? []));
        const made = await work.find(place, asked);
        if (made.length > 1) this.#faults.push(`asked for once and there ${made.length} times`);
      } else this.#faults.push(how);
      await work.remove(place, id, asked);
    } catch (error) {
      this.#faults.push(error instanceof Error ? `${error.message}${error.cause ? ` (${error.cause})` : ""}` : String(error));
    }
    this.isOver = true;
    return { work, faults: this.#faults, tookMs, result };
  }

  /** Sends the same request with the same key until it is acknowledged. */
  #ask(): Promise<string> {
    return this.#place.client.patiently(() => this.work.start(this.#place, this.#asked), patienceMs);
  }

  async #end(id: string): Promise<string> {
    for (const patience = new Patience(patienceMs); await patience.lasts(); ) {
      const how = await this.work.ended(this.#place, id);
      if (how !== undefined) return how;
    }
    return `did not end within ${patienceMs / 1000} s`;
  }
}

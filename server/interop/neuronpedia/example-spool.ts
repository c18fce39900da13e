import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { asFileError } from "@/server/files/file-error";

/** An example as Neuronpedia has one: a window of its own, and the group that it was drawn from. */
export type SpooledExample = {
  context: number;
  /** Its firing token, as a place in the window, which is the whole context. */
  position: number;
  activation: number;
  tokens: number;
  firingPositions: Int32Array;
  firingActivations: Float32Array;
  group: { min: number; max: number; contains: number } | null;
};

const headNumbers = 8;
const flushBytes = 4 << 20;

/** Examples by latent, on disk: a dictionary's activations come in any order, and are more than memory holds. */
export class ExampleSpool {
  private readonly path: string;
  private readonly descriptor: number;
  private readonly places = new Map<number, number[]>();
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private written = 0;

  /** @param path a file that is made, and removed by `close` */
  constructor(path: string) {
    this.path = path;
    try {
      this.descriptor = openSync(path, "wx+");
    } catch (error) {
      throw asFileError(path, error);
    }
  }

  add(latent: number, example: SpooledExample): void {
    const { firingPositions, firingActivations, group } = example;
    const count = firingPositions.length;
    const record = Buffer.alloc((headNumbers + 2 * count) * 4);
    record.writeInt32LE(example.context, 0);
    record.writeInt32LE(example.position, 4);
    record.writeFloatLE(example.activation, 8);
    record.writeInt32LE(example.tokens, 12);
    record.writeInt32LE(count, 16);
    record.writeFloatLE(group?.min ?? Number.NaN, 20);
    record.writeFloatLE(group?.max ?? Number.NaN, 24);
    record.writeFloatLE(group?.contains ?? Number.NaN, 28);
    for (let i = 0; i < count; i++) {
      record.writeInt32LE(firingPositions[i] ?? 0, (headNumbers + i) * 4);
      record.writeFloatLE(firingActivations[i] ?? 0, (headNumbers + count + i) * 4);
    }
    const places = this.places.get(latent) ?? [];
    places.push(this.written + this.waitingBytes, record.length);
    this.places.set(latent, places);
    this.waiting.push(record);
    this.waitingBytes += record.length;
    if (this.waitingBytes >= flushBytes) this.flush();
  }

  /** A latent's examples in the order in which they were added. */
  read(latent: number): SpooledExample[] {
    this.flush();
    const places = this.places.get(latent) ?? [];
    const examples: SpooledExample[] = [];
    for (let i = 0; i < places.length; i += 2) {
      const record = Buffer.alloc(places[i + 1] ?? 0);
      readSync(this.descriptor, record, 0, record.length, places[i] ?? 0);
      examples.push(decode(record));
    }
    return examples;
  }

  close(): void {
    closeSync(this.descriptor);
    rmSync(this.path, { force: true });
  }

  private flush(): void {
    if (this.waitingBytes === 0) return;
    const bytes = Buffer.concat(this.waiting);
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.descriptor, bytes, done, bytes.length - done, this.written + done);
      }
    } catch (error) {
      throw asFileError(this.path, error);
    }
    this.written += bytes.length;
    this.waiting = [];
    this.waitingBytes = 0;
  }
}

function decode(record: Buffer): SpooledExample {
  const count = record.readInt32LE(16);
  const contains = record.readFloatLE(28);
  return {
    context: record.readInt32LE(0),
    position: record.readInt32LE(4),
    activation: record.readFloatLE(8),
    tokens: record.readInt32LE(12),
    firingPositions: Int32Array.from({ length: count }, (_, i) => record.readInt32LE((headNumbers + i) * 4)),
    firingActivations: Float32Array.from({ length: count }, (_, i) => record.readFloatLE((headNumbers + count + i) * 4)),
    group: Number.isNaN(contains) ? null : { min: record.readFloatLE(20), max: record.readFloatLE(24), contains },
  };
}

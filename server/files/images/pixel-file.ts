import { closeSync, mkdtempSync, openSync, readSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asFileError } from "@/server/files/file-error";
import type { ImageProcessor } from "./image-processor";
import type { Pixels } from "./pixels";
import { scaled } from "./prepare-image";

/**
 * Prepared images, a byte a value, in a temporary file: training reads each many times, a few at once, and all of a large data set do not fit into
 * memory. The file has no name from the start, so that nothing is left of it, however the process ends; it is closed when its images are no longer
 * reachable.
 */
export class PixelFile {
  readonly #processor: ImageProcessor;
  readonly #file: number;
  #bytes = 0;

  /** @throws FileError when no temporary file can be made */
  constructor(processor: ImageProcessor) {
    this.#processor = processor;
    this.#file = openNameless();
    closing.register(this, this.#file);
  }

  /**
   * Writes an image, resized and cut.
   *
   * @returns what reads it back
   * @throws FileError when the disk is full
   */
  add({ height, width, channels, values }: Pixels): FiledImage {
    const at = this.#bytes;
    try {
      for (let from = 0; from < values.length; ) from += writeSync(this.#file, values, from, values.length - from, at + from);
    } catch (error) {
      throw asFileError(tmpdir(), error);
    }
    this.#bytes += values.length;
    const read = () => {
      const pixels = new Uint8Array(values.length);
      for (let from = 0; from < pixels.length; ) from += readSome(this.#file, pixels, from, at);
      return { height, width, channels, values: pixels };
    };
    return new FiledImage({ height, width, channels }, read, this.#processor);
  }
}

/** An image of a {@link PixelFile}. */
export class FiledImage {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly #read: () => Pixels;
  readonly #processor: ImageProcessor;

  constructor({ height, width, channels }: Omit<Pixels, "values">, read: () => Pixels, processor: ImageProcessor) {
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.#read = read;
    this.#processor = processor;
  }

  /** (channels, height, width) as the model takes them; read and scaled anew each time. */
  get pixels(): Float32Array {
    return scaled(this.#read(), this.#processor).values;
  }

  /** As a person sees it: 8 bits a value, resized and cut. */
  sized(): Pixels {
    return this.#read();
  }
}

const closing = new FinalizationRegistry<number>((file) => closeSync(file));

function readSome(file: number, pixels: Uint8Array, from: number, at: number): number {
  const read = readSync(file, pixels, from, pixels.length - from, at + from);
  if (read === 0) throw new Error("the temporary file of prepared images was cut short");
  return read;
}

function openNameless(): number {
  try {
    const folder = mkdtempSync(join(tmpdir(), "stanscope-images-"));
    const path = join(folder, "pixels");
    const file = openSync(path, "wx+", 0o600);
    rmSync(path);
    rmdirSync(folder);
    return file;
  } catch (error) {
    throw asFileError(tmpdir(), error);
  }
}

import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { joinPieces } from "@/lib/numbers/blocks/packed-rows";
import { openReadable } from "@/server/files/readable-file";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { rowReader } from "@/server/files/weights/row-pieces";
import { writePackedLlama } from "@/tests/support/packed-llama";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const mebibyte = 2 ** 20;

it("reads a matrix in pieces of whole rows through one buffer, from where it begins", () => {
  const [rows, rowBytes, start] = [7, 3 * mebibyte - 5, 11];
  const bytes = Uint8Array.from({ length: start + rows * rowBytes }, (_, i) => (i * 31) >> 7);
  const path = join(temporaryFolder(), "rows");
  writeFileSync(path, bytes);
  const file = openReadable(path);
  const read = rowReader(file);
  const buffers = new Set<ArrayBufferLike>();
  const joined = joinPieces(
    (function* () {
      for (const piece of read(start, rows, rowBytes)) {
        buffers.add(piece.bytes.buffer);
        expect(piece.bytes.length).toBe(piece.rows.length * rowBytes);
        expect(piece.bytes.length).toBeLessThanOrEqual(4 * mebibyte);
        yield piece;
      }
    })(),
    rows,
    rowBytes,
  );
  file.close();
  expect(Buffer.compare(joined, bytes.subarray(start))).toBe(0);
  expect(buffers.size).toBe(1);
});

it("says that a file is truncated that lost its end after it was opened", () => {
  const { path } = writePackedLlama([["", "Q4_K"]]);
  const { weights } = openCheckpoint(path);
  truncateSync(path, 200_000);
  const packed = weights.blocks?.("model.layers.1.mlp.down_proj.weight") ?? expect.fail("not packed");
  expect(() => [...packed.pieces()]).toThrow("the file is truncated");
  weights.close();
});

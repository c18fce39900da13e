import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openImageData } from "@/server/files/images/image-data";
import { readRows } from "@/server/runtime/rows/read-rows";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { layRedAndBlue } from "@/tests/support/tiny-images";

const read = async (folder: string, wanted: number[], before: () => void) => {
  const dataSet = await openImageData(folder);
  before();
  const options = { columns: ["image"], withBytes: true, make: ({ image }: Record<string, unknown>, row: number) => ({ image, row }) };
  return readRows(dataSet, Int32Array.from(wanted), options, new AbortController().signal);
};

it("reads the images of the wanted rows and after, in the order in which they are wanted", async () => {
  const folder = await layRedAndBlue(join(temporaryFolder(), "colours"));
  const rows = await read(folder, [13, 9], () => rmSync(join(folder, "blue/0.png")));
  expect(rows).toMatchObject([
    { row: 13, image: { path: "red/5.png", bytes: expect.any(Uint8Array) } },
    { row: 9, image: { path: "red/1.png", bytes: expect.any(Uint8Array) } },
  ]);
  await expect(read(folder, [0], () => rmSync(join(folder, "blue/1.png")))).rejects.toThrow("blue/1.png");
});

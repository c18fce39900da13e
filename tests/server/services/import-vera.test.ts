import { join } from "node:path";
import { expect, it } from "vitest";
import { importRunRequest } from "@/lib/contract/import-run";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { importRun } from "@/server/services/runs/import-run";
import { changeConfig, copyAdapter, installModel } from "@/tests/support/elsewhere";
import { freshContext } from "@/tests/support/service-context";

const context = await freshContext();
await installModel(context, "llama-odd");
const vera = "peft/llama-vera";

function tensorsOf(folder: string): Record<string, number[]> {
  const file = openSafetensors(join(folder, "adapter_model.safetensors"));
  const tensors = Object.fromEntries(file.names().map((name) => [name, [...file.read(name)]]));
  file.close();
  return tensors;
}

it("gives a VeRA adapter that was saved without its frozen matrices those that PEFT draws, and counts them on disk", async () => {
  const folder = copyAdapter(vera);
  const path = join(folder, "adapter_model.safetensors");
  const own = Object.entries(tensorsOf(folder)).filter(([name]) => !name.startsWith("base_model.vera_"));
  writeSafetensors(
    path,
    Object.fromEntries(own.map(([name, values]) => [name, { shape: [values.length], data: Float32Array.from(values) }])),
  );
  changeConfig(folder, { save_projection: false });
  const run = await importRun(context, importRunRequest.parse({ path: folder }));
  const written = tensorsOf(context.artefacts.path(`runs/${run.id}/adapter`));
  expect(written).toEqual(tensorsOf(join("tests/golden", vera)));
  const trained = own.flatMap(([, values]) => values).length;
  expect(run.cost).toMatchObject({ trainableParameters: trained, adapterBytes: 4 * Object.values(written).flat().length });
});

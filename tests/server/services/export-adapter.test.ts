import { join } from "node:path";
import { expect, it } from "vitest";
import { importRunRequest } from "@/lib/contract/import-run";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { exportedClasses } from "@/server/interop/peft/exported-classes";
import { exportAdapter } from "@/server/services/runs/export-adapter";
import { importRun } from "@/server/services/runs/import-run";
import { importUpload } from "@/server/services/runs/import-upload";
import { copyAdapter, installModel } from "@/tests/support/elsewhere";
import { freshContext } from "@/tests/support/service-context";

const context = await freshContext();
await installModel(context, "roberta-relu");

const take = (path: string, more: object) => importRun(context, importRunRequest.parse({ path, ...more }));

async function gather(tar: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for await (const part of tar) parts.push(part);
  return parts;
}

it("a classifier is exported with its head and class names, and can be imported again unchanged", async () => {
  const source = copyAdapter("peft-logits/roberta-stan");
  const run = await take(source, { name: "fair or not", labels: ["fair", "not fair"] });
  const { name, archive } = await exportAdapter(context, run.id);
  const parts = await gather(archive);
  async function* body() {
    yield* parts;
  }
  const again = await importUpload(context, name, importRunRequest.omit({ path: true }).parse({}), body());
  const folder = (id: string) => context.artefacts.path(`runs/${id}/adapter`);
  expect(exportedClasses(folder(again.id), { kind: "classification", labels: null })).toEqual(["fair", "not fair"]);
  const tensors = (path: string) => {
    const file = openSafetensors(join(path, "adapter_model.safetensors"));
    return Object.fromEntries(file.names().map((tensor) => [tensor, [...file.read(tensor)]]));
  };
  expect(tensors(folder(again.id))).toEqual(tensors(source));
  const text = Buffer.concat(parts).toString("utf8");
  expect(text).toContain('labels = ["fair", "not fair"]');
  expect(text).toContain("| Head, trained in full | 90 parameters |");
});

it("a checkpoint without names of classes is known by how many scores its head gives", () => {
  const task = { kind: "classification", labels: null } as const;
  expect(exportedClasses("tests/golden/peft-logits/roberta-stan", task)).toBe(2);
  expect(exportedClasses("tests/golden/peft-logits/bert-lora", { kind: "regression" })).toBeUndefined();
  expect(exportedClasses("tests/golden/stan-peft/qwen2-relu", task)).toBeUndefined();
});

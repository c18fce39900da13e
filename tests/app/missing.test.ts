import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import DictionaryLatentLayout from "@/app/dictionaries/[collection]/latents/[module]/[index]/layout";
import DictionaryLayout from "@/app/dictionaries/[collection]/layout";
import ExperimentLayout from "@/app/experiments/[experiment]/layout";
import LatentLayout from "@/app/runs/[run]/latents/[module]/[index]/layout";
import RunLayout from "@/app/runs/[run]/layout";
import { httpContext } from "@/server/http/context";
import { freshDatabase } from "@/tests/support/database";
import { latentInput, storedCollection, storedRun } from "@/tests/support/stored-collection";

const database = await freshDatabase();
process.env["DATABASE_URL"] = database.url;
process.env["STANSCOPE_HOME"] = mkdtempSync(join(tmpdir(), "stanscope-home-"));
const { services } = httpContext();
afterAll(async () => {
  await services.store.close();
  rmSync(services.dataFolder, { recursive: true, force: true });
});

const children = "the page";
const missing = "NEXT_HTTP_ERROR_FALLBACK;404";

it("a run, an experiment or a dictionary that is not there is answered with 404", async () => {
  await expect(RunLayout({ children, params: Promise.resolve({ run: "nowhere" }) })).rejects.toThrow(missing);
  await expect(ExperimentLayout({ children, params: Promise.resolve({ experiment: "nowhere" }) })).rejects.toThrow(missing);
  await expect(DictionaryLayout({ children, params: Promise.resolve({ collection: "nowhere" }) })).rejects.toThrow(missing);
});

it("a latent is answered with 404 where its module or its index is not in the collection", async () => {
  const { id, runId } = await storedCollection(services.store, [latentInput(0, 0, 3)]);
  const within = [
    (module: string, index: string) => LatentLayout({ children, params: Promise.resolve({ run: runId, module, index }) }),
    (module: string, index: string) => DictionaryLatentLayout({ children, params: Promise.resolve({ collection: id, module, index }) }),
  ];
  for (const at of within) {
    expect(await at("layers.0.q_proj", "40008")).toBe(children);
    await expect(at("layers.0.q_proj", "40009")).rejects.toThrow(missing);
    await expect(at("layers.0.q_proj", "-1")).rejects.toThrow(missing);
    await expect(at("nowhere", "0")).rejects.toThrow(missing);
  }
});

it("a latent of a run without statistics is left to the page, which says so", async () => {
  const run = await storedRun(services.store);
  expect(await LatentLayout({ children, params: Promise.resolve({ run, module: "layers.0.q_proj", index: "7" }) })).toBe(children);
});

it("no skeleton lies above a layout: it would be sent, with status 200, before the layout can answer 404", () => {
  const files = readdirSync("app", { recursive: true, encoding: "utf8" });
  const skeletons = files.filter((file) => file.endsWith("/loading.tsx")).map((file) => `${dirname(file)}/`);
  const layouts = files.filter((file) => file.endsWith("/layout.tsx"));
  expect(layouts).toHaveLength(5);
  const above = layouts.filter((layout) => skeletons.some((folder) => dirname(layout).startsWith(folder)));
  expect(above).toEqual([]);
});

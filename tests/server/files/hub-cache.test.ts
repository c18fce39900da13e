import { mkdirSync, rmSync, utimesSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { cachedRevision, hubCacheFolder, listCache, snapshotOf } from "@/server/files/hub-cache";
import { cacheModel } from "@/tests/support/hub-cache";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const [a, b] = ["a".repeat(40), "b".repeat(40)] as const;
const files = { "config.json": '{"model_type":"llama"}', "model.safetensors": "12345" };

afterEach(() => vi.unstubAllEnvs());

describe("the folder of the hub's cache", () => {
  it("is where the hub's own tools look for it", () => {
    for (const name of ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"]) vi.stubEnv(name, "");
    expect(hubCacheFolder()).toBe(join(homedir(), ".cache/huggingface/hub"));
    vi.stubEnv("XDG_CACHE_HOME", "/xdg");
    expect(hubCacheFolder()).toBe("/xdg/huggingface/hub");
    vi.stubEnv("HF_HOME", "~/models");
    expect(hubCacheFolder()).toBe(join(homedir(), "models/hub"));
    vi.stubEnv("HF_HUB_CACHE", "/cache");
    expect(hubCacheFolder()).toBe("/cache");
  });
});

describe("a path in the hub's cache", () => {
  it("leads to the snapshot of the main branch from every level above it", () => {
    const cache = temporaryFolder();
    const main = cacheModel(cache, "owner/tiny", a, files);
    cacheModel(cache, "owner/tiny", b, files, { isMain: false });
    const model = join(cache, "models--owner--tiny");
    for (const path of [cache, model, join(model, "snapshots"), main]) expect(snapshotOf(path)).toBe(main);
    expect(snapshotOf(join(main, "config.json"))).toBe(join(main, "config.json"));
    expect(cachedRevision(main)).toBe(`owner/tiny@${a}`);
  });

  it("leads to the newest snapshot where there is no main branch", () => {
    const cache = temporaryFolder();
    const older = cacheModel(cache, "owner/tiny", a, files, { isMain: false });
    const newer = cacheModel(cache, "owner/tiny", b, files, { isMain: false });
    utimesSync(older, 1000, 1000);
    expect(snapshotOf(join(cache, "models--owner--tiny"))).toBe(newer);
  });

  it("leads to a GGUF file that is alone, and has a person name one of several", () => {
    const cache = temporaryFolder();
    const snapshot = cacheModel(cache, "owner/tiny-GGUF", a, { "tiny.Q4_0.gguf": "x", "mmproj-tiny.gguf": "y" });
    const file = join(snapshot, "tiny.Q4_0.gguf");
    expect([snapshotOf(snapshot), cachedRevision(file)]).toEqual([file, `owner/tiny-GGUF@${a}#tiny.Q4_0.gguf`]);
    cacheModel(cache, "owner/two-GGUF", b, { "two.Q4_0.gguf": "x", "two.Q8_0.gguf": "y" });
    expect(() => snapshotOf(join(cache, "models--owner--two-GGUF"))).toThrow(
      "holds several models; name one of them: two.Q4_0.gguf, two.Q8_0.gguf",
    );
    expect(() => snapshotOf(cache)).toThrow("name one of them: models--owner--tiny-GGUF, models--owner--two-GGUF");
  });

  it("is refused where only part of the model was fetched", () => {
    const cache = temporaryFolder();
    const snapshot = cacheModel(cache, "owner/tiny", a, files);
    rmSync(join(cache, "models--owner--tiny/blobs"), { recursive: true });
    expect(() => snapshotOf(snapshot)).toThrow(/has no weights in the hub's cache yet/);
    mkdirSync(join(cache, "models--owner--none"));
    expect(() => snapshotOf(join(cache, "models--owner--none"))).toThrow(/has no weights/);
  });

  it("elsewhere stays as it is", () => {
    const folder = temporaryFolder();
    expect([snapshotOf(folder), snapshotOf("/nowhere"), cachedRevision(folder)]).toEqual([folder, "/nowhere", undefined]);
  });
});

describe("the models in the hub's cache", () => {
  it("are those with weights, with their sizes and whether they are supported", () => {
    const cache = temporaryFolder();
    const tiny = cacheModel(cache, "owner/tiny", a, files);
    const gguf = cacheModel(cache, "owner/tiny-GGUF", b, { "tiny.gguf": "123" });
    cacheModel(cache, "owner/only-config", a, { "config.json": "{}" });
    cacheModel(cache, "owner/broken", a, { ...files, "config.json": "{" });
    mkdirSync(join(cache, "datasets--owner--rows"));
    const none = { architecture: null, isSupported: null, nearest: null, missing: [] };
    expect(listCache(cache)).toEqual([
      expect.objectContaining({ id: "owner/broken", support: none }),
      {
        ...{ id: "owner/tiny", revision: `owner/tiny@${a}`, path: tiny, format: "safetensors", sizeBytes: 5 },
        support: { ...none, architecture: "llama", isSupported: true },
      },
      {
        ...{ id: "owner/tiny-GGUF", revision: `owner/tiny-GGUF@${b}#tiny.gguf`, path: join(gguf, "tiny.gguf"), format: "gguf" },
        ...{ sizeBytes: 3, support: none },
      },
    ]);
    expect(listCache(join(cache, "nowhere"))).toEqual([]);
  });
});

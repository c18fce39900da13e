import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startRunRequest } from "@/lib/contract/run";
import { allowedPath } from "@/server/services/allowed-path";
import { openContext } from "@/server/services/context";
import { importDictionary } from "@/server/services/interop/import-dictionary";
import { addDataSet } from "@/server/services/library/add-data-set";
import { addModel } from "@/server/services/library/add-model";
import { importRun } from "@/server/services/runs/import-run";
import { startRun } from "@/server/services/runs/start-run";
import { freshContext } from "@/tests/support/service-context";
import { storedModel } from "@/tests/support/stored-model";
import { temporaryFolder } from "@/tests/support/temporary-folder";

/** A data folder, an allowed folder and one that is not. */
function places() {
  const root = temporaryFolder();
  const [data, allowed, secret] = ["home", "allowed", "secret"].map((name) => join(root, name));
  if (data === undefined || allowed === undefined || secret === undefined) throw new Error("three folders were made");
  for (const folder of [data, allowed, secret, join(data, "data"), join(data, "postgres")]) mkdirSync(folder);
  writeFileSync(join(secret, "rows.jsonl"), '{"text":"secret"}\n');
  return { root, data, allowed, secret, context: { dataFolder: data, folders: [allowed] } };
}

const refusal = /is outside the folders that requests may name on this server .*STANSCOPE_FOLDERS/;

describe("allowedPath", () => {
  it("takes any path where requests are not limited to folders", () => {
    expect(allowedPath({ dataFolder: "/nowhere", folders: undefined }, "/etc/../etc/hosts")).toBe("/etc/hosts");
  });

  it("takes what lies in the data folder or an allowed one, there or not", () => {
    const { context, data, allowed } = places();
    for (const path of [join(data, "data"), join(data, "data/new/rows.csv"), allowed, join(allowed, "x"), join(allowed, "..dots")])
      expect(allowedPath(context, path)).toBe(path);
  });

  it("refuses all else without telling whether it is there", () => {
    const { context, root, secret, allowed } = places();
    for (const path of ["/", "/etc/passwd", root, secret, join(secret, "none"), join(allowed, "../secret/rows.jsonl"), `${allowed}2`])
      expect(() => allowedPath(context, path, "config.data.path"), path).toThrow(refusal);
  });

  it("follows symbolic links before it decides", () => {
    const { context, allowed, secret, data } = places();
    symlinkSync(secret, join(allowed, "link"));
    symlinkSync(join(secret, "rows.jsonl"), join(data, "data/link.jsonl"));
    symlinkSync(allowed, join(secret, "back"));
    for (const path of [join(allowed, "link/rows.jsonl"), join(allowed, "link/none"), join(data, "data/link.jsonl")])
      expect(() => allowedPath(context, path), path).toThrow(refusal);
    expect(allowedPath(context, join(secret, "back/x"))).toBe(join(secret, "back/x"));
  });

  it("refuses the database, the logs and the token in the data folder", () => {
    const { context, data, root } = places();
    for (const name of ["", "postgres/base", "postgres.new", "logs/web.log", "token", "processes"])
      for (const folders of [context.folders, [root], ["/"]])
        expect(() => allowedPath({ ...context, folders }, join(data, name)), name).toThrow(refusal);
  });

  it("reads the folders from STANSCOPE_FOLDERS; when it is empty the data folder alone is left", () => {
    const foldersOf = (more: Record<string, string>) =>
      openContext({ DATABASE_URL: "postgresql://nobody@127.0.0.1:9/none", STANSCOPE_HOME: temporaryFolder(), ...more }).folders;
    expect(foldersOf({})).toBeUndefined();
    expect(foldersOf({ STANSCOPE_FOLDERS: "" })).toEqual([]);
    expect(foldersOf({ STANSCOPE_FOLDERS: "/a:/b" })).toEqual(["/a", "/b"]);
  });
});

describe("a request that names a path outside the allowed folders", () => {
  it("is refused, whatever it is for", async () => {
    const open = await freshContext();
    const context = { ...open, folders: [] };
    const path = join(places().secret, "rows.jsonl");
    const refused = (field: string) => ({ code: "forbidden", field, message: expect.stringMatching(refusal) });
    await expect(addDataSet(context, { path })).rejects.toMatchObject(refused("path"));
    await expect(addModel(context, { source: "folder", path })).rejects.toMatchObject(refused("path"));
    await expect(importDictionary(context, { path })).rejects.toMatchObject(refused("path"));
    await expect(importRun(context, { path } as Parameters<typeof importRun>[1])).rejects.toMatchObject(refused("path"));
    const model = await storedModel(open);
    const start = (change: object) => {
      const config = {
        model,
        data: { kind: "tokenRows", path: join(open.dataFolder, "data/rows.safetensors") },
        adapter: { method: "lora", rank: 2, alpha: 4, targets: { modules: ["q_proj"] } },
        training: { steps: 1, learningRate: 0.1 },
        ...change,
      };
      return startRun(context, startRunRequest.parse({ config }));
    };
    await expect(start({ data: { kind: "tokenRows", path } })).rejects.toMatchObject(refused("config.data.path"));
    const rows = join(open.dataFolder, "data/rows.safetensors");
    await expect(start({ data: { kind: "tokenRows", path: rows, validationPath: path } })).rejects.toMatchObject(
      refused("config.data.validationPath"),
    );
    await expect(start({ initAdapter: path })).rejects.toMatchObject(refused("config.initAdapter"));
  });
});

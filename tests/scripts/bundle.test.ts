import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stanscope-bundle-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  write("package.json", '{"type":"module"}');
  write("tsconfig.json", '{"compilerOptions":{"paths":{"@/*":["./*"]}}}');
  for (const script of ["scripts/run-typescript.mjs", "scripts/typescript/bundle.mjs"]) {
    mkdirSync(join(root, dirname(script)), { recursive: true });
    copyFileSync(script, join(root, script));
  }
  mkdirSync(join(root, "node_modules"));
  for (const name of ["esbuild", "tsx", "pg"]) symlinkSync(resolve("node_modules", name), join(root, "node_modules", name));
  write("run.mjs", 'import { runTypescript } from "./scripts/run-typescript.mjs"; await runTypescript("server/main.ts");');
  write("lib/greeting.ts", 'export const greeting: string = "hello";');
  write("server/main.ts", 'import { greeting } from "@/lib/greeting"; console.log(greeting);');
});

function write(file: string, text: string): void {
  mkdirSync(join(root, dirname(file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

/** What the entry says, run from another folder. */
function run(): string {
  return execFileSync(process.execPath, [join(root, "run.mjs")], {
    cwd: tmpdir(),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

const cache = () => join(root, "node_modules/.cache/stanscope");
const bundles = () => readdirSync(cache()).filter((name) => statSync(join(cache(), name)).isDirectory());

describe("an entry in TypeScript", () => {
  it("runs from one bundle until a file that it is made of changes", () => {
    expect([run(), run()]).toEqual(["hello", "hello"]);
    expect(bundles()).toHaveLength(1);
    write("lib/unused.ts", "export const unused = 1;");
    run();
    expect(bundles()).toHaveLength(1);
    write("lib/greeting.ts", 'export const greeting: string = "good morning";');
    expect(run()).toBe("good morning");
    expect(bundles()).toHaveLength(2);
  });

  it("is bundled again when its bundle is gone", () => {
    run();
    rmSync(join(cache(), bundles()[0] ?? ""), { recursive: true });
    expect(run()).toBe("hello");
  });

  it("finds its packages, and what lies beside its files", () => {
    write("server/here/beside.ts", 'export const folder: string = new URL(".", import.meta.url).pathname;');
    write("scripts/there/beside.mjs", 'export const other = new URL(".", import.meta.url).pathname;');
    write(
      "server/main.ts",
      `import { Client } from "pg"; import { other } from "@/scripts/there/beside.mjs"; import { folder } from "./here/beside";
       console.log(Client.name, folder, other);`,
    );
    expect(run()).toBe(`Client ${join(root, "server/here")}/ ${join(root, "scripts/there")}/`);
  });

  it("loads what it imports late only then", () => {
    write("lib/late.ts", 'console.log("late"); export const value = 7;');
    write("server/main.ts", 'console.log("first"); const { value } = await import("@/lib/late"); console.log(value);');
    expect(run().split("\n")).toEqual(["first", "late", "7"]);
  });

  it("says where in its source an error comes from", () => {
    write("server/main.ts", '\n\nconsole.log(new Error("here").stack?.split("\\n")[1]);');
    expect(run()).toContain(`${join(root, "server/main.ts")}:3:`);
  });

  it("says what cannot be read", () => {
    write("server/main.ts", "const = 1;");
    expect(run).toThrow(/server\/main\.ts:1:6.*Expected identifier/s);
  });

  it("runs where its bundle cannot be written", () => {
    // A file in the folder's place. The tests may run as root, who may write everywhere else.
    write("node_modules/.cache", "");
    expect(run()).toBe("hello");
    expect(readFileSync(join(root, "node_modules/.cache"), "utf8")).toBe("");
  });
});

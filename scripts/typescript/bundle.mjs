import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Packages are found from here as from our own files. */
const cache = "node_modules/.cache/stanscope";
const mainFile = "main.mjs";
/** A process that started before a bundle was made anew may still load parts of the old one. */
const keptMs = 24 * 3_600_000;
/** What decides about a bundle beside the files that it is made of. */
const settings = ["package.json", "tsconfig.json", "scripts/typescript/bundle.mjs"];
const loaders = { ".ts": "ts", ".tsx": "tsx", ".mjs": "js", ".json": "json" };

/**
 * The JavaScript of a TypeScript entry and of all that it imports from this repository, in few files: a process that loads them starts in a fifth of the
 * time that resolving and transforming each file on its own takes. It is made anew when a file that it was made of has changed.
 *
 * @param {string} root
 * @param {string} entry path from the root
 * @returns {Promise<string>} the file to import
 * @throws Error of the file system where the cache cannot be written
 */
export async function bundleOf(root, entry) {
  const folder = path.join(root, cache);
  const name = entry.replace(/\.ts$/, "").replaceAll("/", "-");
  const note = path.join(folder, `${name}.json`);
  const current = currentHash(root, note);
  if (current !== undefined && existsSync(path.join(folder, `${name}-${current}`, mainFile)))
    return path.join(folder, `${name}-${current}`, mainFile);
  mkdirSync(folder, { recursive: true });
  const made = mkdtempSync(path.join(folder, ".made-"));
  try {
    const texts = await build(root, entry, made);
    const hash = hashOf(texts);
    const place = path.join(folder, `${name}-${hash}`);
    putInPlace(made, place);
    writeFileSync(`${made}.json`, JSON.stringify({ hash, files: texts.map(([file]) => file) }));
    renameSync(`${made}.json`, note);
    removeOld(folder, name, place);
    return path.join(place, mainFile);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** The hash of the bundle that was made last, while all that it was made of is as it was. */
function currentHash(root, note) {
  try {
    const { hash, files } = JSON.parse(readFileSync(note, "utf8"));
    return hash === hashOf(files.map((file) => [file, readFileSync(path.join(root, file))])) ? hash : undefined;
  } catch {
    return undefined;
  }
}

function hashOf(texts) {
  const hash = createHash("sha256").update(process.version);
  for (const [file, text] of texts) hash.update(`\0${file}\0`).update(text);
  return hash.digest("hex").slice(0, 20);
}

/**
 * Writes a bundle into a folder of the cache.
 *
 * @returns {Promise<(readonly [file: string, text: string])[]>} what it is made of, by paths from the root
 */
async function build(root, entry, outdir) {
  const texts = new Map(settings.map((file) => [file, readFileSync(path.join(root, file), "utf8")]));
  const esbuild = await import("esbuild");
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [{ in: entry, out: "main" }],
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // What is imported when it is needed stays apart.
    splitting: true,
    format: "esm",
    platform: "node",
    target: `node${process.versions.node}`,
    packages: "external",
    jsx: "automatic",
    sourcemap: true,
    sourcesContent: false,
    logLevel: "silent",
    // A disk that is full or read-only is then reported as by any other writing.
    write: false,
    plugins: [ownFiles(root, texts)],
  });
  await esbuild.stop();
  for (const { path: file, contents } of outputFiles) writeFileSync(file, contents);
  return [...texts].sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Notes each file as it is read. One that asks for its own address means its place in the repository. */
function ownFiles(root, texts) {
  return {
    name: "own files",
    setup({ onLoad }) {
      onLoad({ filter: /\.(tsx?|mjs|json)$/ }, ({ path: file }) => {
        const text = readFileSync(file, "utf8");
        texts.set(path.relative(root, file), text);
        const address = JSON.stringify(encodeURI(path.relative(path.join(root, cache, "bundle"), file)));
        return {
          loader: loaders[path.extname(file)],
          contents: text.replaceAll("import.meta.url", `new URL(${address}, import.meta.url).href`),
        };
      });
    },
  };
}

/** Another process may have made the same in the meantime. */
function putInPlace(made, place) {
  try {
    renameSync(made, place);
  } catch (error) {
    if (!existsSync(path.join(place, mainFile))) throw error;
  }
}

/** Removes earlier bundles of an entry, and what was left by a process that was killed while it made one. */
function removeOld(folder, name, place) {
  for (const other of readdirSync(folder)) {
    const found = path.join(folder, other);
    const isOurs = other.startsWith(".made-") || (other.slice(0, -21) === name && found !== place);
    const madeAt = statSync(found, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (isOurs && Date.now() - madeAt > keptMs) rmSync(found, { recursive: true, force: true });
  }
}

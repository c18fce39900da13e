import { rmSync } from "node:fs";
import { createConnection, createServer } from "node:net";

const file = "start.sock";

/**
 * Holds a data folder for one process, as long as it lives: it listens on a socket in the folder, which the system closes with the process,
 * however that ends. Whoever asks there is told who holds the folder.
 *
 * @typedef {object} FolderLock
 * @property {(description: object) => void} describe what others are told
 * @property {() => void} release
 *
 * @param {string} folder
 * @returns {Promise<FolderLock | { heldBy: { pid: number, url?: string } }>}
 */
export async function lockFolder(folder) {
  let description = { pid: process.pid };
  for (;;) {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.end(JSON.stringify(description));
    });
    if (await listens(server, folder)) {
      server.unref();
      return {
        describe: (more) => {
          description = { ...description, ...more };
        },
        release: () => server.close(),
      };
    }
    const heldBy = await ask(folder);
    if (heldBy !== undefined) return { heldBy };
    // Nobody answers: its process is gone.
    inFolder(folder, () => rmSync(file, { force: true }));
  }
}

function listens(server, folder) {
  return new Promise((resolve, reject) => {
    server.once("listening", () => resolve(true));
    server.once("error", (error) => (error.code === "EADDRINUSE" ? resolve(false) : reject(error)));
    inFolder(folder, () => server.listen(file));
  });
}

/** @returns {Promise<{ pid: number, url?: string } | undefined>} */
function ask(folder) {
  return new Promise((resolve) => {
    const socket = inFolder(folder, () => createConnection(file));
    let answer = "";
    socket.setTimeout(2000, () => socket.destroy());
    socket.on("data", (data) => (answer += data));
    socket.on("error", () => resolve(undefined));
    socket.on("close", () => resolve(answer === "" ? undefined : JSON.parse(answer)));
  });
}

/** A socket's path holds about 100 bytes, a relative one always fits. */
function inFolder(folder, work) {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return work();
  } finally {
    process.chdir(before);
  }
}

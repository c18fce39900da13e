import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const usualPort = 3000;
const mostTried = 100;

/**
 * Listens on the port that STANSCOPE_PORT or, without it, PORT asks for, and on no other; 0 is any free one. When neither is set, on port 3000 or
 * the next free one.
 *
 * @param {import("node:http").Server} server
 * @param {{ host: string, environment: Record<string, string | undefined> }} options
 * @returns {Promise<{ port: number, taken?: number }>} `taken`: the usual port, where it was in use
 * @throws Error naming the setting and what to do
 */
export async function listen(server, { host, environment }) {
  const asked = askedPort(environment);
  if (asked !== undefined) return { port: await listenOn(server, asked.port, host, asked.name) };
  for (let port = usualPort; ; port++) {
    try {
      await listenOn(server, port, host, "STANSCOPE_PORT");
      return port === usualPort ? { port } : { port, taken: usualPort };
    } catch (error) {
      if (error.cause?.code !== "EADDRINUSE" || port === usualPort + mostTried) throw error;
    }
  }
}

/**
 * Whether the requested port is free, checked before a start that takes minutes.
 *
 * @param {{ host: string, environment: Record<string, string | undefined>, patienceMs?: number }} options `patienceMs`: how long a port that is in use
 *   may take to become free; none when absent
 * @throws Error as `listen`
 */
export async function demandPort({ patienceMs = 0, ...options }) {
  if (askedPort(options.environment) === undefined) return;
  for (const end = performance.now() + patienceMs; ; await sleep(50)) {
    const server = createServer();
    try {
      await listen(server, options);
      await new Promise((resolve) => server.close(resolve));
      return;
    } catch (error) {
      if (error.cause?.code !== "EADDRINUSE" || performance.now() >= end) throw error;
    }
  }
}

/** The port that was chosen. @returns {{ name: string, port: number } | undefined} */
export function askedPort(environment) {
  const name = ["STANSCOPE_PORT", "PORT"].find((variable) => environment[variable]);
  if (name === undefined) return undefined;
  const port = Number(environment[name]);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return { name, port };
  throw new Error(`${name}=${environment[name]} is not a port: use a number from 0 to 65535.`);
}

/** @returns {Promise<number>} */
function listenOn(server, port, host, name) {
  return new Promise((resolve, reject) => {
    const refuse = (cause) => reject(new Error(reasonOf(cause, { port, host, name }), { cause }));
    server.once("error", refuse);
    server.listen(port, host, () => {
      server.off("error", refuse);
      resolve(server.address().port);
    });
  });
}

function reasonOf(cause, { port, host, name }) {
  switch (cause.code) {
    case "EADDRINUSE":
      return `Port ${port} on ${host} is in use. Stop the program that uses it, or set ${name} to another port (0 takes any free one).`;
    case "EACCES":
      return `This user may not listen on port ${port}. Set ${name} to a port of 1024 or above.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `STANSCOPE_HOST=${host} is not an address of this machine. Use 127.0.0.1, 0.0.0.0 or one of its addresses.`;
    default:
      return `The server cannot listen on port ${port} of ${host}: ${cause.message}`;
  }
}

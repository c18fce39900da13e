/**
 * Ends a connection with its first answer after a given age. The client's next request opens another, which whichever process is free takes: several
 * processes listen on one port (./processes.mjs), and an open connection stays with its process, busy or not.
 *
 * @param {import("node:http").Server} server
 * @param {number} afterMs age of a connection
 */
export function renewConnections(server, afterMs) {
  const openedAt = new WeakMap();
  server.on("connection", (socket) => openedAt.set(socket, performance.now()));
  server.prependListener("request", ({ socket }, response) => {
    if (performance.now() - openedAt.get(socket) > afterMs) response.setHeader("connection", "close");
  });
}

/**
 * Ends every connection with its first answer after a while. The client's next request opens another, which a process with time takes: several
 * processes listen on one port (./processes.mjs), and a connection that stays open stays with its process, busy or not.
 *
 * @param {import("node:http").Server} server
 * @param {number} afterMs of a connection's life
 */
export function renewConnections(server, afterMs) {
  const openedAt = new WeakMap();
  server.on("connection", (socket) => openedAt.set(socket, performance.now()));
  server.prependListener("request", ({ socket }, response) => {
    if (performance.now() - openedAt.get(socket) > afterMs) response.setHeader("connection", "close");
  });
}

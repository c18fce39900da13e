import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { demandPort, listen } from "@/scripts/web/listen.mjs";

const host = "127.0.0.1";

function server(): Server {
  const made = createServer();
  onTestFinished(() => void made.close());
  return made;
}

/** A port that a program listens on until the test ends. */
async function takenPort(): Promise<number> {
  const holder = server();
  await new Promise<void>((resolve) => holder.listen(0, host, resolve));
  return (holder.address() as AddressInfo).port;
}

describe("the port", () => {
  it("is the one of STANSCOPE_PORT, else that of PORT", async () => {
    const [first, second] = await freePorts();
    expect(await listen(server(), { host, environment: { STANSCOPE_PORT: String(first), PORT: String(second) } })).toEqual({ port: first });
    expect(await listen(server(), { host, environment: { STANSCOPE_PORT: "", PORT: String(second) } })).toEqual({ port: second });
  });

  it("is refused when it was asked for and is taken, with its number and what to do", async () => {
    const port = await takenPort();
    for (const name of ["STANSCOPE_PORT", "PORT"]) {
      const options = { host, environment: { [name]: String(port) } };
      const refusal = `Port ${port} on 127.0.0.1 is in use. Stop the program that uses it, or set ${name} to another port (0 takes any free one).`;
      await expect(listen(server(), options)).rejects.toThrow(refusal);
      await expect(demandPort(options)).rejects.toThrow(refusal);
    }
  });

  it("may become free within the patience for an earlier start's", async () => {
    const holder = server();
    await new Promise<void>((resolve) => holder.listen(0, host, resolve));
    const { port } = holder.address() as AddressInfo;
    const waited = demandPort({ host, environment: { PORT: String(port) }, patienceMs: 60_000 });
    setTimeout(() => holder.close(), 200);
    await expect(waited).resolves.toBeUndefined();
    const other = await takenPort();
    await expect(demandPort({ host, environment: { PORT: String(other) }, patienceMs: 100 })).rejects.toThrow("is in use");
  });

  it("is looked at and left free for the web server", async () => {
    const [port] = await freePorts();
    const options = { host, environment: { PORT: String(port) } };
    await demandPort(options);
    expect(await listen(server(), options)).toEqual({ port });
  });

  it("moves on from 3000 alone, and says so", async () => {
    // Another program of this machine may hold it already.
    await new Promise<void>((resolve) => {
      const holder = server();
      holder.once("error", () => resolve());
      holder.listen(3000, host, resolve);
    });
    const { port, taken } = await listen(server(), { host, environment: {} });
    expect(taken).toBe(3000);
    expect(port).toBeGreaterThan(3000);
  });

  it.each(["three", "-1", "65536", "80.5", "0x"])("refuses %s, which is none", async (value) => {
    await expect(listen(server(), { host, environment: { PORT: value } })).rejects.toThrow(`PORT=${value} is not a port`);
  });

  it("names the host that is no address of this machine", async () => {
    await expect(listen(server(), { host: "192.0.2.1", environment: { PORT: "0" } })).rejects.toThrow(
      /STANSCOPE_HOST=192.0.2.1 is not an address/,
    );
  });
});

async function freePorts(): Promise<[number, number]> {
  const holders = [createServer(), createServer()] as const;
  const ports = await Promise.all(
    holders.map(
      (holder) => new Promise<number>((resolve) => holder.listen(0, host, () => resolve((holder.address() as AddressInfo).port))),
    ),
  );
  await Promise.all(holders.map((holder) => new Promise((resolve) => holder.close(resolve))));
  return [ports[0] ?? 0, ports[1] ?? 0];
}

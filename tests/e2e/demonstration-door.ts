import { createConnection, type Socket } from "node:net";

const variable = "STANSCOPE_TEST_DEMONSTRATION";

/** Tells the processes of the test files at which local socket the demonstration is asked for. */
export function nameDoor(path: string): void {
  process.env[variable] = path;
}

/** Asks for the trained demonstration; the first request starts its training. @returns a socket on which the answer comes */
export function askForDemonstration(): Socket {
  return createConnection(process.env[variable] ?? "");
}

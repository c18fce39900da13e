import { statfs } from "node:fs/promises";
import { FileError } from "./file-error";

/** Bytes that are free on the disk of a folder. */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** @throws FileError when fewer bytes are free on the folder's disk */
export async function demandSpace(folder: string, bytes: number): Promise<void> {
  const free = await freeBytesOf(folder);
  if (bytes > free) throw new FileError("unavailable", folder, spaceProblem(free, bytes));
}

/** What is left is rounded down and what is needed up, so that less never reads as enough. */
export function spaceProblem(free: number, needed: number): string {
  const megabytes = (amount: number) => `${amount.toLocaleString("en")} MB`;
  const [left, missing] = [megabytes(Math.floor(free / 1e6)), megabytes(Math.ceil(needed / 1e6))];
  return `the disk has ${left} left, but ${missing} are needed; free some space and try again`;
}

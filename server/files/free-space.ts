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
  if (bytes <= free) return;
  const [left, needed] = [free, bytes].map((amount) => `${Math.ceil(amount / 1e6).toLocaleString("en")} MB`);
  throw new FileError("unavailable", folder, `the disk has ${left} left, but ${needed} are needed; free some space and try again`);
}

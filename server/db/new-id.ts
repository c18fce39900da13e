import { randomBytes } from "node:crypto";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/** A fresh id of 12 characters (60 random bits), fit for a URL, a folder and a table's name. */
export function newId(): string {
  return Array.from(randomBytes(12), (byte) => alphabet[byte % 32]).join("");
}

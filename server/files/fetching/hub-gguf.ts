import { downloadFile } from "@huggingface/hub";
import { FileError } from "@/server/files/file-error";
import { ggufNames, isReadGguf } from "@/server/files/weights/gguf-config";
import type { HubAccess } from "./hub-access";

/** The architecture is among the first keys of the header. */
const headBytes = 1 << 16;
const key = Buffer.from("general.architecture");
/** GGUF's number for a value that is text. */
const textKind = 8;

/** The architecture that a GGUF file on the hub names near its beginning; undefined where it does not stand there. */
export async function hubGgufArchitecture(id: string, commit: string, file: string, access: HubAccess): Promise<string | undefined> {
  const blob = await downloadFile({ repo: id, revision: commit, path: file, xet: false, ...access });
  if (blob === null) throw new FileError("notFound", id, `${file} is listed by the hub but cannot be downloaded`);
  return architectureIn(Buffer.from(await blob.slice(0, headBytes).arrayBuffer()));
}

/** @throws FileError before gigabytes are fetched of an architecture that is not read */
export async function demandReadGguf(id: string, commit: string, file: string, access: HubAccess): Promise<void> {
  const name = await hubGgufArchitecture(id, commit, file, access);
  if (name !== undefined && !isReadGguf(name))
    throw new FileError("invalid", id, `${file} has the architecture "${name}"; supported in GGUF files: ${ggufNames.join(", ")}`);
}

function architectureIn(head: Buffer): string | undefined {
  const at = head.indexOf(key) + key.length;
  if (at < key.length || at + 12 > head.length || head.readUInt32LE(at) !== textKind) return undefined;
  const length = Number(head.readBigUInt64LE(at + 4));
  return length > 100 || at + 12 + length > head.length ? undefined : head.toString("utf8", at + 12, at + 12 + length);
}

import { mostPictureBytes, type PictureSource } from "@/lib/contract/read-picture";

/** A chosen file as it is sent. @throws Error saying why it cannot be */
export async function pictureFile(file: File): Promise<Extract<PictureSource, { kind: "file" }>> {
  if (file.size === 0) throw new Error(`${file.name} is empty.`);
  if (file.size > mostPictureBytes)
    throw new Error(`${file.name} is larger than ${mostPictureBytes / 1e6} MB (our limit): make it smaller, for instance as JPEG or WebP.`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  // Not all at once: a call takes some ten thousand arguments.
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return { kind: "file", name: file.name.slice(0, 200), data: btoa(binary) };
}

import { RequestFailure, type Schema, toFailure } from "./fetch-json";
import { sendOnce } from "./start-work";

export type UploadProgress = (sentBytes: number, totalBytes: number) => void;

/**
 * Sends a file as a request's raw body and reports how much has gone (which `fetch` cannot). While the outcome is unknown, the same file is sent with the
 * same key, as `startWork` does.
 *
 * @throws RequestFailure when the server refuses or cannot be reached
 */
export function uploadFile<Value>(
  schema: Schema<Value>,
  path: string,
  file: File,
  options: { onProgress?: UploadProgress; signal?: AbortSignal } = {},
): Promise<Value> {
  return sendOnce(`${path} ${file.size} ${file.lastModified}`, (headers) => send(schema, path, file, { ...options, headers }));
}

type SendOptions = { headers: Record<string, string>; onProgress?: UploadProgress; signal?: AbortSignal };

function send<Value>(schema: Schema<Value>, path: string, file: File, { headers, ...options }: SendOptions): Promise<Value> {
  return new Promise((resolve, reject) => {
    const upload = new XMLHttpRequest();
    upload.open("POST", path);
    upload.setRequestHeader("content-type", "application/octet-stream");
    for (const [name, value] of Object.entries(headers)) upload.setRequestHeader(name, value);
    upload.upload.onprogress = ({ loaded, total }) => options.onProgress?.(loaded, total);
    upload.onerror = () => reject(new RequestFailure("unavailable", "The upload was cut off: the Stanscope server cannot be reached."));
    upload.onabort = () => reject(new DOMException("The upload was stopped.", "AbortError"));
    upload.onload = () => {
      if (upload.status < 200 || upload.status > 299) reject(toFailure(upload.status, upload.responseText));
      else resolve(schema.parse(JSON.parse(upload.responseText)));
    };
    options.signal?.addEventListener("abort", () => upload.abort());
    upload.send(file);
  });
}

import { Patience } from "./patience";

/** Thrown where a request had no answer: nobody knows whether it was received. */
export class UnansweredError extends Error {
  override readonly name = "UnansweredError";
}

/** Thrown where the server answered with a status that is no success. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly status: number;

  constructor(status: number, text: string) {
    super(`${status}: ${text.slice(0, 500)}`);
    this.status = status;
  }
}

/** Whether an error may pass by itself: the application is down, or says that it cannot answer now. */
export function isPassing(error: unknown): boolean {
  return error instanceof UnansweredError || (error instanceof RefusedError && error.status >= 500);
}

/** JSON over HTTP to an application that may be killed at any moment. */
export class Client {
  readonly #url: () => string;

  constructor(url: () => string) {
    this.#url = url;
  }

  /** One attempt. @param key the Idempotency-Key of a start @throws UnansweredError, RefusedError */
  async send(method: string, path: string, body?: unknown, key?: string): Promise<unknown> {
    const isRaw = body instanceof ReadableStream || body instanceof Uint8Array;
    const text = await this.#answer(path, {
      method,
      ...(body === undefined ? {} : { body: isRaw ? (body as BodyInit) : JSON.stringify(body) }),
      headers: {
        "content-type": isRaw ? "application/octet-stream" : "application/json",
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      ...(body instanceof ReadableStream ? { duplex: "half" as const } : {}),
    });
    return text === "" ? undefined : JSON.parse(text);
  }

  /** Reads, again and again while the application is down. @throws RefusedError for an answer that says the request is wrong, Error after `patienceMs` */
  async text(path: string, patienceMs = 120_000): Promise<string> {
    return this.patiently(() => this.#answer(path, {}), patienceMs);
  }

  async get<T>(path: string): Promise<T> {
    return JSON.parse(await this.text(path)) as T;
  }

  /** Removes, again and again while the application is down. */
  async remove(path: string): Promise<void> {
    await this.patiently(() => this.send("DELETE", path));
  }

  /** Repeats a harmless request until it is answered. */
  async patiently<T>(request: () => Promise<T>, patienceMs = 120_000): Promise<T> {
    const patience = new Patience(patienceMs);
    for (;;) {
      try {
        return await request();
      } catch (error) {
        if (!isPassing(error) || !(await patience.lasts())) throw error;
      }
    }
  }

  async #answer(path: string, request: RequestInit & { duplex?: "half" }): Promise<string> {
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(`${this.#url()}${path}`, { ...request, signal: AbortSignal.timeout(60_000) });
      text = await answer.text();
    } catch (error) {
      throw new UnansweredError(`${request.method ?? "GET"} ${path} had no answer`, { cause: error });
    }
    if (!answer.ok) throw new RefusedError(answer.status, text);
    return text;
  }
}

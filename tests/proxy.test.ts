import { describe, expect, it } from "vitest";
import { config, proxy } from "@/proxy";

const page = (host: string) => proxy(new Request("http://127.0.0.1:3000/runs/new", { headers: { host } }));

describe("a page", () => {
  it("is given to this machine's own names", () => {
    for (const host of ["127.0.0.1:3000", "localhost:3000", "[::1]:3000"]) expect(page(host)).toBeUndefined();
  });

  it("is refused, as a route is, where the host's name is another's", async () => {
    const answer = page("evil.example");
    expect(answer?.status).toBe(403);
    expect(await answer?.json()).toMatchObject({ error: { code: "forbidden", message: expect.stringContaining("evil.example") } });
  });

  it("passes the proxy, and a route does not", () => {
    const matcher = new RegExp(`^${config.matcher}$`);
    expect(["/", "/runs/new", "/_next/static/x.js"].every((path) => matcher.test(path))).toBe(true);
    expect(matcher.test("/api")).toBe(true);
    expect(["/api/models/upload", "/v1/chat/completions"].some((path) => matcher.test(path))).toBe(false);
  });
});

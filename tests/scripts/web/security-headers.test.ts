import { describe, expect, it } from "vitest";
import { securityHeaders } from "@/scripts/web/security-headers.mjs";

const policyOf = (headers: Record<string, string>) =>
  new Map(
    (headers["content-security-policy"] ?? "").split("; ").map((directive) => [directive.split(" ")[0], directive.split(" ").slice(1)]),
  );

describe("securityHeaders", () => {
  it("let a page run this request's scripts alone, and no page of another site show it", () => {
    const headers = securityHeaders({ nonce: "bm9uY2U=", isDev: false, isRoute: false, isEmbed: false });
    const policy = policyOf(headers);
    expect(policy.get("script-src")).toEqual(["'self'", "'nonce-bm9uY2U='", "'strict-dynamic'"]);
    for (const directive of ["frame-ancestors", "object-src", "base-uri"]) expect(policy.get(directive)).toEqual(["'none'"]);
    for (const directive of ["connect-src", "form-action", "default-src"]) expect(policy.get(directive)).toEqual(["'self'"]);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "permissions-policy": expect.stringContaining("camera=()"),
    });
  });

  it("let other pages show an embed in a frame, and change nothing else", () => {
    const request = { nonce: "bm9uY2U=", isDev: false, isRoute: false };
    const [own, embed] = [false, true].map((isEmbed) => policyOf(securityHeaders({ ...request, isEmbed })));
    expect(embed?.get("frame-ancestors")).toEqual(["*"]);
    own?.delete("frame-ancestors");
    embed?.delete("frame-ancestors");
    expect(embed).toEqual(own);
  });

  it("let nothing of a route's answer run", () => {
    const policy = policyOf(securityHeaders({ nonce: "bm9uY2U=", isDev: false, isRoute: true, isEmbed: false }));
    expect(policy.get("default-src")).toEqual(["'none'"]);
    expect(policy.get("frame-ancestors")).toEqual(["'none'"]);
  });
});

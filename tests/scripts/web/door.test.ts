import { describe, expect, it } from "vitest";
import { cookieName } from "@/scripts/web/access.mjs";
import { isEmbed, openDoor } from "@/scripts/web/door.mjs";

type Call = { method?: string; url?: string; headers?: Record<string, string> };

const token = "a-token-of-more-than-16-characters";
const here = { host: "127.0.0.1:3000" };
const call = ({ method = "GET", url = "/", headers = {} }: Call) => ({ method, url, headers: { ...here, ...headers } });
const without = openDoor({});
const withToken = openDoor({ token });
const cookie = `theme=dark; ${cookieName(token)}=${token}`;

describe("the door of a server on a loopback address", () => {
  it("admits names of this machine and those in STANSCOPE_HOSTS, for pages and routes", () => {
    const door = openDoor({ hosts: "Stan.example, other.example" });
    for (const host of ["127.0.0.1:3000", "localhost:3000", "[::1]:3000", "LOCALHOST", "stan.example:443"])
      for (const url of ["/", "/api/runs", "/v1/models", "/_next/static/x.js"])
        expect(door(call({ url, headers: { host } }))).toBeUndefined();
  });

  it.each(["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:3000", "127.0.0.1@evil.example", "", "[::1"])(
    "refuses the host name %j",
    (host) => {
      for (const url of ["/", "/api/runs", "/v1/models"]) expect(without(call({ url, headers: { host } }))).toMatchObject({ status: 403 });
    },
  );

  it("refuses in the form that callers of the address read", () => {
    const refused = (url: string) => JSON.parse(without(call({ url, headers: { host: "evil.example" } }))?.body ?? "");
    expect(refused("/api/runs")).toEqual({ error: { code: "forbidden", message: expect.stringContaining('"evil.example"') } });
    expect(refused("/v1/models")).toEqual({
      error: { code: "forbidden", message: expect.stringContaining("STANSCOPE_HOSTS"), type: "invalid_request_error", param: null },
    });
  });

  it.each([
    { origin: "http://evil.example" },
    { origin: "http://127.0.0.1:4000" },
    { origin: "http://127.0.0.1:3000.evil.example" },
    { origin: "null" },
    { origin: "file://" },
    { "sec-fetch-site": "cross-site" },
  ])("lets no other site's page change anything: %j", (headers) => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"])
      expect(without(call({ method, url: "/api/runs", headers }))).toMatchObject({ status: 403 });
  });

  it("lets its own pages and programs change things", () => {
    for (const headers of [{}, { origin: "http://127.0.0.1:3000", "sec-fetch-site": "same-origin" }])
      expect(without(call({ method: "POST", url: "/api/runs", headers }))).toBeUndefined();
  });

  it("answers 405 to methods that Next cannot read", () => {
    for (const method of ["TRACE", "CONNECT", "PROPFIND"]) expect(without(call({ method }))).toMatchObject({ status: 405 });
  });

  it.each(["/%", "/runs/%ff", "/%E0%A4%A", "/a%2"])("answers 400 to the damaged address %s", (url) => {
    expect(without(call({ url }))).toMatchObject({ status: 400 });
  });
});

describe("the door of a server with a token", () => {
  it.each(["/", "/runs/new", "/api", "/api/runs", "/v1/models", "/_next/static/x.js", "/nowhere"])(
    "is closed to %s without it, whatever the Host header says",
    (url) => {
      for (const host of ["127.0.0.1:3000", "localhost", "evil.example"])
        expect(withToken(call({ url, headers: { host } }))).toMatchObject({ status: 401, headers: { "www-authenticate": "Bearer" } });
    },
  );

  it("opens to clients that send it as Bearer, under any host name", () => {
    for (const headers of [{ authorization: `Bearer ${token}` }, { authorization: `bearer  ${token}`, host: "stan.example" }])
      expect(withToken(call({ method: "POST", url: "/v1/chat/completions", headers }))).toBeUndefined();
  });

  it.each([`Bearer ${token}x`, `Bearer ${token.slice(1)}`, "Bearer ", "Bearer", `Basic ${token}`, token])(
    "stays closed to Authorization: %s",
    (authorization) => {
      expect(withToken(call({ url: "/api/runs", headers: { authorization } }))).toMatchObject({ status: 401 });
    },
  );

  it("refuses in the form that callers of the address read", () => {
    const { body: ofRoute } = withToken(call({ url: "/api/runs" })) ?? {};
    expect(JSON.parse(ofRoute ?? "")).toEqual({
      error: { code: "unauthorized", message: expect.stringContaining("Authorization: Bearer") },
    });
    const { body: ofOpenai } = withToken(call({ url: "/v1/models" })) ?? {};
    expect(JSON.parse(ofOpenai ?? "")).toMatchObject({ error: { type: "invalid_request_error", code: "invalid_api_key" } });
    const page = withToken(call({ url: '/runs/new?a="><script>' }));
    expect(page).toMatchObject({ headers: { "content-type": "text/html; charset=utf-8" } });
    expect(page?.body).toContain("Open the link that <code>npm start</code> printed");
    expect(page?.body).not.toContain("<script>");
  });

  it("keeps the token in a cookie that scripts and other sites cannot use, and takes it out of the address", () => {
    const signIn = withToken(call({ url: `/runs/new?from=a%20b&token=${token}` }));
    expect(signIn).toMatchObject({ status: 303, headers: { location: "/runs/new?from=a+b", "cache-control": "no-store" } });
    expect(signIn?.headers["set-cookie"]).toBe(`${cookieName(token)}=${token}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict`);
  });

  it.each(["//evil.example/", "///evil.example/", "/\\evil.example/"])("leads to no other host from %s", (path) => {
    const location = withToken(call({ url: `${path}?token=${token}` }))?.headers["location"] ?? "";
    expect(new URL(location, "http://127.0.0.1:3000").host).toBe("127.0.0.1:3000");
    expect(withToken(call({ url: path }))?.body).not.toMatch(/href="[/\\]{2}/);
  });

  it("takes the token from the address of a page alone, and only the right one", () => {
    for (const url of [`/api/runs?token=${token}`, `/v1/models?token=${token}`, `/?token=${token}x`, "/?token="])
      expect(withToken(call({ url }))).toMatchObject({ status: 401 });
    expect(withToken(call({ method: "POST", url: `/?token=${token}` }))).toMatchObject({ status: 401 });
  });

  it("opens to the cookie, and lets no other site's page change anything with it", () => {
    expect(withToken(call({ url: "/api/events", headers: { cookie } }))).toBeUndefined();
    const post = (headers: Record<string, string>) =>
      withToken(call({ method: "POST", url: "/api/runs", headers: { cookie, ...headers } }));
    expect(post({ origin: "http://127.0.0.1:3000" })).toBeUndefined();
    for (const headers of [{ origin: "http://127.0.0.1:4000" }, { origin: "null" }, { "sec-fetch-site": "cross-site" }])
      expect(post(headers)).toMatchObject({ status: 403 });
  });

  it("stays closed to the cookie of another server", () => {
    const other = "another-token-of-16-characters";
    for (const wrong of [
      `${cookieName(other)}=${other}`,
      `${cookieName(token)}=${other}`,
      `x${cookieName(token)}=${token}`,
      `${cookieName(token)}`,
    ])
      expect(withToken(call({ url: "/", headers: { cookie: wrong } }))).toMatchObject({ status: 401 });
  });
});

describe("isEmbed", () => {
  it("holds for a latent's page that is asked for alone, and for nothing else", () => {
    const latent = "/runs/r1/latents/model.layers.1.self_attn.v_proj/23";
    for (const address of [`${latent}?embed=1`, `${latent}?collection=c&embed=1`, "/dictionaries/d/latents/7-res/0?embed=1"])
      expect(isEmbed(address), address).toBe(true);
    const others = [latent, `${latent}?embed=0`, `${latent}?embed=1&embed=0`, `${latent}/x?embed=1`, `/api${latent}?embed=1`];
    for (const address of [...others, "/?embed=1", "/runs/r1?embed=1", "/runs/r1/latents?embed=1", "/runs/r1/steer?embed=1"])
      expect(isEmbed(address), address).toBe(false);
  });
});

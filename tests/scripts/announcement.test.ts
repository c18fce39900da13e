import { describe, expect, it } from "vitest";
import { announcement } from "@/scripts/start/announcement.mjs";

const token = "a-token-of-more-than-16";

describe("announcement", () => {
  it("says that a server without a token is open on this machine alone", () => {
    const { url, link, access } = announcement({ host: "127.0.0.1", port: 3000 });
    expect([url, link]).toEqual(["http://127.0.0.1:3000", "http://127.0.0.1:3000"]);
    expect(access).toEqual(["Open to every user of this machine; other machines cannot reach it."]);
  });

  it("gives a link that signs in, and says who else may come and what requests may name", () => {
    const { url, link, access } = announcement({ host: "0.0.0.0", port: 3001, token, folders: "/data" });
    expect(url).toBe("http://127.0.0.1:3001");
    expect(link).toBe(`http://127.0.0.1:3001/?token=${token}`);
    expect(access.join(" ")).toMatch(
      /every machine that reaches this one on port 3001, with the token.*Authorization: Bearer.*and in \/data only.*not encrypted/,
    );
  });

  it("names the address that is reached, IPv6 in brackets", () => {
    expect(announcement({ host: "192.168.1.7", port: 80, token }).link).toBe(`http://192.168.1.7:80/?token=${token}`);
    expect(announcement({ host: "::", port: 80, token }).url).toBe("http://[::1]:80");
    expect(announcement({ host: "fd00::7", port: 80, token }).url).toBe("http://[fd00::7]:80");
  });

  it("says of a token on a loopback address that it is for programs on this machine", () => {
    expect(announcement({ host: "127.0.0.1", port: 3000, token }).access).toEqual([
      expect.stringMatching(/^Open to programs on this machine, with the token/),
    ]);
  });
});

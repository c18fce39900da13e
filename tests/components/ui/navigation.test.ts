// @vitest-environment happy-dom
import { beforeEach, expect, it, vi } from "vitest";
import { navigationBegins } from "@/components/ui/address/navigation";

/** What Next takes as a navigation: each write without its own state. */
const navigations: string[] = [];

beforeEach(() => {
  vi.restoreAllMocks();
  navigations.splice(0);
  const { history } = window;
  const write = History.prototype.replaceState.bind(history);
  history.replaceState = (data, unused, url) => {
    if (data?.__NA !== true) navigations.push(String(url));
    write({ ...data, __NA: true }, unused, url);
  };
  write({ __NA: true }, "", "/steer?prompt=a");
});

const type = (text: string) => window.history.replaceState(null, "", `/steer?prompt=${text}`);

it("is not discarded by what is written to the address that it leaves", () => {
  type("ab");
  navigationBegins("/latents", "push");
  for (const text of ["abc", "abcd"]) type(text);
  expect([navigations, window.location.search]).toEqual([["/steer?prompt=ab"], "?prompt=abcd"]);
});

it("leaves later writes to the router, once it has ended or leads nowhere else", () => {
  navigationBegins("/latents", "push");
  History.prototype.pushState.call(window.history, { __NA: true }, "", "/latents");
  window.history.replaceState(null, "", "/latents?sort=share");
  navigationBegins("/latents?sort=share", "push");
  window.history.replaceState(null, "", "/latents?sort=firings");
  expect(navigations).toEqual(["/latents?sort=share", "/latents?sort=firings"]);
});

it("passes on the router's own write, which ends a navigation that replaces the address", () => {
  navigationBegins("/steer?prompt=b", "replace");
  window.history.replaceState({ __NA: true }, "", "/steer?prompt=b");
  type("bc");
  expect(navigations).toEqual(["/steer?prompt=bc"]);
});

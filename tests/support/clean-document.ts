import { vi } from "vitest";

/*
 * Files of tests that share a document: each begins with an empty one at the first address, with nothing stored and nothing replaced, and loads our modules
 * anew. Those of packages stay; loading them is what takes long.
 */
vi.useRealTimers();
vi.unstubAllGlobals();
vi.unstubAllEnvs();
vi.resetModules();
for (const element of [document.documentElement, document.body])
  for (const { name } of [...element.attributes]) element.removeAttribute(name);
document.head.replaceChildren();
document.body.replaceChildren();
localStorage.clear();
sessionStorage.clear();
window.history.replaceState(null, "", "/");

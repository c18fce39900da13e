import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { endpointAreas } from "@/lib/contract/endpoints";
import { Application } from "@/scripts/knock/application";
import { references } from "@/tests/support/fixtures";

const folder = resolve("python/stanscope");
/** A Python with pandas and pyarrow, which `npm run test:references` alone needs. */
const python = process.env["STANSCOPE_CLIENT_PYTHON"];

describe("the Python client", () => {
  test("calls routes that there are", () => {
    const sources = join(folder, "src/stanscope");
    const text = readdirSync(sources)
      .filter((name) => name.endsWith(".py"))
      .map((name) => readFileSync(join(sources, name), "utf8"))
      .join("\n");
    const called = [...text.matchAll(/f?"(\/api\/[^"\s]+)"/g)].map(([, path = ""]) => path.replaceAll(/\{[^{}]*\}/g, "{}"));
    expect(called.length).toBeGreaterThan(5);
    const there = endpointAreas.flatMap(({ endpoints }) => endpoints.map(({ path }) => path.replaceAll(/\{[^{}]*\}/g, "{}")));
    expect(called.filter((path) => !there.includes(path))).toEqual([]);
  });

  test.runIf(python)("does what its README says, on the sample", references, async () => {
    const application = new Application({ port: 0 });
    try {
      await application.start();
      const readme = readFileSync(join(folder, "README.md"), "utf8");
      const lines = [...readme.matchAll(/```python\n([\s\S]*?)```/g)].map(([, block]) => block).join("\n");
      expect(lines).toContain("http://127.0.0.1:3000");
      const program = `${lines.replace("http://127.0.0.1:3000", application.url)}\n${checks}`;
      const env = { ...process.env, PYTHONPATH: join(folder, "src") };
      const { stdout } = await promisify(execFile)(python ?? "", ["-c", program], { env });
      expect(stdout).toContain("all checks passed");
    } finally {
      await application.stop();
      await application.remove();
    }
  });
});

/** After the README's lines, on what they left behind. */
const checks = `
from stanscope import StanscopeError

assert run.id in app.runs().index
assert latents["selectivityFrom"].dropna().is_monotonic_decreasing and len(latents) > 50
best = run.examples(latent["module"], latent["index"])
assert abs(best["activation"].max() - latent["maxActivation"]) < 1e-4 * latent["maxActivation"]
own = run.activations([best["text"][0]], modules=[latent["module"]])
assert set(own["module"]) == {latent["module"]}
k = fired.groupby(["text", "module", "position"]).size()
assert k.max() == k.mode()[0] and fired["text"].nunique() == 2
assert not fired["isTruncated"].any() and fired["attribution"].isna().all()
assert len({arms[arm].text for arm in ("base", "adapter", "edited")}) == 3
watched = run.generate("In the beginning", max_tokens=3, arms=["adapter"], watch=[(latent["module"], latent["index"])])
assert f"{latent['module']}#{latent['index']}" in watched["adapter"].tokens
for refused, code in ((lambda: app.run("nobody"), "notFound"), (lambda: run.activations(["a"], modules=["nowhere"]), "invalid")):
    try:
        refused()
    except StanscopeError as error:
        assert error.code == code, error.code
    else:
        raise AssertionError("not refused")
print("all checks passed")
`;

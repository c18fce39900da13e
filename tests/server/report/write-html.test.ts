import { describe, expect, it } from "vitest";
import { writeReport } from "@/server/report/write-report";
import { hostile, withTyped } from "@/tests/support/report/hostile";
import { reportMaterial } from "@/tests/support/report/material";

const plain = writeReport(reportMaterial(), "html");

type Tag = { readonly name: string; readonly attributes: readonly (readonly [name: string, value: string])[] };

/** Every tag, as a browser would read it; what stands in `<style>` is no tag. */
function tagsOf(html: string): Tag[] {
  const body = html.replace(/<style>[\s\S]*?<\/style>/, "<style></style>");
  return [...body.matchAll(/<(!?\/?[a-z][\w-]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>/gi)].map(([, name = "", rest = ""]) => ({
    name,
    attributes: [...rest.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, attribute = "", value = ""]) => [attribute, value] as const),
  }));
}

describe("a report as a page", () => {
  it("is the same for the same material", () => {
    expect(writeReport(reportMaterial(), "html")).toBe(plain);
    expect(plain).toContain("Made 2026-11-28 23:05 UTC by Stanscope 0.1.0.");
  });

  it("asks for nothing and runs nothing: its links lead into itself, and a policy forbids all else", () => {
    const tags = tagsOf(plain);
    expect(tags.length).toBeGreaterThan(900);
    expect(
      tags
        .map(({ name }) => name)
        .filter((name) => /^(script|link|img|image|iframe|object|embed|form|base|use|foreignObject|audio|video)$/i.test(name)),
    ).toEqual([]);
    const attributes = tags.flatMap((tag) => tag.attributes);
    expect(attributes.filter(([name]) => /^(src|srcset|action|formaction|xlink:href|background|poster|style|on\w+)$/i.test(name))).toEqual(
      [],
    );
    const links = attributes.filter(([name]) => name === "href").map(([, value]) => value);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((link) => !link.startsWith("#"))).toEqual([]);
    const style = /<style>([\s\S]*?)<\/style>/.exec(plain)?.[1] ?? "";
    expect(style).toContain("@media print");
    expect(style).not.toMatch(/url\(|@import|@font-face|expression\(/);
    expect(attributes).toContainEqual(["content", expect.stringContaining("default-src &#39;none&#39;")]);
  });

  it("has the same tags and attributes whatever people have typed, and shows it as text", () => {
    const written = writeReport(withTyped(reportMaterial(), hostile), "html");
    const shapeOf = (html: string) =>
      tagsOf(html).map(({ name, attributes }) => `${name} ${attributes.map(([attribute]) => attribute).join(" ")}`);
    expect(shapeOf(written)).toEqual(shapeOf(writeReport(withTyped(reportMaterial(), "harmless"), "html")));
    expect(written).not.toContain("<script");
    expect(written).not.toContain("<img");
    expect(written).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(written).toContain("&lt;img src=x onerror=&#39;alert(2)&#39;&gt;");
    // What turns the direction of text, ends it, or is half a character.
    for (const character of ["\u0000", "\u202e"]) expect(written.includes(character)).toBe(false);
    expect(Buffer.from(written, "utf8").toString("utf8")).toBe(written);
  });

  it("closes every tag that it opens, in order", () => {
    const open: string[] = [];
    const isVoid = /^(meta|!doctype|circle|rect|line|path)$/;
    const body = plain.replace(/<style>[\s\S]*?<\/style>/, "");
    for (const [whole, closing, name = ""] of body.matchAll(/<(\/?)([a-z!][\w]*)[^>]*>/g)) {
      if (closing === "/") expect(open.pop()).toBe(name);
      else if (!whole.endsWith("/>") && !isVoid.test(name)) open.push(name);
    }
    expect(open).toEqual([]);
  });

  it("gives every figure a number, a title, an alternative for its drawing, and its numbers", () => {
    const figures = [...plain.matchAll(/<figure>([\s\S]*?)<\/figure>/g)].map(([, inner = ""]) => inner);
    expect(figures.length).toBeGreaterThanOrEqual(8);
    for (const [place, figure] of figures.entries()) {
      expect(figure).toContain(`<b>Figure ${place + 1}.</b>`);
      expect(/<svg[^>]* role="img" aria-label="([^"]+)"/.exec(figure)?.[1]?.length ?? 0).toBeGreaterThan(20);
      expect(figure).toMatch(/<details><summary>Numbers of figure \d+<\/summary>[\s\S]*<tbody>\n<tr>/);
    }
  });

  it("has ids that are there once", () => {
    const ids = [...plain.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const named = [...plain.matchAll(/ (?:aria-labelledby|href)="#?([^"]+)"/g)].map(([, id]) => id);
    expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  });
});

import { expect, it } from "vitest";
import { type Choice, matching } from "@/components/search/choice";

const choice = (title: string, detail: string): Choice => ({ key: title, title, detail, href: "/" });
const choices = [choice("second run", "LoRA · small"), choice("run of STAN", "STAN · small"), choice("Jobs", "Page")];
const titles = (text: string, limit = 9) => matching(choices, text, limit).map(({ title }) => title);

it("asks for every word in title or detail, and puts first what begins with the text", () => {
  expect(titles("run")).toEqual(["run of STAN", "second run"]);
  expect(titles("SMALL second")).toEqual(["second run"]);
  expect(titles("small", 1)).toEqual(["second run"]);
  expect(titles("nothing")).toEqual([]);
});

import {
  comparedItemQuery,
  comparedItems,
  comparedLatents,
  comparison,
  comparisonQuery,
  comparisonScorecard,
  pairQuery,
  scorecardQuery,
} from "@/lib/contract/comparison";
import { matchedBudgets } from "@/lib/contract/matched-budgets";
import { comparisonReportQuery } from "@/lib/contract/report";
import { type EndpointArea, file, json } from "./endpoint";

export const comparisonEndpoints = {
  name: "Comparison",
  about: "Comparison of runs. Runs that differ only in their seed form one side; sides are compared by paired intervals.",
  endpoints: [
    {
      method: "GET",
      path: "/api/compare",
      summary: "Runs grouped into sides: differences in configuration, costs, curves, and what cannot be compared.",
      query: comparisonQuery,
      answers: [json("Comparison", comparison)],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/compare/scorecard",
      summary: "Every metric that two sides share, with paired 95 % intervals, Holm-corrected p values and a verdict.",
      query: scorecardQuery,
      answers: [json("ComparisonScorecard", comparisonScorecard)],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/compare/budgets",
      summary: "Whether sides match in parameters, FLOPs, time and trials, and which run would match if they do not.",
      query: pairQuery,
      answers: [json("MatchedBudgets", matchedBudgets)],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/compare/items",
      summary: "The results of two sides on a benchmark, row by row.",
      query: comparedItemQuery,
      answers: [json("ComparedItems", comparedItems)],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/compare/latents",
      summary: "Latents or rank components of two sides compared: density, selectivity, effect, and stability over seeds.",
      query: pairQuery,
      answers: [json("ComparedLatents", comparedLatents)],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/compare/report",
      summary: "A report of the comparison as one file: configuration, figures, tables, environment and the commands to reproduce it.",
      query: comparisonReportQuery,
      answers: [file("text/html", "one self-contained page"), file("text/markdown", "the same without drawings, with `format=markdown`")],
      refusals: ["notFound"],
    },
  ],
} as const satisfies EndpointArea;

import {
  comparedItemQuery,
  comparedItems,
  comparedLatents,
  comparison,
  comparisonQuery,
  comparisonScorecard,
  pairQuery,
} from "@/lib/contract/comparison";
import { type EndpointArea, json } from "./endpoint";

export const comparisonEndpoints: EndpointArea = {
  name: "Comparison",
  about: "Runs side by side: runs that were told the same but for the seed form one side, and two sides are compared by paired intervals.",
  endpoints: [
    {
      method: "GET",
      path: "/api/compare",
      summary: "Runs as sides: what differs in their configuration, what they cost, their curves, and what cannot be compared.",
      query: comparisonQuery,
      answers: [json("Comparison", comparison)],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/compare/scorecard",
      summary: "Every number that two sides share, with paired 95 % intervals and what these allow to say.",
      query: pairQuery,
      answers: [json("ComparisonScorecard", comparisonScorecard)],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/compare/items",
      summary: "What two sides make of a benchmark, row by row.",
      query: comparedItemQuery,
      answers: [json("ComparedItems", comparedItems)],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/compare/latents",
      summary:
        "Latents of one side beside latents or rank components of the other: density, selectivity, effect, and stability over seeds.",
      query: pairQuery,
      answers: [json("ComparedLatents", comparedLatents)],
      refusals: ["notFound"],
    },
  ],
};

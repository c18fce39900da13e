import { describeBenchmarks } from "@/tests/e2e/benchmarks";
import { openDemonstration } from "@/tests/e2e/demonstration";
import { describeEveryPage } from "@/tests/e2e/every-page";
import { describeExperiments } from "@/tests/e2e/experiments";
import { describeImports } from "@/tests/e2e/imports";
import { describeNarrowPages } from "@/tests/e2e/narrow-pages";
import { describeNewRun } from "@/tests/e2e/new-run";

const place = openDemonstration();

describeBenchmarks(place);
describeExperiments(place);
describeImports(place);
describeNewRun(place);
describeNarrowPages(place);
describeEveryPage(place);

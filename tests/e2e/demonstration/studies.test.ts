import { describeApi } from "@/tests/e2e/api";
import { describeConcepts } from "@/tests/e2e/concepts";
import { openDemonstration } from "@/tests/e2e/demonstration";
import { describeStudies } from "@/tests/e2e/studies";

const place = openDemonstration();

describeStudies(place);
describeApi(place);
describeConcepts(place);

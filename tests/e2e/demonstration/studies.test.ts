import { describeApi } from "@/tests/e2e/api";
import { openDemonstration } from "@/tests/e2e/demonstration";
import { describeStudies } from "@/tests/e2e/studies";

const place = openDemonstration();

describeStudies(place);
describeApi(place);

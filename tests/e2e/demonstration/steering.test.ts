import { openDemonstration } from "@/tests/e2e/demonstration";
import { describeKeptEdits } from "@/tests/e2e/kept-edits";
import { describeSteering } from "@/tests/e2e/steering";

const place = openDemonstration();

describeSteering(place);
describeKeptEdits(place);

import { openDemonstration } from "@/tests/e2e/demonstration";
import { describeEmbed } from "@/tests/e2e/embed";
import { describeLatentFindings } from "@/tests/e2e/latent-findings";
import { describeLatentPages } from "@/tests/e2e/latent-pages";

const place = openDemonstration();

describeLatentPages(place);
describeLatentFindings(place);
describeEmbed(place);

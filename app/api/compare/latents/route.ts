import { pairQuery } from "@/lib/contract/comparison";
import { handle, readQuery } from "@/server/http/handle";
import { compareLatents } from "@/server/services/comparison/compared-latents";

export const GET = handle(({ services, query }) => compareLatents(services, readQuery(pairQuery, query, { numbers: ["first", "second"] })));

/** @type {import("next").NextConfig} */
const config = {
  distDir: process.env.STANSCOPE_DIST ?? ".next",
  reactStrictMode: true,
  poweredByHeader: false,
  // Titles say what a page shows: they stand in the head of every answer, and what is not there is answered with 404.
  htmlLimitedBots: /.*/,
  // Where a browser looks for an icon of its own accord, as between two pages whose heads name one.
  rewrites: () => [{ source: "/favicon.ico", destination: "/icon.svg" }],
  // `npm test` checks types; a start on a person's machine need not.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ["pg", "pg-copy-streams", "@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-wasm"],
  experimental: {
    optimizePackageImports: ["lucide-react", "d3", "radix-ui"],
    // Over a slow network each request costs more than the code of other pages that a larger file brings along. Sizes are of the sources, in bytes; ours.
    turbopackChunking: { requestCost: 500_000, minChunkSize: 150_000 },
  },
};

export default config;

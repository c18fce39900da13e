/** @type {import("next").NextConfig} */
const config = {
  distDir: process.env.STANSCOPE_DIST ?? ".next",
  reactStrictMode: true,
  poweredByHeader: false,
  // `npm test` checks types; a start on a person's machine need not.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ["pg", "pg-copy-streams", "@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-wasm"],
  experimental: { optimizePackageImports: ["lucide-react", "d3", "radix-ui"] },
};

export default config;

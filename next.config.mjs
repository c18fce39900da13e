/** @type {import("next").NextConfig} */
const config = {
  distDir: process.env.STANSCOPE_DIST ?? ".next",
  reactStrictMode: true,
  poweredByHeader: false,
  serverExternalPackages: [
    "pg",
    "pg-boss",
    "pg-copy-streams",
    "@tensorflow/tfjs-node-gpu",
    "@tensorflow/tfjs-core",
    "@tensorflow/tfjs-backend-wasm",
  ],
  experimental: { optimizePackageImports: ["lucide-react", "d3", "radix-ui"] },
};

export default config;

import { fileURLToPath } from "node:url";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const GATEWAY = process.env["PARLEY_URL"] ?? "http://127.0.0.1:8000";
const GATEWAY_PATHS = ["/v1", "/api", "/auth", "/datasets", "/deep-research", "/docs", "/health", "/openapi.json"];

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("src", import.meta.url)) } },
  build: {
    outDir: "../services/gateway/src/parley_gateway/web",
    emptyOutDir: true,
    manifest: true,
    target: "es2023",
    // A small file as a data: address would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Chunks that pages share must not run before what the entry imports first, such as the settings of zod.
    rolldownOptions: { output: { strictExecutionOrder: true } },
  },
  server: {
    // The gateway must see the page's own origin, or it refuses the socket.
    proxy: Object.fromEntries(
      GATEWAY_PATHS.map((path) => [path, { target: GATEWAY, ws: true, changeOrigin: true, rewriteWsOrigin: true }]),
    ),
  },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});

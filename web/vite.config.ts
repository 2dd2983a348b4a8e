import { defineConfig } from "vite";

// One entry per kind of page; the server reads the manifest to find the hashed names.
export default defineConfig({
  base: "/static/",
  publicDir: false,
  build: {
    outDir: "../server/static",
    emptyOutDir: true,
    manifest: true,
    license: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        site: "src/site.ts",
        explore: "src/explore.ts",
        mechanism: "src/mechanism.ts",
        sparql: "src/sparql.ts",
        sort: "src/sort.ts",
      },
    },
  },
});

import { defineConfig } from 'vite';

/** The page. `vite web` serves it for development, with the API of a running `npm start` behind it. */

const service = process.env['ANALYTICS_URL'] ?? 'http://localhost:4000';

export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // A heatmap is coloured cell by cell; ECharts' development build insists on a component that does it instead.
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    target: 'es2023',
    // Nothing inline: the page's policy forbids it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': service, '/config.json': service, '/prod': { target: service, ws: true } },
  },
});

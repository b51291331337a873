import { fileURLToPath } from 'node:url';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * The page is served by our own server, which allows no inline script: everything is a file of the same
 * origin.
 */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Addresses are relative: a proxy may serve the page under a path.
  base: './',
  plugins: [react(), tailwind()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
});

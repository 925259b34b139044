// @ts-check
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'dist',
    // The content security policy allows fonts and scripts from this origin only, so nothing becomes a data: URL.
    assetsInlineLimit: 0,
    // The polyfill is an inline script in some set-ups; every browser that plays this has modulepreload.
    modulePreload: { polyfill: false },
  },
  server: { port: 5173, proxy: { '/api': 'http://127.0.0.1:8787' } },
});

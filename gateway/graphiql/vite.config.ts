import { defineConfig } from 'vite'
import { precompress } from './precompress.ts'

export default defineConfig({
  plugins: [precompress()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // every asset is a file with a hashed name
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4096, // the editor is one large library
    rolldownOptions: { checks: { moduleLevelDirective: false, pluginTimings: false } }, // "use client" means nothing here
  },
  worker: { format: 'es' },
  experimental: {
    // Relative addresses: the page works under any prefix that a proxy puts before /graphql.
    renderBuiltUrl: (file, { hostType }) => (hostType === 'html' ? `graphql/${file}` : { relative: true }),
  },
})

import type { Storage } from '@graphiql/toolkit'

const NAMESPACE = 'graphiql:'

/**
 * The browser's storage, where no header stays that somebody typed: GraphiQL's history would keep API keys there.
 * `headers`, the page's own, stand in their place.
 */
export function createStorage(headers: string | undefined): Storage {
  return {
    getItem: (name) => localStorage.getItem(name),
    setItem: (name, value) => localStorage.setItem(name, withHeaders(value, headers)),
    removeItem: (name) => localStorage.removeItem(name),
    clear: () => names().forEach((name) => localStorage.removeItem(name)),
    get length() {
      return names().length
    },
  }
}

function withHeaders(value: string, headers: string | undefined): string {
  if (!value.startsWith('{')) return value
  return JSON.stringify(JSON.parse(value), (name, part) => (name === 'headers' ? (headers ?? null) : part))
}

function names(): string[] {
  return Object.keys(localStorage).filter((name) => name.startsWith(NAMESPACE))
}

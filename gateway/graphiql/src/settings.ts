/** One operation to open from the menu. */
export interface Example {
  name: string
  audience: string
  title: string
  description: string
  query: string
}

/** What the server puts into the page. */
export interface Settings {
  title: string
  /** Request headers that a new tab starts with. */
  headers: Record<string, string>
  examples: Example[]
}

const DEFAULTS: Settings = { title: 'GraphiQL', headers: {}, examples: [] }

export function readSettings(): Settings {
  const text = document.getElementById('settings')?.textContent ?? '{}'
  return { ...DEFAULTS, ...(JSON.parse(text) as Partial<Settings>) }
}

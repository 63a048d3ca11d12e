import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import type { Example } from '../settings'

/** Shows an example: in the tab that has it, else in a new one. */
export function useOpenExample(): (example: Example) => void {
  const { addTab, changeTab } = useGraphiQLActions()
  const { tabs, queryEditor } = useGraphiQL(pick('tabs', 'queryEditor'))
  return ({ query }) => {
    const there = tabs.findIndex((tab) => tab.query === query)
    if (there >= 0) return changeTab(there)
    addTab()
    queryEditor?.setValue(query)
  }
}

import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { isNarrow } from '../narrow'
import type { Example } from '../settings'

/** Shows an example: in the tab that has it, else in a new one. */
export function useOpenExample(): (example: Example) => void {
  const { addTab, changeTab, setVisiblePlugin } = useGraphiQLActions()
  const { tabs, queryEditor } = useGraphiQL(pick('tabs', 'queryEditor'))
  return ({ query }) => {
    if (isNarrow()) {
      setVisiblePlugin(null) // the menu covers the editor
      document.querySelector('.graphiql-main')?.scrollTo(0, 0)
    }
    const there = tabs.findIndex((tab) => tab.query === query)
    if (there >= 0) return changeTab(there)
    addTab()
    queryEditor?.setValue(query)
  }
}

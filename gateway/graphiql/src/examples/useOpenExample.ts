import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { isNarrow } from '../narrow'
import type { Example } from '../settings'

const OPERATION = /^(?:query|mutation|subscription)\s+(\w+)/m

/** Shows an example: in the tab that has it, else in a new one. */
export function useOpenExample(): (example: Example) => void {
  const { addTab, changeTab, setOperationName, setVisiblePlugin } = useGraphiQLActions()
  const { tabs, queryEditor } = useGraphiQL(pick('tabs', 'queryEditor'))
  return ({ query }) => {
    if (isNarrow()) {
      setVisiblePlugin(null) // the menu covers the editor
      document.querySelector('.graphiql-main')?.scrollTo(0, 0)
    }
    const there = tabs.findIndex((tab) => tab.query === query)
    if (there >= 0) {
      changeTab(there)
    } else {
      addTab()
      queryEditor?.setValue(query)
    }
    // GraphiQL reads the name from a changed text only after a pause, and would run it under the old one until then.
    setOperationName(OPERATION.exec(query)?.[1] ?? '')
  }
}

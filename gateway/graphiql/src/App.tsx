import { GraphiQL, HISTORY_PLUGIN } from 'graphiql'
import { useMemo } from 'react'
import { examplesPlugin } from './examples/plugin'
import { createFetcher } from './fetcher'
import { isNarrow } from './narrow'
import { PlanPanel } from './plan/PlanPanel'
import type { Settings } from './settings'
import { createStorage } from './storage'

const EMPTY = '# Write an operation and run it with Ctrl-Enter.\n'

export function App({ settings }: { settings: Settings }) {
  const fetcher = useMemo(() => createFetcher(settings.headers), [settings])
  const examples = useMemo(() => examplesPlugin(settings.examples), [settings])
  const headers = Object.keys(settings.headers).length ? JSON.stringify(settings.headers, null, 2) : undefined
  const storage = useMemo(() => createStorage(headers), [headers])
  const first = settings.examples[0]
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      plugins={first ? [examples, HISTORY_PLUGIN] : [HISTORY_PLUGIN]}
      visiblePlugin={first && !isNarrow() ? examples : undefined}
      defaultQuery={first?.query ?? EMPTY}
      defaultHeaders={headers}
      defaultEditorToolsVisibility={isNarrow() ? false : undefined}
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>{settings.title}</GraphiQL.Logo>
      <GraphiQL.Footer>
        <PlanPanel />
      </GraphiQL.Footer>
    </GraphiQL>
  )
}

import type { GraphiQLPlugin } from '@graphiql/react'
import type { Example } from '../settings'
import { ExamplesIcon } from './ExamplesIcon'
import { ExamplesMenu } from './ExamplesMenu'

export function examplesPlugin(examples: Example[]): GraphiQLPlugin {
  return { title: 'Examples', icon: ExamplesIcon, content: () => <ExamplesMenu examples={examples} /> }
}

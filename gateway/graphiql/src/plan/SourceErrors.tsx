import type { Trace } from './trace'
import { errors as words } from './words'

export function SourceErrors({ errors }: Pick<Trace, 'errors'>) {
  const sources = Object.entries(errors).filter(([, codes]) => Object.keys(codes).length > 0)
  if (!sources.length) return null
  return (
    <dl className="plan-sources" aria-label="Errors by source">
      {sources.map(([source, codes]) => (
        <div key={source}>
          <dt>{source}</dt>
          <dd className="plan-error">{words(codes)}</dd>
        </div>
      ))}
    </dl>
  )
}

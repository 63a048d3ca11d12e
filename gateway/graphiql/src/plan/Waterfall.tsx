import { Bar } from './Bar'
import type { Step, Trace } from './trace'
import { planTree, type Row } from './tree'
import { cache, callName, calls, errors, keys } from './words'

const COLOURS = 6

/** The plan as a tree, and on the same rows as a waterfall. */
export function Waterfall({ trace }: { trace: Trace }) {
  const sources = [...new Set(trace.steps.map((step) => step.source))]
  return (
    <table className="plan-table">
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">Keys</th>
          <th scope="col">Cache</th>
          <th scope="col">Calls</th>
          <th scope="col">Time</th>
        </tr>
      </thead>
      <tbody>
        {planTree(trace.steps).map((row) => (
          <StepRow key={row.step.index} row={row} whole={trace.milliseconds} colour={sources.indexOf(row.step.source)} />
        ))}
      </tbody>
    </table>
  )
}

function StepRow({ row: { step, depth }, whole, colour }: { row: Row; whole: number; colour: number }) {
  return (
    <tr data-colour={colour % COLOURS} title={hint(step)}>
      <th scope="row" style={{ '--depth': depth }} data-nested={depth > 0 || undefined}>
        <span className="plan-source">{step.source}</span> <span className="plan-call">{callName(step)}</span>
        <span className="plan-error">{errors(step.errors)}</span>
      </th>
      <Figure label="keys" text={keys(step)} />
      <Figure label="cache" text={cache(step.cache)} />
      <Figure label="calls" text={calls(step.calls, step.worstCase)} />
      <td className="plan-time">
        <Bar step={step} whole={whole} />
      </td>
    </tr>
  )
}

/** In a narrow pane, where there is no head, `label` stands before the text. */
function Figure({ label, text }: { label: string; text: string }) {
  return (
    <td data-label={label} data-none={text === '' || undefined}>
      {text || '–'}
    </td>
  )
}

function hint(step: Step): string {
  const awaited = step.after.length ? `, after step ${step.after.join(' and ')}` : ''
  return `Step ${step.index} at ${step.source}${step.role ? ` (${step.role})` : ''}${awaited}`
}

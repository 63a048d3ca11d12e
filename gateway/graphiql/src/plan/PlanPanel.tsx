import { useState } from 'react'
import { useLastRun, type Run } from '../lastRun'
import { SourceErrors } from './SourceErrors'
import type { Trace } from './trace'
import { Waterfall } from './Waterfall'
import { callTotal, errorTotal, milliseconds } from './words'

/** Below the result: what the last run asked of which source. */
export function PlanPanel() {
  const run = useLastRun()
  const [open, setOpen] = useState(true)
  return (
    <section className="plan" aria-label="Plan of the last run">
      <button type="button" className="plan-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className="plan-title">Plan{run?.operation && ` of ${run.operation}`}</span>
        {run?.trace && <Summary trace={run.trace} />}
      </button>
      {open && <Body run={run} />}
    </section>
  )
}

function Summary({ trace }: { trace: Trace }) {
  const failed = Object.keys(trace.errors).length > 0
  return (
    <span className="plan-summary">
      <span>{milliseconds(trace.milliseconds)}</span>
      <span>{callTotal(trace)}</span>
      <span className={failed ? 'plan-error' : undefined}>{errorTotal(trace)}</span>
    </span>
  )
}

function Body({ run }: { run: Run | undefined }) {
  if (!run) return <p className="plan-note">Run an operation to see which source was asked for what.</p>
  if (!run.trace) return <p className="plan-note">No trace came with this answer: the operation was refused, or traces are not allowed here.</p>
  if (!run.trace.steps.length) return <p className="plan-note">No source was needed.</p>
  return (
    <div className="plan-body">
      <Waterfall trace={run.trace} />
      <SourceErrors errors={run.trace.errors} />
    </div>
  )
}

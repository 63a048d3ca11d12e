import { end, type Step } from './trace'
import { milliseconds } from './words'

/** When a step ran, within the `whole` milliseconds of the operation. */
export function Bar({ step, whole }: { step: Step; whole: number }) {
  if (step.milliseconds === undefined) return <span className="plan-idle">not needed</span>
  const scale = Math.max(whole, end(step)) || 1
  const left = (100 * (step.start ?? 0)) / scale
  const width = (100 * step.milliseconds) / scale
  return (
    <>
      <span className="plan-track" aria-hidden>
        <span className="plan-bar" style={{ left: `${left}%`, width: `${width}%` }} />
      </span>
      <span className="plan-took">{milliseconds(step.milliseconds)}</span>
    </>
  )
}

import type { Example } from '../settings'
import { useOpenExample } from './useOpenExample'

/** The examples, grouped by who would send them. */
export function ExamplesMenu({ examples }: { examples: Example[] }) {
  const open = useOpenExample()
  const audiences = [...new Set(examples.map((example) => example.audience))]
  return (
    <nav className="examples" aria-label="Examples">
      <h2>Examples</h2>
      {audiences.map((audience) => (
        <section key={audience}>
          <h3>{audience}</h3>
          <ul>
            {examples
              .filter((example) => example.audience === audience)
              .map((example) => (
                <li key={example.name}>
                  <button type="button" onClick={() => open(example)}>
                    <strong>{example.title}</strong>
                    <span>
                      <Prose text={example.description} />
                    </span>
                  </button>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </nav>
  )
}

/** Text with `code` in it. */
function Prose({ text }: { text: string }) {
  return text.split('`').map((part, place) => (place % 2 ? <code key={place}>{part}</code> : part))
}

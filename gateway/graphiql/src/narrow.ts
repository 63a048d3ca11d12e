/** Whether the window is too narrow for panes side by side; narrow.css has the same limit. */
export function isNarrow(): boolean {
  return matchMedia('(max-width: 900px)').matches
}

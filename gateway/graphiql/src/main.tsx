import 'graphiql/setup-workers/vite'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import { readSettings } from './settings'
import './styles'

const settings = readSettings()
document.title = `${settings.title} · GraphiQL`
createRoot(document.getElementById('graphiql')!).render(<App settings={settings} />)

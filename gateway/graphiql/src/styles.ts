// Not `graphiql/style.css`: it is these four and 400 kB of fonts.
import '@graphiql/react/style.css'
import '@graphiql/plugin-doc-explorer/style.css'
import '@graphiql/plugin-history/style.css'
import 'graphiql/graphiql.css'
import './page.css'
import './narrow.css'
import './examples/examples.css'
import './plan/plan.css'

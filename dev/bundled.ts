import { registerHooks } from 'node:module'

/** Benches, the neighbourhood and grants run the Worker's code in Node, without a bundler. This package tells only bundlers where its module is. */
const MODULE = new URL('../node_modules/@googlemaps/polyline-codec/dist/index.esm.js', import.meta.url).href

registerHooks({
  resolve: (name, context, next) =>
    name === '@googlemaps/polyline-codec' ? { url: MODULE, shortCircuit: true, format: 'module' } : next(name, context),
})

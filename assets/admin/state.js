// What views load, and what they do with it.
import { useCallback, useEffect, useRef, useState } from './preact.js'
import { call } from './api.js'

/** Loads again whenever `key` changes. The answer to an earlier question does not overwrite that of a later one. */
export function useLoad(load, key) {
  const [state, setState] = useState({ data: null, error: null, isLoading: true })
  const turn = useRef(0)
  const reload = useCallback(async () => {
    const mine = ++turn.current
    setState((before) => ({ ...before, error: null, isLoading: true }))
    const next = await load().then(
      (data) => ({ data, error: null, isLoading: false }),
      (error) => ({ error, isLoading: false }),
    )
    if (turn.current === mine) setState((before) => ({ ...before, ...next }))
  }, [key])
  useEffect(() => {
    setState({ data: null, error: null, isLoading: true })
    void reload()
    return () => turn.current++
  }, [key])
  const set = (data) => {
    turn.current++
    setState({ data, error: null, isLoading: false })
  }
  return { ...state, reload, set }
}

/** A list of the API in pages. */
export function useList(path) {
  const list = useLoad(() => call('GET', path), path)
  const more = async () => {
    const { items, next_cursor } = list.data
    const next = await call('GET', `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(next_cursor)}`)
    list.set({ items: [...items, ...next.items], next_cursor: next.next_cursor })
  }
  /** Puts a thing that has changed in the place where it stood. */
  const replace = (changed) => list.set({ ...list.data, items: list.data.items.map((item) => (item.id === changed.id ? changed : item)) })
  return { ...list, more, replace }
}

/** Somebody else was first, or must do it: no fault, and nothing to try again. */
export class Otherwise extends Error {
  tone = 'warn'
}

/** One deed at a time, and what came of it in words. */
export function useDeed() {
  const [said, say] = useState(null)
  const [isBusy, setBusy] = useState(false)
  const running = useRef(false)
  const run = async (deed) => {
    if (running.current) return
    running.current = true
    setBusy(true)
    say(null)
    try {
      say({ tone: 'good', text: await deed() })
    } catch (error) {
      say({ tone: error.tone ?? 'bad', text: error.message })
    } finally {
      running.current = false
      setBusy(false)
    }
  }
  return { said, say, isBusy, run }
}

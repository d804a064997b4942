import { readFileSync } from 'node:fs'
import { accuracyTable, present, type ClassResult, type Measuring } from './accuracy.ts'
import { footParts, onFoot, ridden, runs } from './accuracy-classes.ts'
import { copies, COPIES, copiesAtOnce, daily, pairs } from './accuracy-copies.ts'
import { dogParks, programs, resampled, still } from './accuracy-made.ts'
import { readCorpus, type CorpusClass, type Recorded } from './corpus.ts'

/** The figures of the commit that the measuring is compared with, kept so that nobody needs its checkout. */
const BASELINE = { commit: '55a5629', file: 'test/bench/accuracy-baseline.json' }

const ORIGINALS = 60
const CLASSES: readonly CorpusClass[] = ['foot', 'run', 'bicycle', 'motor', 'mixed', 'spoof']

type Corpus = Readonly<Record<CorpusClass, readonly Recorded[]>>

async function readAll(): Promise<Corpus> {
  const read = await Promise.all(CLASSES.map(async (name) => [name, await readCorpus(process.env.TRACKS_DIR, name)] as const))
  return Object.fromEntries(read) as Record<CorpusClass, Recorded[]>
}

function judgeCorpus(corpus: Corpus, measuring: Measuring): ClassResult[] {
  return [
    onFoot(corpus.foot, measuring),
    runs(corpus.run, measuring),
    ridden('motor', corpus.motor, measuring, 2, 100),
    ridden('mixed', corpus.mixed, measuring, 2, 100),
    footParts(corpus.mixed, measuring),
    ridden('forged drives', corpus.spoof, measuring, 2, 100),
    ridden('bicycles as ridden', corpus.bicycle, measuring, 5),
  ].filter(({ n }) => n > 0)
}

/** Honest recordings of ten minutes to two hours, walks and runs in turn. */
function originalsOf({ foot, run }: Corpus): Recorded[] {
  const honest = (of: readonly Recorded[]) =>
    of.filter(({ truth, track }) => {
      const minutes = (track.time_ms.at(-1)! - track.time_ms[0]!) / 60_000
      return truth.valid === true && minutes >= 10 && minutes <= 120
    })
  return [...honest(foot).slice(0, ORIGINALS / 2), ...honest(run).slice(0, ORIGINALS / 2)]
}

function judgeMade(corpus: Corpus, measuring: Measuring): ClassResult[] {
  const ways = corpus.foot.filter(({ truth, track }) => truth.valid === true && !truth.disputed && track.time_ms.length > 600).slice(0, 20)
  const originals = originalsOf(corpus).map(({ track }) => track)
  return [
    dogParks('dog park, positions alone (20 m and 0.8 m/s on)', {}, measuring),
    dogParks('dog park with speeds', { has_speeds: true }, measuring),
    dogParks('dog park with steps', { has_steps: true }, measuring),
    ...(['drifting', 'hopping', 'gliding'] as const).map((how) => still(how, measuring)),
    ...[0, 3, 8].flatMap((noise_m) => [1, 5, 10, 30].map((every) => resampled(ways, noise_m, every, measuring))),
    ...COPIES.map((copy) => copies(originals, copy, measuring)),
    ...[0.3, 1].map((white_m) => copiesAtOnce(originals, white_m, measuring)),
    pairs(measuring),
    daily(measuring),
    ...[1, 5].map((every) => programs(every, measuring)),
  ].filter(({ n }) => n > 0)
}

const byName = (results: readonly ClassResult[]) => new Map(results.map((result) => [result.name, result]))

/** How right walks are measured and judged, one line a class. Real recordings come from TRACKS_DIR; without it only what is made is judged. */
export async function benchAccuracy(): Promise<string> {
  const corpus = await readAll()
  const baseline = JSON.parse(readFileSync(BASELINE.file, 'utf8')) as ClassResult[]
  const heldOut = Object.fromEntries(CLASSES.map((name) => [name, corpus[name].filter(({ isHeldOut }) => isHeldOut)])) as unknown as Corpus
  return accuracyTable([...judgeCorpus(corpus, present), ...judgeMade(corpus, present)], {
    'half of the recordings': byName(judgeCorpus(heldOut, present)),
    [`at ${BASELINE.commit}`]: byName(baseline),
  })
}

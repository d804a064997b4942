import type { Deps } from '../../src/deps.ts'
import { addRecord } from '../../src/modules/pets/health-records/service.ts'
import { createHealthRecordSchema } from '../../src/modules/pets/health-records/schema.ts'
import { createPet } from '../../src/modules/pets/service.ts'
import { createPetSchema } from '../../src/modules/pets/schema.ts'
import { uploadPetProfile } from '../../src/modules/photos/service.ts'
import { DAY_MS, seoulDate } from '../../src/core/time.ts'
import type { Owner } from './owners.ts'
import type { Day, Domain, Town } from './town.ts'

const WEIGHED_EVERY_DAYS = 21
const VACCINES = ['종합백신(DHPPL)', '광견병', '켄넬코프', '코로나 장염']
const VISITS = ['슬개골 정기 검진', '귀 염증 치료', '스케일링', '피부 알레르기 진료', '건강 검진']

/** The id of an owner's pet. The first pet is the primary one. */
export const petIdOf = (town: Town, owner: Owner, position = 0) => town.id('pet', owner.number, position)

export const pets: Domain = (town, day) => [
  ...town.owners
    .filter(({ joins }) => joins === day.index)
    .map((owner) => ({ at: day.at(7.2 + owner.number / 300), run: (deps: Deps) => bring(town, deps, owner) })),
  ...town
    .settled(day)
    .filter(({ number, joins }) => number % 3 !== 2 && (day.index - joins) % WEIGHED_EVERY_DAYS === 1)
    .map((owner) => ({ at: day.at(20.9), run: (deps: Deps) => care(town, deps, owner, day) })),
]

async function bring(town: Town, deps: Deps, owner: Owner): Promise<void> {
  const { actor } = town.resident(owner)
  for (const [position, pet] of owner.pets.entries()) {
    const id = petIdOf(town, owner, position)
    await createPet(deps, actor, createPetSchema.parse({ id, age_months: (owner.number * 5) % 12, ...pet }))
    if (owner.number % 7 !== 6) await uploadPetProfile(deps, actor, id, await town.camera(owner, position))
  }
}

/** Weighs the pet every three weeks, with a vaccination or a visit in between. */
async function care(town: Town, deps: Deps, owner: Owner, day: Day): Promise<void> {
  const { actor } = town.resident(owner)
  const random = town.random('care', owner.number, day.date)
  const petId = petIdOf(town, owner)
  const add = (record: object) =>
    addRecord(
      deps,
      actor,
      petId,
      createHealthRecordSchema.parse({ id: town.id('record', owner.number, day.date, JSON.stringify(record)), ...record }),
    )
  const weight = Math.round(owner.pets[0]!.weight_kg * random.between(0.96, 1.05) * 10) / 10
  await add({ record_type: 'weight', record_date: day.date, value_numeric: weight })
  if (random.chance(0.5)) {
    const next_date = seoulDate(new Date(day.at(12).getTime() + random.pick([28, 90, 365]) * DAY_MS))
    await add({ record_type: 'vaccination', record_date: day.date, title: random.pick(VACCINES), next_date })
  }
  if (random.chance(0.35))
    await add({ record_type: 'hospital_visit', record_date: day.date, title: random.pick(VISITS), memo: '다음에 다시 보기로 했어요' })
}

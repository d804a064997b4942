import type { Sport } from './tracks.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.split(' | '))

/** What apps call a walk, in the languages in which they export. */
const WALKS = words(
  'walk | walking | hike | hiking | dog walk | dog_walking | casual_walking | speed_walking | trekking | snowshoe | 걷기 | 산책 | 하이킹 | 등산 | 도보 | 트레킹 | ウォーキング | 散歩 | ハイキング | 步行 | 散步 | 徒步 | 健走 | marche | randonnée | gehen | spaziergang | wandern | wanderung | caminata | senderismo | paseo | camminata | passeggiata | escursione | caminhada | trilha | wandeling | wandelen | hiken | spacer | wędrówka | ходьба | пеший туризм | поход',
)
const RUNS = words(
  'run | running | trail run | trail_running | treadmill | virtual run | jogging | 달리기 | 러닝 | 트레일 러닝 | ランニング | ラン | 跑步 | 越野跑 | course à pied | course | trail | lauf | laufen | traillauf | carrera | correr | corsa | corrida | hardlopen | bieganie | бег',
)
const OTHERS = words(
  'ride | cycling | biking | bike | mountain bike ride | e-bike ride | gravel ride | virtual ride | swim | swimming | rowing | kayaking | canoeing | alpine ski | nordic ski | backcountry ski | snowboard | inline skate | ice skate | skateboard | golf | sail | surfing | workout | weight training | yoga | elliptical | stair-stepper | crossfit | driving | motorcycling | transportation | flying | boating | horseback_riding | 라이딩 | 자전거 | 자전거 타기 | 사이클링 | 수영 | 운동',
)
/** Strava wrote numbers into GPX for some years. */
const NUMBERS: Readonly<Record<string, Sport>> = { '1': 'other', '4': 'walk', '9': 'run', '10': 'walk' }

/** What the word of a file means, or null where it is not known. */
export function sportOf(text: string): Sport | null {
  const word = text.normalize('NFC').trim().toLowerCase()
  if (WALKS.has(word)) return 'walk'
  if (RUNS.has(word)) return 'run'
  return OTHERS.has(word) ? 'other' : (NUMBERS[word] ?? null)
}

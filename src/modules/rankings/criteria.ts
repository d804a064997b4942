import { FOLLOWING_MAX } from './limits.ts'
import type { Criteria } from './schema.ts'

const FIGURES: Criteria['figures'] = {
  minimum_distance_m: 500,
  maximum_average_kmh: 15,
  daily_maximum_m: 60_000,
  daily_maximum_hours: 16,
  closes_at_hour: 12,
  following_shown_max: FOLLOWING_MAX,
}

/** What people may know of the boards (docs/product.md#rankings). It belongs to nobody, and is the same for everybody. */
export const CRITERIA: Criteria = {
  items: [
    {
      key: 'order',
      title: '순위를 정하는 방법',
      lines: [
        '걸은 거리가 긴 순서예요.',
        '거리가 같으면 산책 횟수가 많은 사람이 앞서요.',
        '거리와 횟수가 모두 같으면 같은 순위예요. 목록에서는 마지막 산책이 빠른 사람이 먼저 나와요.',
      ],
    },
    {
      key: 'counts',
      title: '순위에 들어가는 산책',
      lines: ['앱으로 기록하고 인정된 산책만 들어가요.', '거리는 걸은 길만 서버가 다시 재요.'],
    },
    {
      key: 'left_out',
      title: '순위에서 빠지는 산책',
      lines: [
        `${FIGURES.minimum_distance_m}m보다 짧은 산책`,
        `평균 속도가 시속 ${FIGURES.maximum_average_kmh}km를 넘거나, 자전거나 차를 탄 산책`,
        '위치를 꾸며 냈거나 다른 기록을 베낀 산책',
        `하루에 ${FIGURES.daily_maximum_m / 1_000}km 또는 ${FIGURES.daily_maximum_hours}시간을 넘는 산책`,
        '다른 앱에서 가져온 산책과 지운 산책',
      ],
    },
    {
      key: 'periods',
      title: '기간',
      lines: ['주간은 월요일 0시, 월간은 1일 0시에 시작해요. 한국 시각이에요.', '산책은 시작한 때의 주와 달에 들어가요.'],
    },
    {
      key: 'closing',
      title: '마감',
      lines: [
        `주와 달이 끝난 뒤 처음 오는 월요일 낮 ${FIGURES.closes_at_hour}시에 마감해요.`,
        '그 전에 올라온 산책은 지난 주에도 들어가요. 마감한 순위는 바뀌지 않아요.',
      ],
    },
    { key: 'regions', title: '지역', lines: ['산책을 마칠 때 정해 둔 내 동네의 순위에 들어가요.'] },
    {
      key: 'live',
      title: '반영',
      lines: ['내 동네와 내 구의 주간 순위는 매시 정각에 바뀌어요.', '프리미엄은 모든 기간과 지역의 순위를 바로 볼 수 있어요.'],
    },
    {
      key: 'following',
      title: '팔로우 랭킹',
      lines: [
        `내가 팔로우하는 사람과 나의 이번 주 순위예요. ${FIGURES.following_shown_max}명까지 보여요.`,
        '누구나 바로 바뀌는 순위를 볼 수 있어요.',
      ],
    },
    { key: 'blocks', title: '차단', lines: ['차단한 사람과 나를 차단한 사람은 목록에 보이지 않아요. 순위는 그대로예요.'] },
  ],
  figures: FIGURES,
}

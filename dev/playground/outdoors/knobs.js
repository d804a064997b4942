/** Calls that fail, which are more than anybody makes. */
const DOWN = 10_000
/** In the zone of everybody's home. */
export const HOME_WARNING = { areaCode: 'L1100100', areaName: '서울동남권', kind: 'heavy_rain', level: 'warning' }

/** What the weather can be made to be, and what is asked of the simulated vendors for that (`GET /_sim`). */
export const KNOBS = {
  usual: { title: '계절대로', asks: [] },
  fine: {
    title: '쾌청',
    asks: [['weather', { temp: 18, pty: 'none', sky: 'clear', humidity: 45, wind_ms: 1.5, pm10: 15, pm25: 8 }]],
  },
  rain: { title: '비', asks: [['weather', { temp: 13, pty: 'rain' }]] },
  snow: { title: '눈', asks: [['weather', { temp: -4, pty: 'snow', wind_ms: 3 }]] },
  heat: { title: '폭염', asks: [['weather', { temp: 36, sky: 'clear', humidity: 60 }]] },
  dust: { title: '미세먼지', asks: [['weather', { pm10: 170, pm25: 90 }]] },
  warning: {
    title: '호우경보',
    asks: [
      ['weather', { temp: 16, pty: 'rain', rn1: 20 }],
      ['weather/warnings', HOME_WARNING],
    ],
  },
  down: { title: '기상청 끊김', asks: [['faults', { host: 'apis.data.go.kr', status: 503, times: DOWN }]] },
  map_down: { title: '카카오맵 끊김', asks: [['kakao/local', { throttled: 'maps' }]] },
}

import { fromSeoulDate } from '../../src/core/time.ts'

/** Values of whole answers of getUltraSrtNcst, as KMA gave them: base, cell, and each category. */
export const OBSERVED = {
  seoul_20261002_0000: {
    base: '20261002 0000',
    nx: 60,
    ny: 127,
    values: { PTY: '0', REH: '37', RN1: '0', T1H: '15.2', UUU: '2.2', VEC: '324', VVV: '-2.9', WSD: '3.7' },
  },
  seoul_20261002_0200_integer_temperature: {
    base: '20261002 0200',
    nx: 60,
    ny: 127,
    values: { PTY: '0', REH: '43', RN1: '0', T1H: '14', UUU: '1.6', VEC: '326', VVV: '-2.3', WSD: '2.8' },
  },
  seoul_20260703_1500: {
    base: '20260703 1500',
    nx: 60,
    ny: 127,
    values: { PTY: '0', REH: '65', RN1: '0', T1H: '27.7', UUU: '1', VEC: '212', VVV: '1.6', WSD: '1.8' },
  },
  seoul_20260122_1100_frost: {
    base: '20260122 1100',
    nx: 60,
    ny: 127,
    values: { PTY: '0', REH: '34', RN1: '0', T1H: '-8.1', UUU: '3.2', VEC: '272', VVV: '0', WSD: '3.2' },
  },
  incheon_20220302_0600: {
    base: '20220302 0600',
    nx: 55,
    ny: 127,
    values: { PTY: '0', REH: '73', RN1: '0', T1H: '-3.1', UUU: '-0.6', VEC: '100', VVV: '0.1', WSD: '0.7' },
  },
  open_sea_1_1_20261002_0100_missing: {
    base: '20261002 0100',
    nx: 1,
    ny: 1,
    values: { PTY: '0', REH: '-998', RN1: '-998.9', T1H: '-999', UUU: '-998.9', VEC: '-998', VVV: '-998.9', WSD: '-998.9' },
  },
}

/** Forecasts, one hour a line: base, cell, how many rows the answer had, the hour, and its values in order. */
export const FORECAST = `
ultra | 20261002 0000 | 60 127 | 66 | 20261002 0100 | LGT=0; PTY=0; RN1=강수없음; SKY=1; T1H=15; REH=35; UUU=0.4; VVV=-2.6; VEC=352; WSD=3; POP=0
ultra | 20261002 0000 | 60 127 | 66 | 20261002 0600 | LGT=0; PTY=0; RN1=강수없음; SKY=1; T1H=12; REH=60; UUU=0.6; VVV=-0.7; VEC=323; WSD=1; POP=0
ultra | 20261001 0500 | 60 127 | 66 | 20261001 0600 | LGT=0; PTY=0; RN1=강수없음; SKY=3; T1H=14; REH=40; UUU=2.1; VVV=-1.9; VEC=314; WSD=3; POP=20
ultra | 20261001 1700 | 60 127 | 66 | 20261001 1800 | LGT=0; PTY=0; RN1=강수없음; SKY=1; T1H=19; REH=40; UUU=2.5; VVV=1.4; VEC=241; WSD=3; POP=0
ultra | 20261002 0000 | 1 1 | 66 | 20261002 0100 | LGT=0; PTY=0; RN1=강수없음; SKY=3; T1H=23; REH=65; UUU=-4; VVV=-7.6; VEC=28; WSD=9; POP=20
vilage | 20261001 2300 | 60 127 | 980 | 20261002 0000 | TMP=14; UUU=0.8; VVV=-0.8; VEC=318; WSD=1.2; SKY=1; PTY=0; POP=0; WAV=0; PCP=강수없음; REH=55; SNO=적설없음
vilage | 20261001 2300 | 60 127 | 980 | 20261002 0600 | TMP=12; UUU=0.6; VVV=-0.8; VEC=322; WSD=1.1; SKY=1; PTY=0; POP=0; WAV=0; PCP=강수없음; REH=60; SNO=적설없음; TMN=12.0
vilage | 20261001 2300 | 60 127 | 980 | 20261002 1500 | TMP=21; UUU=1.7; VVV=-2.4; VEC=324; WSD=3; SKY=1; PTY=0; POP=0; WAV=0; PCP=강수없음; REH=30; SNO=적설없음; TMX=21.0
vilage | 20261001 2300 | 60 127 | 980 | 20261004 0000 | TMP=16; UUU=-1.3; VVV=0.2; VEC=101; WSD=1.5; SKY=1; PTY=0; POP=0; WAV=0; PCP=강수없음; REH=70; SNO=적설없음
vilage | 20261001 2300 | 60 127 | 980 | 20261004 0100 | TMP=15; UUU=-1.3; VVV=0.2; VEC=101; WSD=1.5; SKY=1; PTY=0; POP=0; WAV=0; PCP=0; REH=70; SNO=0
vilage | 20261001 2300 | 60 127 | 980 | 20261004 2300 | TMP=18; UUU=0.2; VVV=1.4; VEC=191; WSD=1.5; SKY=4; PTY=0; POP=30; WAV=0; PCP=0; REH=75; SNO=0
vilage | 20261001 2300 | 60 127 | 980 | 20261005 0000 | TMP=17; UUU=0.3; VVV=1.6; VEC=193; WSD=1.7; SKY=4; PTY=1; POP=60; WAV=0; PCP=0.4; REH=85; SNO=0
vilage | 20261001 2300 | 60 127 | 980 | 20261005 0300 | TMP=16; UUU=1.2; VVV=0.8; VEC=235; WSD=1; SKY=4; PTY=1; POP=70; WAV=0; PCP=2; REH=90; SNO=0
vilage | 20261001 2300 | 60 127 | 980 | 20261005 0600 | TMP=15; UUU=0.6; VVV=0; VEC=262; WSD=1; SKY=3; PTY=0; POP=20; WAV=0; PCP=0; REH=90; SNO=0; TMN=15.0
vilage | 20261001 2300 | 60 127 | 980 | 20261005 1500 | TMP=21; UUU=3.8; VVV=-0.4; VEC=276; WSD=1; SKY=3; PTY=0; POP=20; WAV=0; PCP=0; REH=55; SNO=0; TMX=21.0
vilage | 20261001 2300 | 60 127 | 980 | 20261006 0000 | TMP=13; UUU=1.9; VVV=-0.5; VEC=287; WSD=1; SKY=1; PTY=0; POP=0; WAV=0; PCP=0; REH=75; SNO=0
vilage | 20261002 0200 | 60 127 | 944 | 20261002 0600 | TMP=12; SKY=1; PTY=0; POP=0; PCP=강수없음; SNO=적설없음; TMN=12.0
vilage | 20261002 0200 | 60 127 | 944 | 20261004 0100 | TMP=15; SKY=1; PTY=0; POP=0; PCP=강수없음; SNO=적설없음
vilage | 20261002 0200 | 60 127 | 944 | 20261005 0000 | TMP=17; SKY=4; PTY=1; POP=60; PCP=1mm 미만; SNO=적설없음
vilage | 20261002 0200 | 60 127 | 944 | 20261005 0300 | TMP=16; SKY=4; PTY=1; POP=70; PCP=2; SNO=0
vilage | 20261001 0500 | 60 127 | 907 | 20261001 0600 | TMP=13; SKY=4; PTY=0; POP=30; PCP=강수없음; SNO=적설없음
vilage | 20261001 1400 | 60 127 | 798 | 20261002 0600 | TMP=12; SKY=1; PTY=0; POP=0; PCP=강수없음; SNO=적설없음; TMN=11.0
vilage | 20261001 1400 | 60 127 | 798 | 20261004 0000 | TMP=15; SKY=1; PTY=0; POP=0; PCP=강수없음; SNO=적설없음
vilage | 20261001 1400 | 60 127 | 798 | 20261004 0300 | TMP=15; SKY=1; PTY=0; POP=0; PCP=0; SNO=0
vilage | 20261001 1400 | 60 127 | 798 | 20261005 0000 | TMP=17; SKY=3; PTY=0; POP=20; PCP=0; SNO=0
vilage | 20261001 1700 | 60 127 | 1052 | 20261004 0000 | TMP=16; SKY=1; PTY=0; POP=0; PCP=강수없음; SNO=적설없음
vilage | 20261001 1700 | 60 127 | 1052 | 20261004 0100 | TMP=15; SKY=1; PTY=0; POP=0; PCP=0; SNO=0
vilage | 20261001 1700 | 60 127 | 1052 | 20261005 0000 | TMP=17; SKY=4; PTY=1; POP=60; PCP=0.4; SNO=0
vilage | 20261001 1700 | 60 127 | 1052 | 20261005 0300 | TMP=16; SKY=4; PTY=1; POP=70; PCP=2; SNO=0
vilage | 20261001 2300 | 1 1 | 980 | 20261002 0600 | TMP=23; SKY=4; PTY=0; POP=30; PCP=강수없음; SNO=적설없음; TMN=23.0
`

/** An instant of Seoul's clock, `20261002 0200`. */
export function seoul(text: string): Date {
  const [, year, month, day, hour, minute] = /^(\d{4})(\d\d)(\d\d) (\d\d)(\d\d)$/.exec(text)!
  return new Date(fromSeoulDate(`${year}-${month}-${day}`).getTime() + (Number(hour) * 60 + Number(minute)) * 60_000)
}

/** The rows of one hour of `FORECAST`. */
export function forecastRows(operation: 'ultra' | 'vilage', base: string, hour: string, cell = '60 127'): object[] {
  const line = FORECAST.split('\n').find((it) => {
    const [op, of, at, , to] = it.split(' | ')
    return op === operation && of === base && at === cell && to === hour
  })
  if (!line) throw new Error(`nothing was recorded of ${base} for ${hour}`)
  const [fcstDate, fcstTime] = hour.split(' ')
  const [nx, ny] = cell.split(' ').map(Number)
  return line
    .split(' | ')[5]!
    .split('; ')
    .map((pair) => {
      const [category, fcstValue] = pair.split('=')
      return { baseDate: base.split(' ')[0], baseTime: base.split(' ')[1], category, fcstDate, fcstTime, fcstValue, nx, ny }
    })
}

/** An answer of KMA with these rows. */
export function answerOf(item: readonly unknown[], totalCount: number | string = item.length): object {
  return {
    response: {
      header: { resultCode: '00', resultMsg: 'NORMAL_SERVICE' },
      body: { dataType: 'JSON', items: { item }, pageNo: 1, numOfRows: 1000, totalCount },
    },
  }
}

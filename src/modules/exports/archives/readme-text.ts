import { leftOut } from './left-out.ts'

/** What README.ko.txt says. It follows from the files alone, so that two archives of the same content have the same one. */
export function readmeText(files: readonly { readonly file: string; readonly about: string }[]): string {
  const list = files.map(({ file, about }) => `- ${file}: ${about}`)
  const reasons = Object.entries(leftOut).map(([reason, tables]) => `- ${reason}\n  (${tables.join(', ')})`)
  return `멍이랑 내 데이터

이 압축 파일에는 멍이랑이 보관하는 내 정보가 모두 들어 있어요. JSON, NDJSON(한 줄에 JSON 하나), CSV, GPX 1.1 형식이에요. 시각은 UTC예요.
위치는 EWKT로 적어요: SRID=4326;POINT(경도 위도).

파일
${list.join('\n')}
- walks.csv, location-ledger.csv: 표 계산 프로그램용. =, +, @, -로 시작하는 글 앞에는 작은따옴표를 붙였어요.
- tracks/{산책 id}.gpx: 산책의 경로
- raw/{산책 id}.track: 휴대전화가 보낸 원본 기록
- photos/{사진 id}.jpg (png, webp): 사진
- manifest.json: 모든 파일의 크기와 SHA-256, 그리고 멍이랑 서버의 서명(mac)
내용이 아주 많은 파일은 walks-2.ndjson처럼 나뉘어요. 행이 없는 파일도 들어 있어요.

다른 사람의 정보
다른 사람은 내가 팔로우하거나 댓글, 초대를 보낸 경우에만 id와 닉네임으로 나와요. 차단하거나 추천에서 뺀 사람과 내 위치를 본 사람은 id만 있어요. 다른 사람이 쓴 글, 다른 사람의 사진, 나를 신고한 사람과 신고 내용은 없어요.
로그인 토큰, 비밀 키, 푸시 토큰, 공유 링크는 안전을 위해 넣지 않아요.

다시 가져오기
이 파일을 멍이랑의 '내 데이터 가져오기'에 올리면 다른 계정에서도 되살릴 수 있어요. 파일을 고치거나 파일이 손상되면 서명이 맞지 않아서, 경로만 가져온 산책으로 들어와요.
지금 있는 것은 그대로 두고 없는 것만 더해요. 댓글, 초대, 모임, 알림, 결제, 동의, 신고, 위치 열람 기록은 다음에 내보낼 때 다시 나오는 기록으로만 남고, 프리미엄이나 다른 권리를 주지 않아요.
공개했던 코스는 지금도 공개할 수 있으면 다시 공개되고, 아니면 비공개로 돌아와요. 공개되는 구간은 새로 계산해요. 캘린더 주소는 새로 만들어 주세요.
logins.json과 devices.json은 지금 계정의 것이라 되살리지 않아요. manifest.json의 made_at, user_id, mac은 만들 때마다 달라요.

들어 있지 않은 것과 이유
${reasons.join('\n')}
- 지운 산책, 건강 기록, 댓글과 진행 중인 산책, 내가 지운 알림: 지웠거나 아직 끝나지 않았어요.
`
}

import { expect, it } from 'vitest'
import { looksLikeContact } from '../../../src/core/words/contact.ts'

it.each([
  'https://bit.ly/abc',
  'www.dogshop.co.kr',
  'dogshop.com 구경 오세요',
  'smartstore.naver.com/dog',
  'open.kakao.com/o/abc',
  't.me/dogs',
  'dog . com',
  'mail@dogshop.kr',
  '오픈채팅으로 오세요',
  '오픈 채팅방 들어오세요',
  '옵챗 주소 드려요',
  'ㅇㅍㅊㅌ',
  '카톡 아이디 choco12',
  '카톡 주세요',
  '카톡: choco_dad',
  'kakao id choco12',
  '텔레그램 문의',
  '라인 추가 부탁',
  '인스타 @choco_dog',
  '@choco_dog 팔로우',
  '디엠 주세요',
  '쪽지 보내 주세요',
  '010-1234-5678',
  '1588-1234로 전화',
  '010 일이삼사 오육칠팔',
  '계좌 1234-5678-9012',
  '110234567890 신한',
])('%s invites elsewhere', (text) => {
  expect(looksLikeContact(text)).toBe(true)
})

it.each([
  '오늘 5.2km 걸었어요',
  '2026.11.29 18:30 5.2km',
  '사료 2.5kg 38,000원',
  '10,234보',
  '카톡 왔어요 소리에 짖어요',
  '인스타 갬성 카페',
  '한 줄 라인으로 걷기',
  '오픈 기념 간식',
  '채팅하느라 늦었어요',
  '이메일 말고 산책',
  '골뱅이 무침 먹었어요',
  'Good dog. So cute',
  '3.5.7 법칙',
  '10:00~11:00 탄천',
  '산책 하자 @ 서울숲',
  '시바견.귀여워',
  'ㅋㅋㅋ.ㅎㅎ',
  '초코.보리.콩이 셋이서',
  '1839-1842년의 개 이야기',
  '37.5444, 127.0374',
])('%s does not', (text) => {
  expect(looksLikeContact(text)).toBe(false)
})

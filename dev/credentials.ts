/**
 * Trusted by nobody but the simulators beside this file, so it may lie here for all to see.
 * Made for them with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`.
 */
const APPLE_PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4bAwHsJnEi9mdoCk
LMInVUKR0vm/tYZnWKAc5cNlOGuhRANCAAQkqYFdxKd3230jHf2CrkPlnkO0Aq+A
vcSxW0mTd79FUOh1SWosJK1xKKFFO1jIdUllC1V5jxUhParfShmM1SvS
-----END PRIVATE KEY-----
`

/** What the development Worker and the simulators agree on, by the Worker's variable names. None of it opens anything real. */
export const workerVars = {
  KAKAO_APP_ID: '987654',
  KAKAO_REST_API_KEY: '0dev0rest0api0key000000000000001',
  KAKAO_NATIVE_APP_KEY: '0dev0native0app0key0000000000002',
  KAKAO_CLIENT_SECRET: 'DevKakaoClientSecret000000000003',
  KAKAO_ADMIN_KEY: '0dev0admin0key000000000000000004',
  NAVER_CLIENT_ID: 'DevNaverClientId0005',
  NAVER_CLIENT_SECRET: 'DevNaver06',
  APPLE_TEAM_ID: 'DEVTEAM007',
  APPLE_KEY_ID: 'DEVKEYID08',
  APPLE_PRIVATE_KEY,
  APPLE_CLIENT_IDS: 'com.withbowwow.app,com.withbowwow.web',
  JWT_SECRET_KEY: 'development-only-jwt-secret-of-withbowwow',
  TOKEN_ENCRYPTION_KEY: 'd2l0aGJvd3dvdy1kZXZlbG9wbWVudC1vbmx5LWtleSE=',
} as const satisfies Record<string, string>

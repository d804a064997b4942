/**
 * Only the simulators beside this file trust this key, so it need not be secret.
 * Made for them with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`.
 */
const APPLE_PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4bAwHsJnEi9mdoCk
LMInVUKR0vm/tYZnWKAc5cNlOGuhRANCAAQkqYFdxKd3230jHf2CrkPlnkO0Aq+A
vcSxW0mTd79FUOh1SWosJK1xKKFFO1jIdUllC1V5jxUhParfShmM1SvS
-----END PRIVATE KEY-----
`

/** Signs calls of the simulated App Store Server API. Made in the same way. */
const APP_STORE_PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxG+eH5gLcbxPgYAY
ACCFUMs2AkylT5OvEe66TLNaxTahRANCAARafd3I63l2g7R6TSvws0xPVTqzSsQi
cxtPleG3Jn6UFJV23Xbv/Luly6lEq8bPU5THbDADVnsiM61sPMX4Vq4p
-----END PRIVATE KEY-----
`

/** The simulated App Store's own root, on P-384 as Apple's. The simulator makes the certificates below it when it starts. */
const APP_STORE_ROOT =
  'MIIByTCCAVCgAwIBAgICAQEwCgYIKoZIzj0EAwMwPDEaMBgGA1UEAxMRU2ltdWxhdGVkIFJvb3QgQ0ExHjAcBgNVBAoTFXdpdGhib3d3b3cgc2ltdWxhdG9yczAgFw0xNDA0MzAwMDAwMDBaGA8yMDk5MDQzMDAwMDAwMFowPDEaMBgGA1UEAxMRU2ltdWxhdGVkIFJvb3QgQ0ExHjAcBgNVBAoTFXdpdGhib3d3b3cgc2ltdWxhdG9yczB2MBAGByqGSM49AgEGBSuBBAAiA2IABAsXRpOHO6u3b7xNoPUwZH5QKV0pJaE8bG8386OxwpoD4oVoKHdHdPwh5OkFqW+b+Ke0IxhLa0AQXLIjIaf5ftpo6bBTgW+d90Suh82IKCH5JGjxg8FnFXZhM9x5FLboM6MjMCEwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwCgYIKoZIzj0EAwMDZwAwZAIwF1pBsgC99ldEK/8yCnarkPLc02HrRjPQnThFRQGi7gNOq5ia0TE8JvjgShqOkApqAjB7tGZNSgR7lHmz9bSCG6urSTnr5+YXHXNbRzWnmhwAFlwp/tsOKdSfmnFQV6IClCY='
export const APP_STORE_ROOT_KEY = `-----BEGIN PRIVATE KEY-----
MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDC4wbrq77ZzU9vrqgND
lP9vppWxQI42U5JN6U9dIg8PnoL1CilO7RLL/BynnGjYC5+hZANiAAQLF0aThzur
t2+8TaD1MGR+UCldKSWhPGxvN/OjscKaA+KFaCh3R3T8IeTpBalvm/intCMYS2tA
EFyyIyGn+X7aaOmwU4FvnfdErofNiCgh+SRo8YPBZxV2YTPceRS26DM=
-----END PRIVATE KEY-----
`

/** Of both of Google's service accounts. */
const GOOGLE_PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCtkG1yRy+McfKW
RJ2pPnYxKYfI1oucYhAw8KApUDxBLP6B5x8gXHeRMm6XbgZwzWi+xALTLxtLXuuS
Z8T2l9Z/LTiuaUT0DzaXfNt2IA+upf0pil5xkQSCPDVdV9fBSEPgi/reqYtG99bQ
eCBpW4ylNgpznLmW3SxdliOfAD2wcA6Og87CHwrgJcoZe02dYq6N09SI3W/yQPom
znfLaprglT/rG4Gc+BwK3VMePQqxLIoZPWBiDtyBhnvKiMYbcPXlS1SmRpYpZas8
P8u6Kek6veEMNPHKfk2XUntjxv6J4wE+EEJQJxpSHP5/l8BIE4DOotxr5iflYfiV
CQnz0G5PAgMBAAECggEADfPo4IF5gJReeJcOh58GWGBq0onw0kMN4ylM7tVM6r5n
vWCrn2nfkNQZkOHe8a2JqKBQS9LjIlWAoZXm/x3ot/OWNWswCGC6tkXqzJ26NQOS
DQdbHU0XrDKT5aucpCSflEscgU7m6+8bnUmy7VVXQqbMA0xLnSWtnd5mga8+xlKx
x9FPr4AiOBbQUsCmWQXMZBp6sv6VwzTnqwj9tWX6FP6Prt9CcfAikzkR4MzODzPd
cs2uBkW8P58ksW0P7XGtQX6chca+TQDlTIcEByhfMH41yhcO6wGeJ3D1Oilg4X8U
0BaKE5cE4LSEvX8w7twJNxrvQveFyunCBjCdpozbTQKBgQDnJxX4AyUCipoOV4Pr
qcB5UzqAJ/ZlJ3q63IK9lBRE9ko50RBSbwRYJaPnwrz+SYyjDwwUisULUfG2uydv
ryONQd8kIyYCfey9lsnMPHuX+JC+b0vFTeTHJ2us8gXfYUxmwFDq3923hO7ce30V
dG6Sk3DAxJwG8O38hCK4F+X82wKBgQDAOJuDkWIULfFddtixVyoeyOcudGwSKegl
My7muwiEwg2SgftgfUwBWGCN4y5G9MjCij9ACSdwLngDWZcPy9ObQvPH7R1qKVAM
gVGHLAd25gdqRQSHqftOXFBo+zAgA9TPDt7kqUEs+fYouIZSxyhwCMzHVEIyIoO7
JsI5gc3UnQKBgQCap4QDU9dHRASe497XpdOpWQ4jAJnSQ//RVggDXzfQjBhNZptN
DAoUD9sCDUD1wa/eyQqEE/SSBll6sO1JxBw9Pn1VaE7eC/KBRonto+ntW9k8EKrZ
b6xJsw5Pv/493pOHi9SX0QA+8Sn/Sn/+AtCYMR2XW/QokLop4R55nUO7UQKBgEHz
qjgMK9CsqsHcwyClvYfuepOP0nyw8DvDQfZceeHDCxEXk/5ZPzi+7/H+3qPt3OwS
rvzzpxpwdzD/DjuXPbVp1WblTlBceGCyBh0Q2EbNSgIGSDWb9uO9/MDoXmy9o8if
W46tG/WolfMGzN+eAZvfCRPjLwswmG4gMEe2575pAoGAJr8qA/9KwbnKqYq+hSAQ
6BnYqK3Xg5V9OWLAOvAfpCFUYtEhPvsSIoqauzlO3TuLfNhgdgpRkCL2fAvy4ieP
iTR4VHSiphq9RJezUsQ875kgzr4AvQwDjLdyLAjjbObt0VyaY4jHgjbFAqT0FLqM
lZnoL150XzHnvy/VuuSKKx0=
-----END PRIVATE KEY-----
`

/** Credentials that the development Worker and the simulators share, by the Worker's variable names. None of them opens anything real. */
export const workerVars = {
  /** `npm run dev` puts its own address here. */
  PUBLIC_ORIGIN: 'https://api.withbowwow.test',
  /** The raw spelling, with all that an encoding changes. */
  DATA_GO_KR_KEY: 'DevDataGoKr+Key/000000000000012==',
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
  APPLE_ROOT_CERTIFICATES: APP_STORE_ROOT,
  APP_STORE_ISSUER_ID: '0de00de0-0de0-4de0-8de0-00000000000a',
  APP_STORE_KEY_ID: 'DEVKEYID11',
  APP_STORE_PRIVATE_KEY,
  APP_STORE_BUNDLE_ID: 'com.withbowwow.app',
  TOSS_SECRET_KEY: 'test_sk_dev0toss0secret0key00000010',
  FCM_SERVICE_ACCOUNT: JSON.stringify({
    type: 'service_account',
    project_id: 'withbowwow-dev',
    client_email: 'push@withbowwow-dev.iam.gserviceaccount.com',
    private_key_id: '0dev0fcm0key00000000000000000009',
    private_key: GOOGLE_PRIVATE_KEY,
  }),
  PLAY_SERVICE_ACCOUNT: JSON.stringify({
    type: 'service_account',
    project_id: 'withbowwow-dev',
    client_email: 'purchases@withbowwow-dev.iam.gserviceaccount.com',
    private_key_id: '0dev0play0key0000000000000000010',
    private_key: GOOGLE_PRIVATE_KEY,
  }),
  PLAY_PUSH_AUDIENCE: 'https://api.withbowwow.test/payments/webhook/google',
  PLAY_PUSH_ACCOUNT: 'play-push@withbowwow-dev.iam.gserviceaccount.com',
  APPLE_CLIENT_IDS: 'com.withbowwow.app,com.withbowwow.web',
  ANDROID_APP_ID: 'com.withbowwow.app',
  APPLE_LINK_APP_IDS: 'DEVTEAM007.com.withbowwow.app',
  ANDROID_CERT_FINGERPRINTS: Array.from({ length: 32 }, () => 'DE').join(':'),
  IOS_MINIMUM_VERSION: '1.0.0',
  IOS_LATEST_VERSION: '1.2.0',
  ANDROID_MINIMUM_VERSION: '1.0.0',
  ANDROID_LATEST_VERSION: '1.2.0',
  SUPPORT_EMAIL: 'help@withbowwow.test',
  JWT_SECRET_KEY: 'development-only-jwt-secret-of-withbowwow',
  TOKEN_ENCRYPTION_KEY: 'd2l0aGJvd3dvdy1kZXZlbG9wbWVudC1vbmx5LWtleSE=',
} as const satisfies Record<string, string>

export const VERSION = '1.0.0'

/** What an app developer needs to know beside the single operations, as Markdown. */
export const DESCRIPTION = `
The API of 멍이랑 (withbowwow), a dog-walking app. The phone records a walk, the server measures it, and answers with what it earned.

Keys are snake_case, distances are metres, durations are seconds. What is said in the live room of a shared walk (WebSocket) is in [/asyncapi.json](/asyncapi.json), to be read at [/docs/live](/docs/live). [/app-config](/app-config) holds the limits of texts and files, and the versions of the app that still work.

## Logging in

1. The app gets a credential from the SDK of Kakao, Naver or Apple and sends it to \`POST /auth/{provider}\`. A first login makes the account (\`is_new_user\`). A login within 30 days of a deletion gives the account back (\`is_restored\`).
2. The answer has an \`access_token\` (one hour) and a \`refresh_token\` (7 days). Send \`Authorization: Bearer <access_token>\`.
3. A code or an identity token logs in once. When the answer was lost, the very same request again within a minute gives the same session. Later it is a 401 \`identity_token_used\`, and the app gets a new one from the SDK.
4. On a 401 \`unauthenticated\` call \`POST /auth/refresh\` once, and send the request again with the new access token.

**In development** the providers are simulated beside the API, at its port + 3. This gives what an SDK would:

\`\`\`sh
curl 127.0.0.1:8790/_sim/login -H 'Content-Type: application/json' -d '{"provider": "kakao", "id": "4123456789"}'
\`\`\`

### Refreshing, and its races

- A refresh token is used once. Store the new one before you use the new access token, and throw the old one away.
- Only one refresh at a time should run. Let other requests wait for it.
- When the answer is lost, send the same refresh token again at once. For a minute it gives the same successor again, as long as the successor was not used. Two refreshes at once therefore end with the same refresh token, whichever answer you keep.
- 401 \`invalid_refresh_token\`: the session has ended (logged out, 7 days unused, 180 days old) or the token is not one of ours. Forget both tokens and show the login.
- 401 \`refresh_token_reused\`: an older token was sent after its minute, or after its successor was used, so somebody else may hold it. The session is over on this device too. Forget both tokens and show the login.
- 429, 500, 502, 503, or no answer: keep both tokens and try again later. Nobody is logged out.

## Sending again

Every request may be sent again when its answer was lost.

- A POST that creates takes an \`id\` (a UUID of yours) in its body, or an \`Idempotency-Key\` header. The same again gives the same thing. With another body, or after the thing was deleted, it is a 409 \`idempotency_conflict\`. Make the id before the first try, and keep it with the unsent request.
- PUT, PATCH, DELETE and \`POST /walks/{id}/complete\` give the same answer again. The answer to a completion is kept for as long as the walk.

| answer | what to do |
|---|---|
| no answer, 500, 502 | send it again after 1, 2, 4 … seconds, at most a minute apart |
| 429, 503 | send it again after \`Retry-After\` seconds |
| 401 \`unauthenticated\` | refresh once, then send it again |
| 400, 403, 404, 409, 413, 415, 422 | do not send it again as it is |

## Errors

An error is \`application/problem+json\` (RFC 9457). Decide by \`code\`, which is stable: all codes are in the schema \`ProblemCode\`, and \`type\` is a path on this API that explains one. \`detail\` is Korean and fit to show. \`request_id\` finds the request in our logs. A 422 \`validation_failed\` has \`errors\`, each with the \`path\` of a field and a Korean \`message\`.

What somebody must not see is a 404. A 403 means "known, but not allowed". An unknown path is a 404 \`not_found\`. A known path with another method is a 405 \`method_not_allowed\` with \`Allow\`. Both can come from any address, so they do not stand at the operations.

New codes, new members of answers and new values of enums may come at any time, so take unknown ones for "something else". Nothing is taken away from an answer or demanded of a request without a new path. Members of a body that the schema does not know are a 422 where it says \`additionalProperties: false\`, and are ignored elsewhere. Unknown query parameters are ignored.

In a body that creates or logs in, null for an optional field means that it is absent. In a PATCH null clears a field that can be empty and changes no other, and an absent field stays as it is.

## Lists

A list that can grow is \`{items, next_cursor}\`. Send \`next_cursor\` as \`cursor\` until it is null. \`limit\` is 1 to 50, and 20 when it is left out. A cursor belongs to one person and one list with its filters: any other is a 422 \`invalid_cursor\`, and the app begins again without one. The catalogue of badges, consents and a walk's segments are plain arrays.

## Times

A time is ISO 8601 with an offset (\`2026-11-29T17:30:00+09:00\`). Answers are in UTC. Days, weeks and months are those of Asia/Seoul, and a streak's day runs from 04:00 to 04:00. Examples are of yesterday, so most of them can be sent as they are. An id in them names nothing: write one of yours.

## Walks without a network

Keep each walk with an \`id\` of yours and upload it with \`POST /walks/sync\`, up to twenty at a time. Each is judged by itself: \`results\` come in the order sent.

- \`completed\`: stored, also when \`completion.valid\` is false. Forget the recording. Sending it again gives the same result.
- \`failed\` is **final** for this recording. \`walk_overlap\`: the time is covered by another walk. \`walk_time_invalid\`: it began more than 30 days ago, lies in the future, or ends before it starts. \`idempotency_conflict\`: the id was used for another walk, or the walk was deleted. Do not send it again.
- \`pet_not_found\`, \`validation_failed\` and \`recording_impossible\` are final as well, but may be mended: choose another pet, or correct what \`errors\` or \`detail\` says, and send it with the same id.
- When the request as a whole fails (no answer, 401, 429, 5xx) nothing is decided. Keep all walks and send them again.

A walk that was started online is completed with \`POST /walks/{id}/complete\`, however late within 30 days. After twelve hours the server ends it (\`status: ended\`), and the track still completes it.

## Limits

300 requests a minute and person, 600 a minute and address, of which 60 may be logins. \`x-requests-per-minute\` at an operation is a stricter limit, which a person has for all operations of its kind together. One more is a 429 \`too_many_requests\` with \`Retry-After\`. A body has at most 2 MB (a completion 8 MB, a sync 16 MB, a photo 10 MB, a pet's photo 5 MB), counted after gzip: \`Content-Encoding: gzip\` is taken everywhere. \`x-max-bytes\` at each operation is the limit in bytes.

## Photos

\`photo_url\` and \`thumbnail_url\` are paths on this API, so put its origin before them. Photos of a walk that is not shared carry a signature that holds for five minutes at most: do not store such an address, and ask for the walk again. Links of share cards are whole addresses.

Send a photo as \`multipart/form-data\` with the field \`file\` (in React Native \`{uri, name, type}\`), or as the raw body.

## Links into the app

| link | opens |
|---|---|
| \`withbowwow://badges/{badge id}\` | a badge |
| \`withbowwow://walk/start\` | the start of a walk |
| \`withbowwow://walks/{walk id}\` | a walk |
| \`withbowwow://my-data/{export id}\` | an archive of my data |
| \`withbowwow://moderation/{action id}\` | what a moderator did about me |
| \`withbowwow://ranking\` | the ranking |
| \`withbowwow://users/{user id}\` | a profile |
| \`withbowwow://invitations/{invitation id}\` | an invitation |
| \`withbowwow://meetups/{meetup id}\` | a meetup |
| \`withbowwow://subscription\` | my subscription |
| \`withbowwow://payments/history\` | what I have paid |
| \`withbowwow://share/{token}\`, \`https://<this API>/s/{token}\` | the walk of a shared page |

A notification's \`link\` is one of them, null (open the list of notifications), or whatever an announcement holds: any of these, or an \`https://\` address for the browser. An unknown link opens the home screen.

## Consents

\`POST /users/me/consents\` stores decisions about \`service\`, \`privacy\`, \`location\`, \`marketing\` and \`night_marketing\`. \`version\` is the version of the text that the app has shown, as \`GET /legal/{doc}\` has it. Agreeing to a version that was never published is a 422. The app must get the first three before somebody uses it. The server stores them and refuses nobody for their lack. \`marketing\` and \`night_marketing\` are optional: without them no advertising is pushed (at night).

## Payments

\`GET /subscription/plans\` comes first. Send \`X-App-Channel\`, and offer what \`methods\` says and nothing else. In an \`ios\` build show neither \`method\`, \`paid_with\` nor \`card\` of a subscription at Toss: the App Store forbids even a hint.

- **A subscription by card.** Open the card window of Toss (\`requestBillingAuth\`) with \`customer_key\`, and send its \`auth_key\` to \`POST /payments/billing/issue\`. Send \`trial_only: true\` where the screen has promised a trial. On \`pending\` ask \`GET /subscription\` every few seconds.
- **The consent after a trial**, and to a higher price. While \`consent_required\` is there, show a screen of its own, after the card window and never within it: the date (\`until\`), both prices, the card, and how to cancel and with what effect. Nothing is ticked beforehand, and yes and no are of one size. Send either to \`POST /subscription/consents\`. After a no do not ask again for seven days. Where \`kind\` is null the store asks.
- **Goods, and a paid year.** \`POST /payments/orders\`, the payment window with \`order_id\` and \`amount_won\`, then \`POST /payments/confirm\` with what the window gives, within ten minutes. On 202 ask \`GET /payments/orders/{id}\` after 2, 4, 8 … seconds until the state is no longer \`pending\`.
- **A store.** Give it \`store_account_token\`, and send each purchase to \`POST /payments/verify/apple\` or \`/google\` before the app finishes it. "Restore" sends all that the phone holds. On 409 \`purchase_belongs_to_another_account\` ask, and send \`transfer: true\`.
- **Cancelling** is one button without a question (\`DELETE /subscription\`). On 409 \`managed_by_store\` open \`manage_url\`. \`POST /subscription/resume\` takes it back. \`DELETE /users/me\` says in \`store_subscriptions\` what a store goes on charging: show it.
- **Before each payment** show the price, that it renews, and that there is no full refund once premium or a theme was used. Show the seller (\`GET /legal/business\`) beside it.

| code | what to do |
|---|---|
| \`payment_declined\` | show \`detail\`, and open the window again. With \`needs_new_card\` only another card helps |
| \`already_subscribed\` | ask whether to pay twice, and send \`anyway: true\` |
| \`trial_used\`, \`amount_mismatch\` | read the plans, the subscription or the order again, and show the price |
| \`order_expired\` | make a new order |
| \`consent_not_open\`, \`subscription_not_found\`, \`already_owned\`, \`order_already_paid\` | read again. What was wanted is so already, or can no longer be |

## Browsers

The API has no CORS: pages of other origins cannot call it (\`OPTIONS\` is a 405). Pictures may be shown anywhere.
`.trim()

/** In the order of the page. */
export const TAGS = [
  { name: 'auth', description: 'Logging in and out, refreshing tokens, devices' },
  { name: 'users', description: 'Profile, onboarding, consents, home region, settings, privacy' },
  { name: 'home', description: 'The first screen in one answer' },
  { name: 'pets', description: 'Pets, breeds, health records' },
  { name: 'walks', description: 'Starting, completing, syncing, showing and exporting walks' },
  { name: 'uploads', description: 'Photos of pets and walks, other images' },
  { name: 'share cards', description: 'A walk shown to people without the app' },
  { name: 'badges', description: 'The collection, progress, and the streak' },
  { name: 'rankings', description: 'Boards by region and period, and the hall of fame' },
  { name: 'payments', description: 'Premium, goods, and what they cost' },
  { name: 'meetups', description: 'Walks of many together: where, when, in how many seats, and again every week' },
  { name: 'social', description: 'Invitations to walk together, and blocks' },
  { name: 'live', description: 'The live room of a shared walk' },
  { name: 'notifications', description: 'The list in the app, and devices for pushes' },
  { name: 'regions', description: 'Sido, sigungu and dong' },
  { name: 'weather', description: 'Weather, air, warnings, and what they mean for a walk with a pet' },
  { name: 'places', description: 'Vets, pharmacies, parks and what Kakao Map finds' },
  { name: 'courses', description: 'Where many people walk, and ways to walk: those of many people, and one’s own' },
  { name: 'exports', description: 'Taking one’s data along, and bringing walks from elsewhere' },
  { name: 'app', description: 'What the app asks when it starts: versions, limits, links, and the legal texts' },
  { name: 'operations', description: 'Whether the service runs' },
  { name: 'admin', description: 'For those who run the service' },
]

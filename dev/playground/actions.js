import { request } from './api.js'

const BOARD_TRIES = 8
const BOARD_PAUSE_MS = 800
const NOWHERE = '00000000-0000-4000-8000-000000000000'

/** Requests that the API refuses, to see how. */
const provocations = {
  invalid: { title: '422 · 빈 반려동물 만들기', ask: ({ call }) => call('POST', '/pets', { name: '' }) },
  missing: { title: '404 · 없는 산책 열기', ask: ({ call }) => call('GET', `/walks/${NOWHERE}`) },
  conflict: {
    title: '409 · 같은 id로 다른 반려동물 만들기',
    ask: ({ call, pet }) => call('POST', '/pets', { id: pet.id, name: '다른 강아지', species: 'dog' }),
  },
  premium: { title: '403 · 프리미엄 없이 전국 순위 보기', ask: ({ call }) => call('GET', '/rankings?scope=nation') },
  stranger: { title: '401 · 틀린 토큰으로 부르기', ask: ({ key }) => request('GET', '/users/me', { token: 'wrong', key }) },
}

/** What the buttons do. `owners` are both, because some press for the two. */
export function createActions(owners) {
  const logIn = (owner, name) => {
    // One person cannot walk with themselves.
    if (owner.other.session.tokens && owner.other.name === name) return owner.fail({ message: '서로 다른 이름을 넣어 주세요.' })
    owner.name = name
    return owner.act(() => owner.after(owner.logIn()))
  }
  const logInBoth = ([one, two]) => {
    if (one === two) return owners[0].fail({ message: '서로 다른 이름을 넣어 주세요.' })
    return Promise.all([logIn(owners[0], one), logIn(owners[1], two)])
  }
  const act = (action) => (owner, argument) => owner.act(() => action(owner, argument))
  const onCard = (name) => (owner, card, argument) => owner.act(() => owner.social[name](card, argument))
  const onPremium =
    (name) =>
    (owner, ...rest) =>
      owner.act(() => owner.premium[name](...rest))
  const onOutdoors =
    (name) =>
    (owner, ...rest) =>
      owner.act(() => owner.outdoors[name](...rest))
  const onMeetups =
    (name) =>
    (owner, ...rest) =>
      owner.act(() => owner.meetups[name](...rest))
  const onCourses =
    (name) =>
    (owner, ...rest) =>
      owner.act(() => owner.courses[name](...rest))
  const shared = (action) => act((owner, argument) => owner.after(action(owner, argument)))
  return {
    provocations,
    logIn,
    logInBoth,
    logOut: act((owner) => owner.logOut()),
    logOutBoth: () => Promise.all(owners.filter(({ me }) => me).map((owner) => owner.act(() => owner.logOut(), { isWaiting: true }))),
    open(owner, tab) {
      owner.tab = tab
      owner.save()
      owner.changed()
      const read = {
        record: () => owner.refreshRecord(),
        feed: () => owner.social.read(),
        premium: () => owner.premium.read(),
        outdoors: () => owner.outdoors.read(),
        meetups: () => owner.meetups.read(),
        courses: () => owner.courses.read(),
        home: () => owner.home.read(),
      }[tab]
      if (read) void read().then(owner.world.changed, (error) => owner.fail(error))
    },
    start: act((owner, courseId) => owner.walking.start(courseId)),
    complete: act((owner) => owner.complete()),
    share: act((owner, isShared) => owner.walking.share(isShared)),
    remove: act((owner) => owner.walking.remove()),
    putBack: act((owner) => owner.walking.putBack()),
    addPhoto: act((owner, file) => owner.walking.addPhoto(file)),
    makeCard: act((owner) => owner.walking.makeCard()),
    invite: shared((owner) => owner.meeting.invite(owner.other)),
    accept: shared((owner) => owner.meeting.answer('accepted')),
    decline: shared((owner) => owner.meeting.answer('declined')),
    cancel: shared((owner) => owner.meeting.cancel()),
    join: act((owner) => owner.meeting.join()),
    leave: act((owner) => owner.meeting.leave()),
    end: act((owner) => owner.meeting.end()),
    reveal: act((owner) => owner.meeting.reveal(true)),
    conceal: act((owner) => owner.meeting.reveal(false)),
    readFeed: act((owner, filter) => owner.social.read(filter)),
    readMore: act((owner) => owner.social.readMore()),
    like: onCard('like'),
    react: onCard('react'),
    openComments: onCard('open'),
    say: onCard('say'),
    follow: onCard('follow'),
    hideCard: onCard('hide'),
    report: onCard('report'),
    subscribe: onPremium('subscribe'),
    replaceCard: onPremium('replaceCard'),
    cancelPremium: onPremium('cancel'),
    resumePremium: onPremium('resume'),
    changePlan: onPremium('changePlan'),
    decideCharge: onPremium('decide'),
    buyGoods: onPremium('buy'),
    refund: onPremium('refund'),
    buyInStore: onPremium('buyInStore'),
    monthLater: onPremium('monthLater'),
    inStore: onPremium('inStore'),
    setWeather: onOutdoors('setWeather'),
    choosePet(owner, petId) {
      owner.outdoors.petId = petId
      owner.changed()
    },
    zoom: onOutdoors('zoom'),
    toggleKind: onOutdoors('toggleKind'),
    showPlaces: onOutdoors('show'),
    searchPlaces: onOutdoors('search'),
    readMorePlaces: onOutdoors('readMore'),
    toggleFavorite: onOutdoors('toggleFavorite'),
    showMeetups: onMeetups('showSize'),
    moreMeetups: onMeetups('readMore'),
    openMeetup: onMeetups('open'),
    makeMeetup: onMeetups('make'),
    joinMeetup: onMeetups('join'),
    leaveMeetup: onMeetups('leave'),
    cancelMeetup: onMeetups('cancel'),
    decideMeetup: onMeetups('decide'),
    removeFromMeetup: onMeetups('remove'),
    followNeighbour: onMeetups('follow'),
    dismissNeighbour: onMeetups('dismiss'),
    /** The room is shown where walks together are. */
    enterMeetup: act((owner, date) => {
      owner.meeting.joinDate(date)
      owner.tab = 'together'
    }),
    readHome: act((owner) => owner.home.read()),
    showCourses: onCourses('show'),
    zoomCourses: onCourses('zoom'),
    toggleHeat: onCourses('toggleHeat'),
    makeCourse: onCourses('make'),
    removeCourse: onCourses('remove'),
    previewCourse: onCourses('look'),
    publishCourse: onCourses('publish'),
    withdrawCourse: onCourses('withdraw'),
    favoriteCourse: onCourses('toggleFavorite'),
    chooseCourse(owner, id) {
      owner.courses.choose(id)
      owner.changed()
    },
    chooseEnd(owner, which, placeId) {
      Object.assign(owner.courses, { [which]: placeId, preview: null })
      owner.changed()
    },
    drawCourse(owner, place) {
      owner.courses.drawn.push(place)
      owner.changed()
    },
    clearDrawn(owner) {
      owner.courses.drawn = []
      owner.changed()
    },
    block: act((owner) => owner.block()),
    unblock: act((owner) => owner.unblock()),
    hide: act((owner) => owner.hide()),
    show: act((owner) => owner.show()),
    readAll: act((owner) => owner.readAll()),
    provoke: act((owner, name) => provocations[name].ask(owner)),
    fireHour: act(fireHour),
  }
}

/** Fires the hourly cron. It only puts its tasks on a queue, so the board follows a little later. */
async function fireHour(owner) {
  const before = owner.record?.board.as_of
  await request('GET', '/cdn-cgi/local/scheduled?cron=0+*+*+*+*', { key: owner.key, isQuiet: true })
  for (let tries = 0; tries < BOARD_TRIES; tries++) {
    await new Promise((resolve) => setTimeout(resolve, BOARD_PAUSE_MS))
    await owner.refreshRecord()
    if (owner.record.board.as_of !== before) return
  }
}

const COMMENTS_SHOWN = 20

/** What an owner sees of others: the feed, what is said under its walks, and whom they follow. */
export class Social {
  #call
  filter = 'all'
  items = null
  next = null
  /** The walk whose comments are open, and its comments. */
  opened = null
  comments = []

  constructor({ call }) {
    this.#call = call
  }

  async read(filter = this.filter) {
    const { items, next_cursor } = await this.#call('GET', `/feed?filter=${filter}&limit=10`)
    Object.assign(this, { filter, items, next: next_cursor })
  }

  async readMore() {
    const { items, next_cursor } = await this.#call('GET', `/feed?filter=${this.filter}&limit=10&cursor=${this.next}`)
    const known = new Set(this.items.map(({ walk_id }) => walk_id))
    this.items = [...this.items, ...items.filter(({ walk_id }) => !known.has(walk_id))]
    this.next = next_cursor
  }

  async like(card) {
    const { likes } = await this.#call(card.liked ? 'DELETE' : 'POST', `/likes/${card.walk_id}`)
    Object.assign(card, { likes, liked: !card.liked })
  }

  async react(card, reaction) {
    const method = card.my_reactions.includes(reaction) ? 'DELETE' : 'PUT'
    Object.assign(card, await this.#call(method, `/walks/${card.walk_id}/reactions/${reaction}`))
  }

  async open(card) {
    this.opened = this.opened === card.walk_id ? null : card.walk_id
    if (this.opened) await this.#readComments()
  }

  async #readComments() {
    const { items } = await this.#call('GET', `/walks/${this.opened}/comments?limit=${COMMENTS_SHOWN}`)
    this.comments = items
  }

  async say(card, content) {
    await this.#call('POST', '/comments', { id: crypto.randomUUID(), walk_id: card.walk_id, content })
    card.comments++
    await this.#readComments()
  }

  async follow(card) {
    await this.#call(card.following ? 'DELETE' : 'POST', `/follows/${card.author.id}`)
    const following = !card.following
    for (const other of this.items) if (other.author.id === card.author.id) other.following = following
  }

  async hide(card) {
    await this.#call('POST', `/feed/${card.walk_id}/hide`)
    this.#drop(card)
  }

  async report(card) {
    await this.#call('POST', '/reports', { target_type: 'walk', target_id: card.walk_id, reason: 'inappropriate' })
    this.#drop(card)
  }

  #drop({ walk_id }) {
    this.items = this.items.filter((card) => card.walk_id !== walk_id)
  }
}

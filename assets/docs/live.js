// Draws /asyncapi.json: what is said in a live room, what is heard, and what to do when the connection closes.

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

/** `code` and **strong** words of a text. */
function words(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith('`')) return make('code', {}, part.slice(1, -1))
    if (part.startsWith('**')) return make('strong', {}, part.slice(2, -2))
    return part
  })
}

const paragraphs = (text) => text.split('\n\n').map((part) => make('p', {}, ...words(part)))

function table(heads, rows) {
  const head = make('thead', {}, make('tr', {}, ...heads.map((text) => make('th', { scope: 'col' }, text))))
  const body = make('tbody', {}, ...rows.map((cells) => make('tr', {}, ...cells.map((cell) => make('td', {}, ...[cell].flat())))))
  return make('div', { class: 'wide' }, make('table', {}, head, body))
}

const nameOf = ($ref) => $ref.slice($ref.lastIndexOf('/') + 1)

/** The type of a field, in words and links. */
function kindOf(schema) {
  if (schema.$ref) return [make('a', { href: `#${nameOf(schema.$ref)}` }, nameOf(schema.$ref))]
  if (schema.const !== undefined) return [make('code', {}, JSON.stringify(schema.const))]
  if (schema.enum) return schema.enum.flatMap((value, i) => [...(i ? [' | '] : []), make('code', {}, JSON.stringify(value))])
  const forms = schema.anyOf ?? schema.oneOf
  if (forms) return forms.flatMap((form, i) => [...(i ? [' | '] : []), ...kindOf(form)])
  if (schema.type === 'array') return ['array of ', ...kindOf(schema.items)]
  const range = schema.minimum === undefined ? '' : ` ${schema.minimum} … ${schema.maximum}`
  return [`${schema.type}${schema.format ? ` (${schema.format})` : ''}${range}`]
}

const descriptionOf = (schema) => schema.description ?? (schema.anyOf ?? []).map(descriptionOf).find(Boolean) ?? ''

function fieldsOf(schema) {
  if (!schema.properties) return make('p', {}, ...kindOf(schema))
  const rows = Object.entries(schema.properties).map(([name, field]) => [
    make('code', {}, name),
    kindOf(field),
    schema.required?.includes(name) ? 'always' : 'optional',
    words(descriptionOf(field)),
  ])
  return table(['Field', 'Type', '', ''], rows)
}

function messageOf(api, name) {
  const { title, name: type, description, payload, examples } = api.components.messages[name]
  const shown = examples.map((example) => make('pre', {}, make('code', {}, JSON.stringify(example.payload, null, 2))))
  const schema = api.components.schemas[nameOf(payload.$ref)]
  const heading = make('h3', {}, make('code', {}, type), ` ${title}`)
  return make('section', { id: name, class: 'message' }, heading, ...paragraphs(description), fieldsOf(schema), ...shown)
}

function operation(api, { summary, messages }) {
  return [make('h2', {}, summary), ...messages.map(({ $ref }) => messageOf(api, nameOf($ref)))]
}

const AFTER = {
  stop: 'Stop. Enter again only when the person wants to',
  reconnect: 'Come again after a pause, with a new ticket',
  new_ticket: 'Come again at once with a new ticket. Stop when the answer is the same',
}

function draw(api) {
  const { channels, operations, components } = api
  const parts = Object.keys(components.schemas).filter((name) => !components.messages[name])
  const closings = api['x-closings'].map(({ code, name, meaning, next }) => [
    String(code),
    make('code', {}, name),
    words(meaning),
    `${AFTER[next]}.`,
  ])
  const figures = ['x-limits', 'x-heartbeat', 'x-reconnecting'].flatMap((group) =>
    Object.entries(api[group]).map(([name, value]) => [make('code', {}, `${group}.${name}`), String(value)]),
  )
  document.querySelector('#live').replaceChildren(
    make('h1', {}, api.info.title),
    make('p', {}, make('code', {}, `WS ${channels.room.address}`)),
    ...paragraphs(api.info.description),
    make('h2', {}, 'When the connection closes'),
    table(['Code', 'Name', 'Meaning', 'What a client does'], closings),
    ...Object.values(operations).flatMap((one) => operation(api, one)),
    make('h2', {}, 'Parts of messages'),
    ...parts.map((name) => make('section', { id: name, class: 'message' }, make('h3', {}, name), fieldsOf(components.schemas[name]))),
    make('h2', {}, 'Figures'),
    table(['Name', 'Value'], figures),
  )
}

fetch('/asyncapi.json')
  .then((response) => response.json())
  .then(draw)
  .catch(() => document.querySelector('#live').replaceChildren(make('p', {}, '/asyncapi.json could not be read.')))

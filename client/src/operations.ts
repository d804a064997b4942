import type { paths } from './generated/api.ts'
import type { Signal } from './platform.ts'

/** What may be asked of the API, as its document says. */
export type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'
export type PathOf<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never }[keyof paths]
export type Operation<M extends Method, P extends PathOf<M>> = paths[P] extends Record<M, infer Op> ? Op : never

type IsNever<T> = [T] extends [never] ? true : false
type Parameters<Op> = Op extends { parameters: infer P } ? P : never
type PathPart<Op> = Parameters<Op> extends { path: infer P } ? { path: P } : object
type QueryPart<Op> =
  Parameters<Op> extends { query: infer Q }
    ? { query: Q }
    : Parameters<Op> extends { query?: infer Q }
      ? IsNever<Exclude<Q, undefined>> extends true
        ? object
        : { query?: Exclude<Q, undefined> }
      : object

type Content<Op> = Op extends { requestBody?: infer B } ? (Exclude<B, undefined> extends { content: infer C } ? C : never) : never
type JsonBody<Op> = Content<Op> extends { 'application/json': infer B } ? B : never
type BodyPart<Op> =
  IsNever<JsonBody<Op>> extends true ? object : Op extends { requestBody: unknown } ? { body: JsonBody<Op> } : { body?: JsonBody<Op> }

export interface CallOptions {
  readonly signal?: Signal
  readonly timeoutMs?: number
  /** How many times the request is sent again when no answer came. */
  readonly retries?: number
  /** The same key makes the same thing. Without one, each call has its own. */
  readonly idempotencyKey?: string
}
export type Options<Op> = PathPart<Op> & QueryPart<Op> & BodyPart<Op> & CallOptions
export type Arguments<Op> = object extends Options<Op> ? [options?: Options<Op>] : [options: Options<Op>]

type Good = 200 | 201 | 202 | 204 | 206
type Read<R> = R extends { content: { 'application/json': infer J } } ? J : R extends { content: unknown } ? string : undefined
/** What an operation answers when all is well. */
export type AnswerOf<Op> = Op extends { responses: infer R } ? { [S in keyof R & Good]: Read<R[S]> }[keyof R & Good] : never
export type Answer<M extends Method, P extends PathOf<M>> = AnswerOf<Operation<M, P>>
export type BodyOf<M extends Method, P extends PathOf<M>> = JsonBody<Operation<M, P>>

type Form<Op> = Content<Op> extends { 'multipart/form-data': infer F } ? F : never
export type UploadPath = { [P in PathOf<'post'>]: IsNever<Form<Operation<'post', P>>> extends true ? never : P }[PathOf<'post'>]

/** A picture on the phone, as React Native's image pickers name it. */
export interface LocalFile {
  readonly uri: string
  readonly name: string
  readonly type: string
}
export interface BlobLike {
  readonly size: number
  readonly type: string
}
export type Upload<P extends UploadPath> = PathPart<Operation<'post', P>> & {
  readonly file: LocalFile | BlobLike
  readonly fields?: Omit<Form<Operation<'post', P>>, 'file'>
} & CallOptions

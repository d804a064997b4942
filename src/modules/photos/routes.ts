import { accountSuspended } from '../social/suspensions/errors.ts'
import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { pageQuery } from '../../core/cursor.ts'
import { found } from '../../core/errors.ts'
import { forUser } from '../../http/middleware/auth.ts'
import { problems, userProblems } from '../../http/problem.ts'
import { empty, idParam, json, pageOf, tagged } from '../../http/responses.ts'
import { createRouter, refuseInvalid } from '../../http/router.ts'
import { sendObject } from '../../http/send-object.ts'
import { fileBody, readUpload } from '../../http/upload-body.ts'
import { petNotFound } from '../pets/errors.ts'
import { walkNotFound } from '../walks/errors.ts'
import { imageLimitReached, imageMalformed, imageTooManyPixels, imageUnsupported, mediaNotFound, photoLimitReached } from './errors.ts'
import {
  imageSchema,
  mediaParams,
  mediaQuery,
  PET_PROFILE_MAX_BYTES,
  petIdParam,
  PHOTO_MAX_BYTES,
  photoParams,
  uploadedPhotoSchema,
  walkIdParam,
  walkPhotoFields,
} from './schema.ts'
import { listMyImages, openMedia, removeImage, removeWalkPhoto, uploadImage, uploadPetProfile, uploadWalkPhoto } from './service.ts'

const uploadProblems = [imageUnsupported, imageMalformed, imageTooManyPixels] as const

export const uploadRoutes = createRouter()

uploadRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'uploadPetProfile',
    summary: "Set a pet's photo",
    description: 'At most 5 MB. It takes the place of the one before. The same file again is answered as the first time.',
    tags: ['uploads'],
    method: 'post',
    path: '/upload/pet-profile/{pet_id}',
    request: { params: petIdParam, body: fileBody(PET_PROFILE_MAX_BYTES) },
    responses: { 201: json(uploadedPhotoSchema, 'The photo'), ...userProblems(petNotFound, accountSuspended, ...uploadProblems) },
  }),
  async (c) => {
    const { file } = await readUpload(c, PET_PROFILE_MAX_BYTES)
    return c.json(await uploadPetProfile(c.var.deps, c.var.actor, c.req.valid('param').pet_id, file), 201)
  },
)

uploadRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'uploadWalkPhoto',
    summary: 'Add a photo to a walk',
    description:
      'At most 10 MB, and thirty a walk. Position and time stand in the form, or in the query beside a raw body; what the file itself says of them is thrown away. The same file again is the same photo.',
    tags: ['uploads'],
    method: 'post',
    path: '/upload/walk-photo/{walk_id}',
    request: {
      params: walkIdParam,
      query: walkPhotoFields,
      body: fileBody(PHOTO_MAX_BYTES, {
        lat: { type: 'number' },
        lng: { type: 'number' },
        taken_at: { type: 'string', format: 'date-time' },
      }),
    },
    responses: {
      201: json(uploadedPhotoSchema, 'The photo'),
      ...userProblems(walkNotFound, photoLimitReached, accountSuspended, ...uploadProblems),
    },
  }),
  async (c) => {
    const { file, fields } = await readUpload(c, PHOTO_MAX_BYTES)
    const checked = walkPhotoFields.safeParse({ ...c.req.query(), ...fields })
    refuseInvalid({ target: 'form', ...checked })
    return c.json(await uploadWalkPhoto(c.var.deps, c.var.actor, c.req.valid('param').walk_id, file, checked.data ?? {}), 201)
  },
)

uploadRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'uploadImage',
    summary: 'Upload an image',
    description:
      'At most 10 MB, and a hundred images a person. Everybody who knows its address can see it. The same file again is the same image.',
    tags: ['uploads'],
    method: 'post',
    path: '/upload/image',
    request: { body: fileBody(PHOTO_MAX_BYTES) },
    responses: { 201: json(uploadedPhotoSchema, 'The image'), ...userProblems(imageLimitReached, ...uploadProblems) },
  }),
  async (c) => {
    const { file } = await readUpload(c, PHOTO_MAX_BYTES)
    return c.json(await uploadImage(c.var.deps, c.var.actor, file), 201)
  },
)

uploadRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listImages',
    summary: 'List my images',
    description: 'Those of `POST /upload/image`. Photos of pets and walks are shown with their pet or walk.',
    tags: ['uploads'],
    method: 'get',
    path: '/upload/images',
    request: { query: pageQuery },
    responses: { 200: json(pageOf(imageSchema), 'A page'), ...userProblems() },
  }),
  async (c) => c.json(await listMyImages(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

uploadRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'deleteImage',
    summary: 'Delete an image',
    description: 'It no longer counts among the hundred. Deleting one that is not there is a success.',
    tags: ['uploads'],
    method: 'delete',
    path: '/upload/images/{id}',
    request: { params: idParam },
    responses: { 204: empty('It is gone'), ...userProblems() },
  }),
  async (c) => {
    await removeImage(c.var.deps, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

uploadRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'deleteWalkPhoto',
    summary: 'Delete a photo of a walk',
    description: 'One that is gone already is a success.',
    tags: ['uploads'],
    method: 'delete',
    path: '/walks/{id}/photos/{photo_id}',
    request: { params: photoParams },
    responses: { 204: empty('It is gone'), ...userProblems(walkNotFound) },
  }),
  async (c) => {
    const { id, photo_id } = c.req.valid('param')
    await removeWalkPhoto(c.var.deps, c.var.actor, { walk_id: id, photo_id })
    return c.body(null, 204)
  },
)

const image = { schema: z.string().meta({ format: 'binary' }) }

uploadRoutes.openapi(
  createRoute({
    operationId: 'getMedia',
    summary: 'Download a photo',
    description:
      'Of a walk that is not shared only with the signature in that address. Beside `name.jpg` lie, where `thumbnail_url` differs from `photo_url`, `name_200.jpg` and `name_400.jpg`, open to the same people.',
    tags: ['uploads'],
    method: 'get',
    path: '/media/{kind}/{user_id}/{parent_id}/{name}',
    request: { params: mediaParams, query: mediaQuery },
    responses: {
      200: { description: 'The photo', headers: tagged, content: { 'image/jpeg': image, 'image/png': image, 'image/webp': image } },
      206: {
        description: 'The stretch of it that `Range` asks for',
        headers: tagged,
        content: { 'image/jpeg': image, 'image/png': image, 'image/webp': image },
      },
      304: { description: 'As `If-None-Match` has it', headers: tagged },
      416: { description: 'It has no such stretch' },
      ...problems(mediaNotFound),
    },
  }),
  async (c) => {
    const { key, ...headers } = await openMedia(c.var.deps, c.req.valid('param'), c.req.valid('query'))
    return found(await sendObject(c.var.deps.bucket, key, c.req.raw, headers), mediaNotFound)
  },
)

/** Every kind of work in the outbox, by its name there. A name must not change, because rows hold it. */
export const JOB = {
  revokeIdentity: 'auth.revoke_identity',
  deleteObjects: 'uploads.delete_objects',
  broadcast: 'notifications.broadcast',
  findCompany: 'walks.find_company',
  keepEvidence: 'moderation.keep_evidence',
  dropEvidence: 'moderation.drop_evidence',
  charge: 'payments.charge',
  refund: 'payments.refund',
  takeEvent: 'payments.take_event',
  acknowledge: 'payments.acknowledge',
  readWeather: 'weather.read',
  readAir: 'weather.read_air',
  fillWalkWeather: 'weather.fill_walks',
  makeExport: 'exports.make',
  runImport: 'imports.run',
} as const
export type JobType = (typeof JOB)[keyof typeof JOB]

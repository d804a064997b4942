/** Every kind of work that the outbox holds, by its name there. Rows hold these names, so that a name stays what it is. */
export const JOB = {
  revokeIdentity: 'auth.revoke_identity',
  deleteObjects: 'uploads.delete_objects',
  broadcast: 'notifications.broadcast',
  findCompany: 'walks.find_company',
} as const
export type JobType = (typeof JOB)[keyof typeof JOB]

/** What in payments may need a human, in the order in which it is shown. */
export const concernKinds = ['parked', 'unknown', 'given_up', 'refused_refunds', 'unacknowledged', 'differences'] as const

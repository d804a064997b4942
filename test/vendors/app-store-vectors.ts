import { workerVars } from '../../dev/credentials.ts'

/** A monthly subscription's transaction, as Apple's documentation shows one. */
export const transaction = {
  transactionId: '2000000812345678',
  originalTransactionId: '2000000800000001',
  bundleId: workerVars.APP_STORE_BUNDLE_ID,
  productId: 'com.withbowwow.premium.monthly',
  purchaseDate: 1_767_600_000_000,
  originalPurchaseDate: 1_765_000_000_000,
  expiresDate: 1_770_278_400_000,
  quantity: 1,
  type: 'Auto-Renewable Subscription',
  appAccountToken: '7E3FB204-2D0D-4B1A-9D0E-0A6D3F1C2B11',
  inAppOwnershipType: 'PURCHASED',
  environment: 'Sandbox',
  price: 3_900_000,
  currency: 'KRW',
  appTransactionId: '704000000000000001',
}

/** Ways to sign it, by what is expected of a verifier. */
export const TAKEN = ['good', 'good_other', 'good_p256_intermediate', 'backdated_leaf', 'backdated_intermediate'] as const
export const REFUSED = [
  'wrong_leaf_oid',
  'no_leaf_oid',
  'no_intermediate_oid',
  'intermediate_without_ca',
  'other_root',
  'other_root_with_real',
  'expired_intermediate',
  'expired_leaf',
  'leaf_not_yet_valid',
  'leaf_signed_by_other',
  'signed_by_other',
  'chain_of_2',
  'chain_of_4',
  'no_chain',
  'tampered_payload',
  'alg_none',
  'alg_hs256',
  'leaf_under_leaf',
  'order_swapped',
  'garbage_certificate',
  'issuer_name_differs',
  'signed_date_in_future',
] as const
/** Apple's library takes these, and we do not. */
export const REFUSED_BY_US = ['signed_date_missing'] as const

export { forbidden, unauthenticated } from "./errors.ts";
export { grantsOf, type Membership } from "./rules/grants.ts";
export {
  type Permission,
  permissionNames,
  permissions,
  type Role,
  roleNames,
  roles,
} from "./rules/permissions.ts";
export {
  authorise,
  authoriseAt,
  authoriseAtAll,
  authoriseAtAny,
  may,
  permittedSites,
} from "./service/authorise.ts";
export { getVisible, listPermitted, listVisible } from "./service/read.ts";
export { sightOf, visible, visibleRecordResult, visibleResult } from "./service/visible.ts";

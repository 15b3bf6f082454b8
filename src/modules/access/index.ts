export { forbidden, unauthenticated } from "./errors.ts";
export { grantsOf, type Membership } from "./rules/grants.ts";
export {
  isWithin,
  type Permission,
  permissionNames,
  permissions,
  type Role,
  roleNames,
  roles,
} from "./rules/permissions.ts";
export { authorise, authoriseAt, type Hidden, may, permittedSites } from "./service/authorise.ts";
export { visible } from "./service/visible.ts";

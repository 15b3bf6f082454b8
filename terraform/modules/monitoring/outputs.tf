output "runbooks" {
  description = "Names in docs/runbooks that policies link to."
  value       = concat(keys(local.policies), ["site-down", "error-budget"])
}

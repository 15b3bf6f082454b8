output "database" {
  value = module.cloudsql.connection_name
}

output "redis" {
  value = module.redis.host
}

output "cluster" {
  value = module.gke.name
}

output "identities" {
  value = module.iam.emails
}

output "reports_address" {
  value = module.cloudsql.reports_address
}

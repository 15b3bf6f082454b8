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

# Whom the web and the worker have to believe besides the world's authorities; no secret.
output "private_cas" {
  value = "${module.redis.ca}${module.cloudsql.ca}"
}

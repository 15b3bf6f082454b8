output "host" {
  value = google_redis_instance.this.host
}

output "ca" {
  value = join("", [for each in google_redis_instance.this.server_ca_certs : each.cert])
}

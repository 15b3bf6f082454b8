output "host" {
  value = google_redis_instance.this.host
}

output "ca" {
  value = google_redis_instance.this.server_ca_certs[0].cert
}

output "name" {
  value = google_sql_database_instance.this.name
}

output "address" {
  value = google_sql_database_instance.this.private_ip_address
}

output "connection_name" {
  value = google_sql_database_instance.this.connection_name
}

# Of this instance alone: whoever connects trusts it and no other.
output "ca" {
  value = google_sql_database_instance.this.server_ca_cert[0].cert
}

output "name" {
  value = google_sql_database_instance.this.name
}

output "address" {
  value = google_sql_database_instance.this.private_ip_address
}

output "connection_name" {
  value = google_sql_database_instance.this.connection_name
}

output "ca" {
  value = join("", [for each in google_sql_database_instance.this.server_ca_cert : each.cert])
}

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

# Of the replica, which has a certificate of its own; null where there is none.
output "reports_address" {
  value = one(google_sql_database_instance.reports[*].private_ip_address)
}

output "reports_ca" {
  value = one(google_sql_database_instance.reports[*].server_ca_cert[0].cert)
}

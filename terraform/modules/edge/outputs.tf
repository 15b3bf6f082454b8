output "address_name" {
  description = "The Gateway's NamedAddress."
  value       = google_compute_global_address.web.name
}

output "certificate_map" {
  description = "The Gateway's annotation networking.gke.io/certmap."
  value       = google_certificate_manager_certificate_map.edge.name
}

output "security_policy" {
  description = "securityPolicy of the GCPBackendPolicy."
  value       = google_compute_security_policy.web.name
}

output "ssl_policy" {
  description = "sslPolicy of the GCPGatewayPolicy."
  value       = google_compute_ssl_policy.modern.name
}

output "dns_records" {
  description = "What the DNS of the domain needs: addresses, and the proofs for the certificates."
  value = concat(
    [
      { name = var.host, type = "A", data = google_compute_global_address.web.address },
      { name = var.static_host, type = "A", data = google_compute_global_address.static.address },
    ],
    flatten([
      for each in google_certificate_manager_dns_authorization.host : [
        for record in each.dns_resource_record : { name = record.name, type = record.type, data = record.data }
      ]
    ]),
  )
}

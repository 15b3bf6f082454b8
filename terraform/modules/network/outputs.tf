output "network" {
  value = google_compute_network.this.name
}

# Known while planning, unlike the id that Google gives; whoever uses it waits for the peering.
output "private_network" {
  value      = "projects/${var.project}/global/networks/${google_compute_network.this.name}"
  depends_on = [google_service_networking_connection.this]
}

output "subnetwork" {
  value = google_compute_subnetwork.this.name
}

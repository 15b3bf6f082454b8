output "name" {
  value = google_container_cluster.this.name
}

output "uploads_bucket" {
  value = google_storage_bucket.uploads.name
}

output "uploads_url" {
  description = "STORAGE_URL of web, worker and the functions of uploads and exports."
  value       = "gs://${google_storage_bucket.uploads.name}"
}

output "audit_url" {
  description = "STORAGE_URL of the function that keeps the audit."
  value       = "gs://${google_storage_bucket.audit.name}"
}

output "static_bucket" {
  value = google_storage_bucket.static.name
}

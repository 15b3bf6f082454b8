output "urls" {
  description = "Where each function is called, and the audience of tokens for it."
  value       = local.urls
}

output "build_email" {
  description = "The account that reads the bundle."
  value       = google_service_account.build.email
}

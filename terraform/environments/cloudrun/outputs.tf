output "urls" {
  value = { for name, service in google_cloud_run_v2_service.this : name => service.uri }
}

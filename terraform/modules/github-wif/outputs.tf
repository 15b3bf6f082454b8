output "provider" {
  value = "projects/${var.project_number}/locations/global/workloadIdentityPools/github/providers/${google_iam_workload_identity_pool_provider.this.workload_identity_pool_provider_id}"
}

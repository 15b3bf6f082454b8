mock_provider "google" {}

run "pods_are_where_the_worker_expects_them" {
  command = plan

  assert {
    condition     = var.pod_ranges == tolist([var.ranges.pods])
    error_message = "Prometheus would not reach the worker."
  }
}

run "each_process_has_its_identity" {
  command = plan

  assert {
    condition     = module.iam.emails["migrate"] == "banneton-migrate@${var.project}.iam.gserviceaccount.com"
    error_message = "Migrations run as somebody else."
  }
}

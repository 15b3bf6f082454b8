mock_provider "google" {}

run "a_release_is_what_runs" {
  command = plan

  assert {
    condition     = alltrue([for name in ["audit-event", "export-report", "upload-finalized"] : module.functions.urls[name] == "https://${var.region}-${var.project}.cloudfunctions.net/${name}"])
    error_message = "Functions are called at their URLs."
  }
  assert {
    condition     = module.storage.uploads_bucket == "${var.project}-uploads"
    error_message = "Buckets are of this environment."
  }
}

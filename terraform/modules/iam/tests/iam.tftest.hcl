mock_provider "google" {}

variables {
  project   = "banneton-test"
  processes = { web = "Serves pages.", worker = "Runs jobs." }
}

run "each_process_is_somebody_else" {
  command = plan
  assert {
    condition     = output.emails["web"] == "banneton-web@banneton-test.iam.gserviceaccount.com" && length(google_service_account.this) == 2
    error_message = "Processes share an identity."
  }
}
